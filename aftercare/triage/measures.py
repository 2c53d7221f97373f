"""Measured values that are red flags by themselves: `sugar 41`, `watch says 170`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from aftercare.triage.cues import Verdict, Weighed
from aftercare.triage.fold import Unit
from aftercare.triage.numbers import HIGHEST_GRAMS, Number, convert
from aftercare.triage.spelled import AND
from aftercare.triage.trends import of_before
from aftercare.triage.vocabulary import Threshold

# `other` is what looks like a measure and is none: the weather, the price of oil.
# How many words may stand between the name of a measure and its value; when the name comes after
# the value of an answer (`72 after i sat a spell`), next to none.
NEAR, NEXT = 5, 1

_UNIT = {
    "sugar": "mg/dL",
    "temperature": "°F",
    "oxygen": "%",
    "pressure": "mmHg",
    "pressure_lower": "mmHg",
    "pulse": "bpm",
}
# In which other units questions ask for them, and up to where a bare number is in that unit.
_ALSO_ASKED = {"°C": ("temperature", 45), "mmol/L": ("sugar", 45), "g/L": ("sugar", 10)}
# Where a bare sugar below ten is in grams a litre, and in millimoles elsewhere.
IN_GRAMS = frozenset({"fr", "ht"})
# A pressure in centimetres of mercury, as many countries say it: 12 over 8, 19 over 11.
_CENTIMETRES = (9, 26)
# Of two numbers for a pressure the second is the lower one, where the first can be the upper.
_LEAST_UPPER = 85
# What may join the two; `now` and `then` part two readings.
_JOINED = AND | {"at", "và", "va", "和", "跟", "и", "en"}
# Degrees that no weather is taken for: `昨晚38度5`, with no word for the temperature.
_FEVERISH = (37.5, 43.0)
# What a value has to be, in that unit, to be taken for a measurement at all.
_BELIEVABLE = {
    "sugar": (10, 1200),
    "temperature": (85, 112),
    "oxygen": (40, 100),
    "pressure": (40, 300),
    "pressure_lower": (20, 200),
    "pulse": (20, 260),
}


def believable(unit: str | None) -> tuple[float, float] | None:
    """What a body can have, in `unit`, where no question says what is plausible."""
    return next((_BELIEVABLE[name] for name, of in _UNIT.items() if of == unit), None)


@dataclass(frozen=True)
class Measured:
    """A value beyond a threshold."""

    concept: str
    measure: str
    value: float
    number: Number
    before: bool = False
    """Whether it is told of an earlier time, and another one of the same of now."""


def beyond(
    numbers: Sequence[Number],
    weighed: Sequence[Weighed],
    thresholds: Sequence[Threshold],
    asked: str | None,
    grams: bool = False,
    units: Sequence[Unit] = (),
) -> Iterator[Measured]:
    """Each value beyond a threshold; `asked` is the unit of the question in hand, `grams`
    whether the patient's language measures sugar in grams a litre, `units` the text's words."""
    named = [w for w in weighed if w.match.section == "measures"]
    meant = [_meant(place, numbers, named, asked, grams, units) for place in range(len(numbers))]
    earlier = of_before(numbers, weighed, units)
    of_now = {found[0] for place, found in enumerate(meant) if found and place not in earlier}
    for place, found in enumerate(meant):
        if found is None:
            continue
        before = place in earlier and found[0] in of_now
        for name, value in _values(*found).items():
            yield from (
                Measured(t.concept, name, value, numbers[place], before)
                for t in thresholds
                if t.measure == name and holds(t.when, value)
            )


def _meant(
    place: int,
    numbers: Sequence[Number],
    named: Sequence[Weighed],
    asked: str | None,
    grams: bool,
    units: Sequence[Unit],
) -> tuple[str, Number] | None:
    """What the number at `place` measures, and the number in the unit that is meant."""
    number = numbers[place]
    measure = _measure(place, numbers, named, asked)
    if not measure:
        return None
    if measure == "pressure" and _lower_of_a_pair(place, numbers, units):
        return "pressure_lower", replace(number, unit="mmHg")
    in_grams = measure == "sugar" and _in_grams(number, named, grams and asked is not None)
    if in_grams:
        return measure, replace(number, unit="g/L")
    return measure, _as_asked(measure, number, asked)


def _measure(
    place: int, numbers: Sequence[Number], named: Sequence[Weighed], asked: str | None
) -> str | None:
    """What the number at `place` measures: what is named near it, else what was asked."""
    number = numbers[place]
    close = sorted(
        (gap, w.match.name)
        for w in named
        if w.verdict in (Verdict.STANDS, Verdict.DENIED)
        and (gap := _gap(w, number, numbers, asked)) is not None
    )
    if close:
        return None if close[0][1] == "other" else close[0][1]
    if number.lower is not None and number.unit == "mmHg":
        return "pressure"
    if number.unit == "°C" and _FEVERISH[0] <= number.value <= _FEVERISH[1]:
        return "temperature"
    unit = number.unit or asked
    # Degrees that nobody asked for may be the weather's.
    if unit in _ALSO_ASKED and (unit != "°C" or asked in ("°C", "°F")):
        return _ALSO_ASKED[unit][0]
    return next((m for m, u in _UNIT.items() if u == unit and _distinct(m, number)), None)


def _as_asked(measure: str, number: Number, asked: str | None) -> Number:
    """A bare number in the unit it was asked in, where it can be one in that unit."""
    wanted, highest = _ALSO_ASKED.get(asked or "", ("", 0))
    fits = number.unit is None and wanted == measure and number.value <= highest
    return replace(number, unit=asked) if fits else number


def _gap(name: Weighed, number: Number, numbers: Sequence[Number], asked: str | None) -> int | None:
    """How many words part a name from a number; None where it is not this number's name."""
    before, after = number.start - name.match.end, name.match.start - number.end
    if asked is None or after < 0:
        gap = max(before, after)
        return gap if gap <= NEAR else None
    # `130 80 pulse 70`: a name with a number right behind it has found its own.
    taken = any(0 <= other.start - name.match.end <= NEXT for other in numbers)
    return after if after <= NEXT and not taken else None


