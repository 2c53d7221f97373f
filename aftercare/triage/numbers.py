"""Numbers with their units, in digits or words, as people write what they measured."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from aftercare.triage.fold import Unit, fold
from aftercare.triage.numerals import certain, numeral
from aftercare.triage.spelled import spelled
from aftercare.triage.vietnamese import vietnamese


@dataclass(frozen=True, slots=True)
class Number:
    """A number found: the words it covers, and its unit if one was written."""

    value: float
    start: int
    end: int
    unit: str | None = None
    lower: float | None = None
    spelled: bool = False


# Written units by their own names; vocabularies add their words (`libras: lb`).
_UNITS = {
    "lb": "lb",
    "lbs": "lb",
    "kg": "kg",
    "kgs": "kg",
    "kilo": "kg",
    "kilos": "kg",
    "f": "°F",
    "°f": "°F",
    "c": "°C",
    "°c": "°C",
    "℃": "°C",
    "℉": "°F",
    "mgdl": "mg/dL",
    "mg/dl": "mg/dL",
    "mmol": "mmol/L",
    "mmol/l": "mmol/L",
    "mmoll": "mmol/L",
    "g/l": "g/L",
    "gl": "g/L",
    "%": "%",
    "mmhg": "mmHg",
    "bpm": "bpm",
}
# What a vocabulary calls a word that is said after a number and is no unit: `백십이 정도`.
_ABOUT = "about"
_SPLIT = re.compile(r"(?P<number>\d+(?:[.,/]\d+)*)(?P<unit>\D+)?")
_NOT_A_MEASURE = frozenset(
    [
        "am",
        "pm",
        "a",
        "p",
        "st",
        "nd",
        "rd",
        "th",
        "hr",
        "hrs",
        "h",
        "min",
        "mins",
        "days",
        "day",
        "x",
        "mg",
        "ml",
        "mcg",
        "oz",
    ]
)


def find_numbers(
    units: Sequence[Unit],
    words: Mapping[str, float],
    measures: Mapping[str, str],
    over: frozenset[str],
    point: frozenset[str],
) -> list[Number]:
    """The numbers of a text. `over` joins a blood pressure, `point` a decimal."""
    found = list(_plain(units, words, measures, over | point))
    found = list(_pairs(found, units, point, _decimal))
    return list(_pairs(found, units, over | {"/"}, _pressure))


def _plain(
    units: Sequence[Unit],
    words: Mapping[str, float],
    measures: Mapping[str, str],
    joints: frozenset[str],
) -> Iterator[Number]:
    place = 0
    while place < len(units):
        form = units[place].form
        if found := _SPLIT.fullmatch(form):
            number = _written(found, place)
            if number:
                yield _with_unit(number, units, measures)
            place += 1
        elif form in words:
            value, end = spelled(units, words, place)
            yield _with_unit(Number(value, place, end, spelled=True), units, measures)
            place = end
        elif counted := vietnamese(units, place):
            value, end = counted
            yield _with_unit(Number(value, place, end, spelled=True), units, measures)
            place = end
        elif word := _close_number(units, place, words, measures, joints):
            yield _with_unit(word, units, measures)
            place = word.end
        else:
            place += 1


def _close_number(
    units: Sequence[Unit],
    place: int,
    words: Mapping[str, float],
    measures: Mapping[str, str],
    joints: frozenset[str],
) -> Number | None:
    """A number in characters: `三十八`, or a word of several (`하나`)."""
    if units[place].form.isascii():
        return None
    if found := numeral(units, place):
        value, end = found
        joined = place > 0 and units[place - 1].form in joints
        measured = _longest_word(units, end, measures)
        if joined or measured or certain(units[place:end]) or _apart(units, place, end):
            return Number(value, place, end, spelled=True)
    if length := _longest_word(units, place, words):
        value, end = words[_word(units, place, length)], place + length
        more = _longest_word(units, end, words) if value in range(10, 100, 10) else 0
        if more and words[_word(units, end, more)] < 10:  # `아흔둘`
            value, end = value + words[_word(units, end, more)], end + more
        return Number(value, place, end, spelled=True)
    return None


def _word(units: Sequence[Unit], place: int, length: int) -> str:
    return "".join(unit.form for unit in units[place : place + length])


def _apart(units: Sequence[Unit], start: int, end: int) -> bool:
    """Whether the numerals are a clause of their own."""
    pauses_before = start == 0 or units[start].after_pause
    return pauses_before and (end == len(units) or units[end].after_pause)


def _longest_word(units: Sequence[Unit], place: int, known: Collection[str]) -> int:
    """How many units from `place` make a known word, in scripts without spaces."""
    for length in range(min(4, len(units) - place), 0, -1):
        forms = [unit.form for unit in units[place : place + length]]
        if all(len(form) == 1 for form in forms) and "".join(forms) in known:
            return length
    return 0


def _written(found: re.Match[str], place: int) -> Number | None:
    suffix = found["unit"]
    if suffix in _NOT_A_MEASURE:
        return None
    unit = _UNITS.get(suffix) if suffix else None
    digits = found["number"]
    if "/" in digits:
        upper, lower = (_decimal_value(part) for part in digits.split("/")[:2])
        # 9/10 is a pain score; a pressure has two numbers above 25.
        if upper >= 25 and lower >= 25:
            return Number(upper, place, place + 1, "mmHg", lower)
        return Number(upper, place, place + 1, unit, lower)
    return Number(_decimal_value(digits), place, place + 1, unit)


def _decimal_value(digits: str) -> float:
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+", digits):
        return float(digits.replace(",", ""))
    whole, *rest = re.split(r"[.,/]", digits)
    return float(f"{whole or 0}.{rest[0]}" if rest else whole)


def _with_unit(number: Number, units: Sequence[Unit], measures: Mapping[str, str]) -> Number:
    end = number.end
    while number.unit is None and end < min(len(units), number.end + 2):
        form = units[end].form
        if form in ("degrees", "grados", "deg", "°", "º"):
            end += 1
            continue
        length = _longest_word(units, end, measures)
        if length:
            form, end = "".join(u.form for u in units[end : end + length]), end + length - 1
        unit = measures.get(form) or _UNITS.get(form)
        if unit and unit != _ABOUT:
            return Number(number.value, number.start, end + 1, unit, number.lower, number.spelled)
        break
    return number


def _pairs(
    numbers: Sequence[Number],
    units: Sequence[Unit],
    joints: frozenset[str],
    join: Callable[[Number, Number], "Number | None"],
) -> Iterator[Number]:
    waiting: Number | None = None
    for number in numbers:
        if (
            waiting
            and not joints.isdisjoint(_between(waiting, number, units))
            and (joined := join(waiting, number))
        ):
            waiting = joined
            continue
        if waiting:
            yield waiting
        waiting = number
    if waiting:
        yield waiting


def _between(left: Number, right: Number, units: Sequence[Unit]) -> set[str]:
    """What stands between two numbers: one word, also if the first took it for its unit
    (`38度5`), or two (`126 sa ibabaw 74`, `위 118 아래 70`)."""
    gap = right.start - left.end
    if gap == 2:
        two = [fold(unit.form) for unit in units[left.end : right.start]]
        return {" ".join(two), "".join(two)}
    if gap not in (0, 1) or right.start - left.start < 2:
        return set()
    return {fold(units[right.start - 1].form)}


def _decimal(whole: Number, rest: Number) -> Number | None:
    whole_numbers = whole.value.is_integer() and rest.value.is_integer()
    if not whole_numbers or not 0 <= rest.value < 100 or rest.lower is not None:
        return None
    value = float(f"{whole.value:g}.{rest.value:g}")
    unit = rest.unit or (None if whole.unit == "time" else whole.unit)
    return Number(value, whole.start, rest.end, unit, None, whole.spelled)


def _pressure(upper: Number, lower: Number) -> Number | None:
    if upper.value < 5 or lower.value < 3 or upper.lower is not None:
        return None
    return Number(upper.value, upper.start, lower.end, "mmHg", lower.value)


def convert(value: float, unit: str | None, wanted: str | None) -> float | None:
    """`value` in the `wanted` unit; None when the two cannot be the same measure."""
    if unit is None or wanted is None or unit == wanted:
        return value
    change = _CONVERSIONS.get((unit, wanted))
    return change(value) if change else None


def guess_unit(value: float, wanted: str | None, plausible: tuple[float, float] | None) -> float:
    """`value` in `wanted`, taking a bare 38.2 for Celsius where Fahrenheit is asked."""
    if plausible and plausible[0] <= value <= plausible[1]:
        return value
    for low, high, unit in _BARE.get(wanted or "", ()):
        if low <= value <= high:
            return round(_CONVERSIONS[unit, wanted or ""](value), 1)
    return value


_CONVERSIONS: Mapping[tuple[str, str], Callable[[float], float]] = {
    ("jin", "lb"): lambda v: round(v * 1.10231, 1),
    ("jin", "kg"): lambda v: round(v / 2, 1),
    ("kg", "lb"): lambda v: round(v * 2.20462, 1),
    ("lb", "kg"): lambda v: round(v / 2.20462, 1),
    ("°C", "°F"): lambda v: round(v * 9 / 5 + 32, 1),
    ("°F", "°C"): lambda v: round((v - 32) * 5 / 9, 1),
    ("mmol/L", "mg/dL"): lambda v: round(v * 18.016),
    ("mg/dL", "mmol/L"): lambda v: round(v / 18.016, 1),
    ("g/L", "mg/dL"): lambda v: round(v * 100),
    ("mg/dL", "g/L"): lambda v: round(v / 100, 2),
}

# A bare sugar below this is in grams a litre where people measure so.
HIGHEST_GRAMS = 4.0
# Where a bare number cannot be in the unit asked for, but fits another one.
_BARE = {
    "°F": ((34.0, 43.0, "°C"),),
    "°C": ((93.0, 110.0, "°F"),),
    "mg/dL": ((1.5, 19.9, "mmol/L"),),
}
