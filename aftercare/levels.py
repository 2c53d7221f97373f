"""The three levels of a red flag, and `none`."""

from collections.abc import Iterable
from enum import StrEnum


class Level(StrEnum):
    """How soon a human has to act; ordered, so that `max` is the more pressing one."""

    NONE = "none"
    ROUTINE = "routine"
    URGENT = "urgent"
    EMERGENCY = "emergency"

    @property
    def rank(self) -> int:
        return _ORDER.index(self)

    def __lt__(self, other: str) -> bool:
        return self.rank < Level(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= Level(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > Level(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= Level(other).rank


_ORDER = (Level.NONE, Level.ROUTINE, Level.URGENT, Level.EMERGENCY)


def highest(levels: Iterable[Level]) -> Level:
    """The most pressing of `levels`; `none` when there is none."""
    return max(levels, default=Level.NONE)
