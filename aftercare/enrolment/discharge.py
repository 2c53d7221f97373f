"""Judges a record: a discharge we can follow, or why not. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from aftercare.calendars import local
from aftercare.enrolment import cells, dispositions, languages, zones
from aftercare.enrolment.cells import Unreadable
from aftercare.enrolment.medicines import Medicine, Medicines
from aftercare.enrolment.outcome import Excluded, Problem, Refused
from aftercare.enrolment.record import Record

FOLLOWED_FOR = timedelta(days=30)
EARLY = timedelta(hours=1)
"""A hospital's clock may run ahead of ours."""


@dataclass(frozen=True)
class Identity:
    """Whose record it is: the two numbers of the hospital's."""

    mrn: str
    encounter: str


@dataclass(frozen=True)
class ConsentEvidence:
    """When and how the patient agreed; `at` is None when the feed does not say."""

    at: datetime | None
    source: str


@dataclass(frozen=True)
class Helper:
    """A caregiver as the feed names them."""

    name: str
    phone: str
    relation: str
    consented: bool


@dataclass(frozen=True)
class Discharge:
    """Somebody who went home and agreed to be texted."""

    identity: Identity
    first_name: str
    last_name: str
    birth_date: str | None
    sex: str
    phone: str
    consent: ConsentEvidence
    locale: str
    zone: str
    zip: str
    discharged_at: datetime
    diagnosis: str
    procedure: str
    facility: str
    attending: str
    payer: str
    case_manager: str
    caregiver: Helper | None
    follow_up_at: datetime | None
    follow_up_place: str
    medicines: tuple[Medicine, ...]
    daily: bool
    notes: tuple[str, ...]


def identify(record: Record) -> Identity:
    """Raises Refused when the record does not say whose it is."""
    if record.fault:
        raise Refused(Problem("", record.fault))
    reading = _Reading(record)
    mrn = reading.needed("mrn", cells.identifier)
    encounter = reading.needed("encounter_id", cells.identifier)
    reading.refuse_if_any()
    return Identity(mrn or "", encounter or "")


def check_wanted(record: Record) -> None:
    """Raises Excluded for who is not for the programme, Refused when that cannot be told."""
    reading = _Reading(record)
    died = reading.needed("deceased", cells.yes_no)
    place = reading.needed("disposition", dispositions.place)
    if died or place == "deceased":
        raise Excluded("deceased", dispositions.REASONS["deceased"])
    if place in dispositions.REASONS:
        raise Excluded(place, dispositions.REASONS[place])
    if record.cell("consent_status"):
        agreed = reading.needed("consent_status", cells.consent)
        if agreed is False:
            raise Excluded("no_consent", "did not agree to texts; nobody was asked to call")


def read(record: Record, now: datetime, country: str, medicines: Medicines) -> Discharge:
    """The discharge a wanted record describes.

    Raises Refused with everything that has to be mended. A cell the programme can do
    without is left out with a note: a typing error there must not cost the patient the rest.
    """
    reading = _Reading(record)
    identity = identify(record)
    reading.needed("deceased", cells.yes_no)
    reading.needed("disposition", dispositions.place)
    reading.needed("consent_status", cells.consent)
    first = reading.needed("first_name", cells.name)
    last = reading.needed("last_name", cells.name)
    phone = reading.needed("mobile", lambda cell: cells.phone(cell, country))
    zone = _zone(reading, country)
    # Without a zone the time cannot be told; any zone will do to find what else is wrong.
    moments = _Moments(now, zone or "UTC", country)
    discharged = reading.needed("discharge_at", moments.discharge)
    consent_at = _consent_at(reading, moments)
    reading.refuse_if_any()
    if not (first and last and phone and zone and discharged):
        raise AssertionError("a needed cell was neither read nor refused")
    return Discharge(
        identity=identity,
        first_name=first,
        last_name=last,
        birth_date=_birth_date(reading, moments),
        sex=cells.sex(record.cell("sex")),
        phone=phone,
        consent=ConsentEvidence(consent_at, cells.text(record.cell("consent_source"))),
        locale=reading.wanted("language", _locale) or languages.ASK,
        zone=zone,
        zip=cells.text(record.cell("zip")),
        discharged_at=discharged,
        diagnosis=reading.wanted("primary_dx", cells.diagnosis) or "",
        procedure=cells.text(record.cell("procedure")),
        facility=cells.text(record.cell("facility")),
        attending=cells.text(record.cell("attending")),
        payer=cells.text(record.cell("payer")),
        case_manager=record.cell("case_manager_email").casefold(),
        caregiver=_helper(reading, country),
        follow_up_at=_follow_up(reading, moments, discharged),
        follow_up_place=cells.text(record.cell("follow_up_place")),
        medicines=medicines.listed(record.cell("medications")),
        daily=bool(reading.wanted("daily_consent", cells.yes_no)),
        notes=tuple(reading.notes),
    )


