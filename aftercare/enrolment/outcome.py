"""What became of one record. Nothing in it tells who the patient is."""

from dataclasses import dataclass
from typing import Literal

type Status = Literal["enrolled", "unchanged", "updated", "excluded", "refused"]


@dataclass(frozen=True)
class Problem:
    """Why a record cannot be taken: the column, and what has to be mended there.

    The column is one of FIELDS; an Outcome gives it the sender's own name.
    """

    column: str
    mend: str

    def __str__(self) -> str:
        return f"{self.column}: {self.mend}" if self.column else self.mend


class Refused(Exception):
    """The record cannot be enrolled until the sender mends it."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


class Excluded(Exception):
    """The record is sound, and this patient is not for the programme.

    `kind` is `deceased`, `hospice`, `facility`, `custody`, `in_hospital`, `no_consent`,
    `opted_out` or `superseded`.
    """

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason


@dataclass(frozen=True)
class Outcome:
    """One line of the report. `ref` is a keyed hash: the same stay has the same one every time."""

    status: Status
    line: int = 0
    ref: str = ""
    reason: str = ""
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    protocol: str = ""
    check_ins: int = 0
