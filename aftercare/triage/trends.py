"""Two values in one text: what was before, and what is now (`184, yesterday 179`)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from aftercare.triage.cues import Weighed
from aftercare.triage.fold import Unit
from aftercare.triage.numbers import Number, convert

# The unit of a number of days, times, or steps: no value of anything.
_COUNT = "count"
# Pounds that are too many since yesterday, and within days (Ascension's heart failure sheet); more
# than the last would be another scale, or another year.
_IN_A_DAY, _IN_DAYS, _NO_TREND = 3.0, 5.0, 25.0
_YESTERDAY = frozenset(
    (
        *("yesterday", "ayer", "hier", "ontem", "вчера", "ye", "kahapon", "kagabi", "hom qua"),
        *(
            "ayer tenia",
            "ayer era",
            "ontem era",
            "ontem estava",
            "昨 天",
            "昨 日",
            "琴 日",
            "寻 日",
        ),
        *("어 제", "امبارح", "مبارح", "امس", "البارح"),
    )
)


@dataclass(frozen=True)
class Change:
    """Two values of the same thing, and whether the first is of the day before."""

    before: Number
    now: Number
    since_yesterday: bool


def of_before(
    numbers: Sequence[Number], weighed: Iterable[Weighed], units: Sequence[Unit]
) -> dict[int, Weighed]:
    """The places of the numbers that are told of an earlier time, and the words that say so."""
    return {
        place: marker
        for marker in weighed
        if marker.match.section == "answers" and marker.match.name == "earlier"
        if (place := _told_by(marker, numbers, units)) is not None
    }


def change(
    numbers: Sequence[Number], weighed: Iterable[Weighed], units: Sequence[Unit]
) -> Change | None:
    """The value of before and the value of now; None where a text tells only one."""
    earlier = of_before(numbers, weighed, units)
    values = [place for place in range(len(numbers)) if _is_value(numbers[place])]
    then = [place for place in values if place in earlier]
    now = [place for place in values if place not in earlier]
    if not then or not now:
        return None
    match = earlier[then[0]].match
    said = " ".join(unit.form for unit in units[match.start : match.end])
    return Change(numbers[then[0]], numbers[now[0]], said in _YESTERDAY)


def gained(found: Change, unit: str) -> bool:
    """Whether the weight, asked in `unit`, grew by more than a heart allows."""
    # `76 kilos, four days ago 72`: one unit serves both.
    said = found.now.unit or found.before.unit or unit
    before, now = _pounds(found.before, said), _pounds(found.now, said)
    allowed = _IN_A_DAY if found.since_yesterday else _IN_DAYS
    return allowed <= round(now - before, 1) <= _NO_TREND


def _pounds(number: Number, said: str) -> float:
    return convert(number.value, number.unit or said, "lb") or 0.0


def _told_by(marker: Weighed, numbers: Sequence[Number], units: Sequence[Unit]) -> int | None:
    """The number that an earlier time is told of: the one after it (`yesterday 179`, `three days
    ago 179`), else the one before (`179 yesterday, 184 today`)."""
    start, end = marker.match.start, marker.match.end
    for number in numbers:
        if number.unit == _COUNT and start - 1 <= number.end and number.start <= end + 1:
            start, end = min(start, number.start), max(end, number.end)
    after = [p for p, n in _values(numbers) if end <= n.start <= end + 1]
    before = [p for p, n in _values(numbers) if start - 1 <= n.end <= start]
    parted = after and any(unit.after_pause for unit in units[end : numbers[after[0]].start + 1])
    if after and not (parted and before):
        return after[0]
    return before[-1] if before else None


def _values(numbers: Sequence[Number]) -> Iterator[tuple[int, Number]]:
    return ((place, number) for place, number in enumerate(numbers) if _is_value(number))


def _is_value(number: Number) -> bool:
    return number.unit != _COUNT
