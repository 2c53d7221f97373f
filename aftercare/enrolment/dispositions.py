"""Where the patient went: who goes home is texted, who does not is left out with the reason.

Codes are UB-04's patient discharge status. 81–95 are the same places with a planned
readmission; they are read as the place.
"""

import re

from aftercare.enrolment.cells import Unreadable

HOME = "home"

# Which codes are enrolled: shared clinical facts, "Enrolment feeds". 07 left against medical
# advice: they went home, at higher risk than most. 21 is in custody and has no phone of their own.
_CODES = {
    **dict.fromkeys(("01", "06", "07", "81", "86"), HOME),
    **dict.fromkeys(("20", "40", "41", "42"), "deceased"),
    **dict.fromkeys(("50", "51"), "hospice"),
    **dict.fromkeys(("02", "03", "04", "05", "43", "61", "62", "63", "64", "65", "66"), "facility"),
    **dict.fromkeys(("70", "82", "83", "84", "85", "88", "89", "90", "91", "92"), "facility"),
    **dict.fromkeys(("93", "94", "95"), "facility"),
    **dict.fromkeys(("21", "87"), "custody"),
    **dict.fromkeys(("09", "30"), "in_hospital"),
}

# The first that fits counts: "hospice - home" is hospice, "nursing home" is no home, and
# "home with skilled nursing" is one.
_WORDS = (
    ("deceased", r"expired|deceased|died|death|morgue"),
    ("hospice", r"hospice"),
    ("custody", r"jail|prison|custody|enforcement|correctional"),
    ("in_hospital", r"still|inpatient|admitted"),
    ("facility", r"nursing home|snf|irf|ltach?|ltch"),
    (HOME, r"home|routine|self|ama|advice|hha?|hhs|residence|shelter|assisted living"),
    (
        "facility",
        r"facility|rehab(ilitation)?|transfer(red)?|nursing|hospital|acute|swing|psych(iatric)?",
    ),
)

REASONS = {
    "deceased": "the patient died",
    "hospice": "went to hospice care",
    "facility": "went to another facility, which looks after them",
    "custody": "is in custody",
    "in_hospital": "is still in hospital",
}


def place(cell: str) -> str:
    """HOME or one of REASONS. Nothing said counts as home. Raises Unreadable."""
    words = cell.casefold()
    if not words:
        return HOME
    if code := re.match(r"\d{1,2}(?!\d)", words):
        known = _CODES.get(code[0].zfill(2))
        if known:
            return known
    for kind, signs in _WORDS:
        if re.search(rf"\b({signs})\b", words):
            return kind
    raise Unreadable("is not a place we know: write UB-04's code (01 home, 06 home health, …)")
