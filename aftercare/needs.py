"""The needs a text can name, and the ICD-10-CM code each proposes. Pure."""

CODES = {
    "transport": "Z59.82",
    "food": "Z59.41",
    "housing": "Z59.819",
    "cost": "Z91.120",
}
"""A text proposes; a clinician confirms (facts: transportation and other social needs)."""


def code_of(need: str) -> str:
    """The code proposed for a need, or nothing."""
    return CODES.get(need, "")
