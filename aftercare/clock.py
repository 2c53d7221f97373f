"""Where the product gets the time from, so that a test or a demo can own it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Gives the present moment, always in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class ShiftedClock:
    """The machine's clock moved by the seconds that a file holds.

    Every process of a demo reads the same file, so the demo's day can be moved
    on for all of them at once. Never used in production (`settings` refuses it).
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._shift())

    def set(self, moment: datetime) -> None:
        """Make `moment` (UTC) the present for every process that shares the file."""
        shift = (moment - datetime.now(UTC)).total_seconds()
        pending = self._file.with_suffix(".new")
        pending.write_text(f"{shift:.3f}\n")
        pending.replace(self._file)

    def _shift(self) -> float:
        try:
            return float(self._file.read_text())
        except FileNotFoundError:
            return 0.0


class SetClock:
    """A clock that stands still until it is moved: for tests."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def now(self) -> datetime:
        return self._moment

    def set(self, moment: datetime) -> None:
        self._moment = moment

    def advance(self, **by: float) -> None:
        """Move on by `timedelta(**by)`, as in `advance(hours=4)`."""
        self._moment += timedelta(**by)
