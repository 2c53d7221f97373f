"""Numbers in Vietnamese words: `ba trăm mười hai`, `ba mươi tám độ rưỡi`, `mot tram tam`."""

from collections.abc import Sequence

from aftercare.triage.fold import Unit

_DIGITS = {
    **{"mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "lam": 5, "nham": 5},
    **{"sau": 6, "bay": 7, "tam": 8, "chin": 9},
}
_HUNDRED, _TEN = "tram", "muoi"
_ODD = frozenset(("linh", "le"))
_POINT = frozenset(("phay", "cham", "do"))
_HALF = "ruoi"
# Salt and mosquitoes are written like ten, but for their marks.
_TENS = frozenset(("muoi", "mươi", "mười"))


def vietnamese(units: Sequence[Unit], place: int) -> tuple[float, int] | None:
    """The number whose words begin at `place`, and where they end; None for a digit alone, which
    is as often an everyday word (`năm` is five, and a year)."""
    hundreds, after = _hundreds(units, place)
    below, end = _below_hundred(units, after, bool(hundreds))
    if not hundreds and not _ten_within(units, place, end):
        return None
    return _fraction(units, end, hundreds + below) if end > place + 1 else None


def _hundreds(units: Sequence[Unit], place: int) -> tuple[int, int]:
    digit = _digit(units, place)
    if digit and _form(units, place + 1) == _HUNDRED:
        return digit * 100, place + 2
    return 0, place


def _below_hundred(units: Sequence[Unit], place: int, after_hundred: bool) -> tuple[int, int]:
    if after_hundred and _form(units, place) in _ODD and (digit := _digit(units, place + 1)):
        return digit, place + 2
    if _ten(units, place) and (after_hundred or _digit(units, place + 1)):
        return 10 + _digit(units, place + 1), place + 1 + bool(_digit(units, place + 1))
    digit = _digit(units, place)
    if digit and _ten(units, place + 1):
        one = _digit(units, place + 2)
        return digit * 10 + one, place + 2 + bool(one)
    # `một trăm tám` is a hundred and eighty; a lone eight after it would be `lẻ tám`.
    return (digit * 10, place + 1) if digit and after_hundred else (0, place)


def _fraction(units: Sequence[Unit], end: int, value: float) -> tuple[float, int]:
    pointed = end + (_form(units, end) in _POINT)
    if _form(units, pointed) == _HALF:
        return value + 0.5, pointed + 1
    if pointed > end and (digit := _digit(units, pointed)):
        return value + digit / 10, pointed + 1
    return float(value), end


def _ten_within(units: Sequence[Unit], place: int, end: int) -> bool:
    return any(_ten(units, each) for each in range(place, end))


def _ten(units: Sequence[Unit], place: int) -> bool:
    return _form(units, place) == _TEN and units[place].accented in _TENS


def _digit(units: Sequence[Unit], place: int) -> int:
    return _DIGITS.get(_form(units, place), 0)


def _form(units: Sequence[Unit], place: int) -> str:
    return units[place].form if place < len(units) else ""
