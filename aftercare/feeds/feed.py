"""What every feed gives back."""

from collections.abc import Sequence
from dataclasses import dataclass

from aftercare.enrolment.record import Record


class NotReadable(ValueError):
    """The file as a whole cannot be read; says how to mend it, and quotes nothing from it."""


@dataclass(frozen=True)
class Feed:
    """One file's discharges. `kind` is the feed's name, `csv`."""

    kind: str
    records: Sequence[Record]
    warnings: tuple[str, ...] = ()