class _Reading:
    """Reads a record's cells and keeps what was wrong with them."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.problems: list[Problem] = []
        self.notes: list[str] = []

    def needed[T](self, name: str, reader: Callable[[str], T]) -> T | None:
        """A cell without which the record is refused."""
        try:
            return reader(self.record.cell(name))
        except Unreadable as error:
            self.problems.append(Problem(name, str(error)))
            return None

    def wanted[T](self, name: str, reader: Callable[[str], T]) -> T | None:
        """A cell that is left out, with a note, when it cannot be read."""
        try:
            return reader(self.record.cell(name))
        except Unreadable as error:
            self.notes.append(f"{self.record.column(name)} {error}")
            return None

    def refuse_if_any(self) -> None:
        if self.problems:
            raise Refused(*self.problems)


@dataclass(frozen=True)
class _Moments:
    """Reads times as the patient's clock shows them, and sees what cannot be."""

    now: datetime
    zone: str
    country: str

    def discharge(self, cell: str) -> datetime:
        if not cell:
            raise Unreadable("is empty: a stay is enrolled once the patient has gone home")
        at = cells.moment(cell, self.zone, self.country)
        if at > self.now + EARLY:
            raise Unreadable("lies in the future: send the record after the discharge")
        if at < self.now - FOLLOWED_FOR:
            raise Unreadable("is more than 30 days ago: the programme would be over")
        return at

    def consent(self, cell: str) -> datetime | None:
        if not cell:
            return None
        at = cells.moment(cell, self.zone, self.country)
        if at > self.now + EARLY:
            raise Unreadable("lies in the future: a consent is evidence of what was agreed")
        return at

    def birth(self, cell: str) -> date | None:
        if not cell:
            return None
        day = cells.day(cell, self.country)
        today = local(self.now, self.zone).date()
        if not today.year - 130 <= day.year or day > today:
            raise Unreadable("is no birth date: left empty")
        return day


def _zone(reading: _Reading, country: str) -> str | None:
    by_zip = bool(reading.record.cell("zip"))
    if reading.record.cell("timezone"):
        if not by_zip:
            return reading.needed("timezone", zones.named)
        zone = reading.wanted("timezone", zones.named)
        if zone:
            return zone
    if by_zip:
        return reading.needed("zip", lambda cell: zones.of_zip(cell, country))
    mend = "is empty, and so is zip: texts need to know when it is morning at the patient's home"
    reading.problems.append(Problem("timezone", mend))
    return None


def _consent_at(reading: _Reading, moments: _Moments) -> datetime | None:
    return reading.needed("consent_at", moments.consent)


def _birth_date(reading: _Reading, moments: _Moments) -> str | None:
    day = reading.wanted("dob", moments.birth)
    return day.isoformat() if day else None


def _locale(cell: str) -> str:
    locale = languages.locale_of(cell)
    if locale is None:
        raise Unreadable("is not a language we know: the patient is asked")
    return locale


def _follow_up(reading: _Reading, moments: _Moments, discharged: datetime) -> datetime | None:
    def after_discharge(cell: str) -> datetime | None:
        if not cell:
            return None
        at = cells.moment(cell, moments.zone, moments.country)
        if at < discharged:
            raise Unreadable("lies before the discharge: left out")
        return at

    return reading.wanted("follow_up_at", after_discharge)


def _helper(reading: _Reading, country: str) -> Helper | None:
    record = reading.record
    if not record.cell("caregiver_phone"):
        return None
    phone = reading.wanted("caregiver_phone", lambda cell: cells.phone(cell, country))
    if phone is None:
        return None
    return Helper(
        name=cells.text(record.cell("caregiver_name")),
        phone=phone,
        relation=cells.text(record.cell("caregiver_relationship")).casefold(),
        consented=bool(reading.wanted("caregiver_consent", cells.yes_no)),
    )
