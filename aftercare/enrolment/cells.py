"""Reads one cell of a record. What it says is never repeated in an error: it may name a patient."""

import re
from datetime import UTC, date, datetime, time

import phonenumbers
from phonenumbers import PhoneNumberType

from aftercare.calendars import at_wall_time


class Unreadable(ValueError):
    """The cell cannot be read; says what to write instead."""


def text(cell: str) -> str:
    """Any words, on one line."""
    return " ".join(cell.split())


def name(cell: str) -> str:
    if not any(letter.isalpha() for letter in cell):
        raise Unreadable("is empty: a name is needed" if not cell else "is not a name")
    return text(cell)


def identifier(cell: str) -> str:
    """A number the hospital gave; a spreadsheet may not have rounded it."""
    if not cell:
        raise Unreadable("is empty: a number or code is needed")
    _refuse_rounded(cell)
    return text(cell)


def phone(cell: str, country: str) -> str:
    """A number that can be texted, as `+17135550142`."""
    if not cell:
        raise Unreadable("is empty: the number that gets the texts is needed")
    _refuse_rounded(cell)
    number = _parsed(cell.removesuffix(".0"), country)
    if number.extension:
        raise Unreadable("has an extension: texts need a number of the patient's own")
    if not phonenumbers.is_valid_number(number):
        raise Unreadable(_NO_PHONE)
    if phonenumbers.number_type(number) not in _TEXTABLE:
        raise Unreadable("cannot get texts (a landline or service number): give a mobile")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


_NO_PHONE = "is not a phone number that is in use: write it with + and country code"

_TEXTABLE = {
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
    PhoneNumberType.PERSONAL_NUMBER,
    PhoneNumberType.VOIP,
}


def _parsed(cell: str, country: str) -> phonenumbers.PhoneNumber:
    try:
        return phonenumbers.parse(cell, country)
    except phonenumbers.NumberParseException as error:
        raise Unreadable(_NO_PHONE) from error


def _refuse_rounded(cell: str) -> None:
    # Excel shows long numbers as 1.71356E+10, and saves what it shows: digits are gone.
    if re.fullmatch(r"\d+([.,]\d+)?[eE]\+?\d+", cell):
        raise Unreadable("was rounded by a spreadsheet: format the column as text, export again")


def yes_no(cell: str) -> bool:
    word = cell.casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise Unreadable("is neither yes nor no: write yes or no")


_YES = {"yes", "y", "true", "t", "1", "x", "sí", "si"}
_NO = {"no", "n", "false", "f", "0", ""}


def consent(cell: str) -> bool:
    """Did the patient agree to texts? Silence is not consent."""
    word = re.sub(r"[\s_-]+", " ", cell.casefold())
    if not word:
        raise Unreadable("is empty: write yes when the patient agreed to texts, no when not")
    if word in _GIVEN:
        return True
    if word in _NOT_GIVEN:
        return False
    raise Unreadable("does not say whether the patient agreed to texts: write yes or no")


_GIVEN = _YES | {"granted", "given", "consented", "active", "signed", "permit", "agreed"}
_GIVEN |= {"opt in", "opted in", "optin", "accepted"}
_NOT_GIVEN = (_NO - {""}) | {"denied", "refused", "declined", "withdrawn", "revoked", "inactive"}
_NOT_GIVEN |= {"rejected", "deny", "opt out", "opted out", "optout", "not given"}


def day(cell: str, country: str) -> date:
    return _parts(cell, country)[0]


def moment(cell: str, zone: str, country: str) -> datetime:
    """A moment in UTC. Without an offset it is the wall clock's at the patient's home.

    A day without a time is its midnight: check-ins count days.
    """
    if not cell:
        raise Unreadable("is empty")
    try:
        parsed = _iso(cell)
        if parsed is not None and parsed.tzinfo is not None:
            return parsed.astimezone(UTC)
        on, wall = _parts(cell, country)
        return at_wall_time(on, wall, zone)
    except OverflowError as error:  # the first and the last day a date can name
        raise Unreadable(_NO_DATE) from error


def _parts(cell: str, country: str) -> tuple[date, time]:
    parsed = _iso(cell)
    if parsed is not None:
        return parsed.date(), parsed.time()
    found = _SLASHED.fullmatch(cell)
    # 03/04 is March in the US and April elsewhere: only there it is not a guess.
    if country != "US" or found is None:
        raise Unreadable(_NO_DATE)
    try:
        on = date(int(found["year"]), int(found["month"]), int(found["day"]))
        return on, _wall(found)
    except ValueError as error:
        raise Unreadable(_NO_DATE) from error


def _iso(cell: str) -> datetime | None:
    try:
        return datetime.fromisoformat(cell)
    except ValueError:
        return None


def _wall(found: re.Match[str]) -> time:
    hour = int(found["hour"] or 0)
    if found["half"]:
        if not 1 <= hour <= 12:
            raise ValueError("no such hour")
        hour = hour % 12 + (12 if found["half"].lower() == "p" else 0)
    return time(hour, int(found["minute"] or 0))


_SLASHED = re.compile(
    r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})"
    r"(?:\s+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::\d{2})?\s*(?:(?P<half>[aApP])\.?[mM]\.?)?)?"
)

_NO_DATE = "is not a date we can read: write 2026-03-27T15:30 (2026-03-27 for a day)"


def diagnosis(cell: str) -> str:
    """An ICD-10-CM code, written with its point."""
    code = cell.upper().replace(" ", "")
    if not code:
        return ""
    if not re.fullmatch(r"[A-Z]\d[0-9A-Z](\.?[0-9A-Z]{1,4})?", code):
        raise Unreadable("is not an ICD-10 code: the general protocol is used")
    bare = code.replace(".", "")
    return f"{bare[:3]}.{bare[3:]}" if len(bare) > 3 else bare


def sex(cell: str) -> str:
    return {"f": "female", "m": "male"}.get(cell[:1].casefold(), cell.casefold())