def _lower_of_a_pair(place: int, numbers: Sequence[Number], units: Sequence[Unit]) -> bool:
    """Whether this is the second of two numbers side by side, of which the first can be the
    upper pressure: `128 76`, `128 and 76`."""
    if place == 0 or numbers[place].lower is not None:
        return False
    first, number = numbers[place - 1], numbers[place]
    between = [unit.form for unit in units[first.end : number.start]]
    beside = number.start == first.end or (len(between) == 1 and between[0] in _JOINED)
    return beside and first.lower is None and number.value < first.value >= _LEAST_UPPER


def _distinct(measure: str, number: Number) -> bool:
    """A bare 97 answers the question asked; %, unasked, may be of anything."""
    return measure != "oxygen" or number.unit is None


def _in_grams(number: Number, named: Sequence[Weighed], asked: bool) -> bool:
    """Whether a bare value is in grams a litre: `glycemie 2,4` where people measure so."""
    if number.unit is not None or number.lower is not None:
        return False
    said = {w.match.locale for w in named if w.match.name == "sugar" and not w.match.misspelt}
    return number.value < 1 or (number.value < HIGHEST_GRAMS and (asked or bool(said & IN_GRAMS)))


def _values(measure: str, number: Number) -> Mapping[str, float]:
    if measure == "pressure" and _in_centimetres(number):
        return {"pressure": number.value * 10, "pressure_lower": (number.lower or 0) * 10}
    value = _in_unit(measure, number)
    low, high = _BELIEVABLE[measure]
    if value is None or not low <= value <= high:
        return {}
    if measure == "pressure" and number.lower is not None:
        return {"pressure": value, "pressure_lower": number.lower}
    return {measure: value}


def _in_centimetres(number: Number) -> bool:
    lowest, highest = _CENTIMETRES
    if number.lower is None or not lowest <= number.value <= highest:
        return False
    return 3 <= number.lower < number.value


def _in_unit(measure: str, number: Number) -> float | None:
    if number.unit in (None, _UNIT[measure]):
        if measure == "temperature" and number.value < 45:
            return convert(number.value, "°C", "°F")
        if measure == "sugar" and number.spelled and number.value < 25:
            return None  # "took my sugar two times": nobody spells out a reading so low.
        if measure == "sugar" and number.unit is None and number.value < 25:
            return convert(number.value, "mmol/L", "mg/dL")
        return number.value
    return convert(number.value, number.unit, _UNIT[measure])


def holds(when: str, value: float) -> bool:
    """Whether `value` is beyond a threshold like `< 54`. Raises ValueError for any other form."""
    found = re.fullmatch(r"(<=|>=|<|>)\s*(-?\d+(?:\.\d+)?)", when)
    if not found:
        raise ValueError(f"threshold {when!r} is not a comparison")
    limit = float(found[2])
    return {"<": value < limit, "<=": value <= limit, ">": value > limit, ">=": value >= limit}[
        found[1]
    ]
