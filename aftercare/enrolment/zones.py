"""The patient's time zone, from its name or from the postal code of the home."""

import re
from zoneinfo import ZoneInfo

from aftercare.enrolment.cells import Unreadable

# Three-letter names are checked first: the database of zones has an `EST` without summer time.
_SPOKEN = {
    **dict.fromkeys(("eastern", "et", "est", "edt"), "America/New_York"),
    **dict.fromkeys(("central", "ct", "cst", "cdt"), "America/Chicago"),
    **dict.fromkeys(("mountain", "mt", "mst", "mdt"), "America/Denver"),
    **dict.fromkeys(("pacific", "pt", "pst", "pdt"), "America/Los_Angeles"),
    **dict.fromkeys(("alaska", "akt", "akst", "akdt"), "America/Anchorage"),
    **dict.fromkeys(("hawaii", "hst", "ht"), "Pacific/Honolulu"),
    **dict.fromkeys(("arizona",), "America/Phoenix"),
    **dict.fromkeys(("atlantic", "ast", "puerto rico"), "America/Puerto_Rico"),
}


def named(cell: str) -> str:
    """The zone called `cell`. Raises Unreadable."""
    spoken = cell.casefold().removesuffix(" time").removesuffix(" standard").strip()
    if spoken in _SPOKEN:
        return _SPOKEN[spoken]
    name = cell.replace(" ", "_")
    for spelling in (name, "/".join(part.title() for part in name.split("/"))):
        if "/" in spelling and _exists(spelling):
            return spelling
    raise Unreadable("is not a time zone: write it like America/Chicago")


def of_zip(cell: str, country: str) -> str:
    """The zone of a US postal code. Raises Unreadable."""
    if country != "US":
        raise Unreadable("gives a time zone in the US only: fill the timezone column")
    digits = _digits(cell)
    # Checked here: the library does not survive what is neither digit nor hyphen.
    if not re.fullmatch(r"[0-9]{5}(-?[0-9]{4})?", digits):
        raise Unreadable("is not a postal code: write five digits")
    import zipcodes  # here, because it takes 0.2 s and 20 MB

    places = zipcodes.matching(digits)  # type: ignore[no-untyped-call]
    zone = str(places[0]["timezone"]) if places else ""
    if not zone or not _exists(zone):
        # Military mail, and codes younger than the list.
        raise Unreadable("has no known time zone: fill the timezone column")
    return zone


def _digits(cell: str) -> str:
    bare = cell.replace(" ", "").removesuffix(".0")
    # Spreadsheets drop the leading zeros of New England and Puerto Rico.
    return bare.zfill(5) if bare.isascii() and bare.isdigit() else bare


def _exists(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        return False
    return True
