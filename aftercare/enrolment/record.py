"""One discharge as a feed tells it: words by field, before anybody judged them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Field:
    """One thing a feed can say. `required` ones refuse the record when they are missing."""

    name: str
    means: str
    required: bool = False


FIELDS = (
    Field("mrn", "The hospital's number of the patient", required=True),
    Field("encounter_id", "The stay; a record is enrolled once per stay", required=True),
    Field("first_name", "Given name", required=True),
    Field("last_name", "Family name", required=True),
    Field("dob", "Birth date, `1958-03-27`"),
    Field("sex", "`F`, `M`, or a word"),
    Field("mobile", "Number that gets the texts, `+17135550142`", required=True),
    Field("consent_status", "`yes` or `no`: did the patient agree to texts?", required=True),
    Field("consent_at", "When, as evidence; without it, when the feed told us"),
    Field("consent_source", "How: `paper form`, `portal`, …"),
    Field("language", "Code or name, `es`, `SPA`, `Spanish`, `español`; empty: we ask"),
    Field("zip", "Postal code of the home (US); gives the time zone"),
    Field("timezone", "`America/Chicago`, or `Central`; wins over zip"),
    Field("discharge_at", "When the patient went home, `2026-03-27T15:30`", required=True),
    Field("disposition", "UB-04 code (`01` home, `06` home health) or a word"),
    Field("primary_dx", "ICD-10-CM code of the main diagnosis; chooses the protocol"),
    Field("procedure", "Code or name of the operation, if there was one"),
    Field("facility", "Hospital or ward; names the team when a team is called so"),
    Field("attending", "Doctor in charge"),
    Field("case_manager_email", "Who looks after the patient; empty: the team"),
    Field("caregiver_name", "Someone who may text for the patient"),
    Field("caregiver_phone", "Their number"),
    Field("caregiver_relationship", "`daughter`, `neighbour`, …"),
    Field("caregiver_consent", "`yes` when the patient agreed that they may"),
    Field("payer", "Insurance"),
    Field("follow_up_at", "The next visit"),
    Field("follow_up_place", "Where it is"),
    Field("deceased", "`yes` when the patient died"),
    Field("medications", "`warfarin 5 mg; furosemide 40 mg`"),
    Field("daily_consent", "`yes` when the patient agreed to the protocol's daily question"),
)

REQUIRED = tuple(field.name for field in FIELDS if field.required)


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Record:
    """What a feed says about one discharge.

    Every feed uses the names in FIELDS; `columns` holds what the sender calls them,
    so that a refusal names the place the sender knows. `fault` is set when the feed
    could not tell the fields apart.
    """

    line: int
    fields: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""

    def cell(self, name: str) -> str:
        # PostgreSQL takes no NUL, and nobody types the other control characters.
        return _CONTROL.sub("", self.fields.get(name, "")).strip()

    def column(self, name: str) -> str:
        return self.columns.get(name, name)
