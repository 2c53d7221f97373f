"""What proofreading finds: where it stands, what is wrong, and what mends it."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, order=True)
class Finding:
    """One thing to mend. `kind` is a word machines can count by."""

    file: str
    line: int
    severity: Severity
    kind: str
    problem: str
    mend: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.severity}: {self.problem} Mend: {self.mend}"


def error(file: str, line: int, kind: str, problem: str, mend: str) -> Finding:
    return Finding(file, line, Severity.ERROR, kind, problem, mend)


def warning(file: str, line: int, kind: str, problem: str, mend: str) -> Finding:
    return Finding(file, line, Severity.WARNING, kind, problem, mend)
