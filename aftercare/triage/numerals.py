"""Numbers in the numerals of East Asia: `一百八十`, `三十八度五`, `백팔십`."""

from collections.abc import Sequence

from aftercare.triage.fold import Unit

_DIGITS = {
    **dict(zip("零一二三四五六七八九", range(10), strict=True)),
    **dict(zip("영일이삼사오육칠팔구", range(10), strict=True)),
    **{"〇": 0, "兩": 2, "两": 2, "공": 0, "륙": 6},
}
_POWERS = {"十": 10, "百": 100, "千": 1000, "십": 10, "백": 100, "천": 1000}
_ZERO = frozenset("零〇영공")


def numeral(units: Sequence[Unit], place: int) -> tuple[float, int] | None:
    """The number whose numerals begin at `place`, and where they end."""
    if _is_particle(units, place):
        return None
    end = place
    while end < len(units) and _is_numeral(units[end], inside=end > place):
        end += 1
    written = [unit.form for unit in units[place:end]]
    value = _value(written) if written else None
    return None if value is None else (value, end)


def certain(written: Sequence[Unit]) -> bool:
    """Whether these can be nothing but a number: 一 and 이 are everyday words as well."""
    forms = [unit.form for unit in written]
    if len(set(forms)) < 2:
        return False
    return not _POWERS.keys().isdisjoint(forms) or (len(forms) > 2 and not _ZERO.isdisjoint(forms))


def _is_particle(units: Sequence[Unit], place: int) -> bool:
    """`혈압이 백팔십`: an 이 (two) that hangs on the word before it is none."""
    if units[place].form != "이" or place == 0:
        return False
    before = units[place - 1]
    return before.end == units[place].start and "가" <= before.form <= "힣"


def _is_numeral(unit: Unit, *, inside: bool) -> bool:
    if inside and unit.after_pause:
        return False
    return unit.form in _DIGITS or unit.form in _POWERS


def _value(written: Sequence[str]) -> float | None:
    if all(each in _DIGITS for each in written):
        return float("".join(str(_DIGITS[each]) for each in written)) if len(written) < 5 else None
    total, digit, below = 0, 0, 1
    for each in written:
        if each in _POWERS:
            power = _POWERS[each]
            # `一百八` is 180, but `백팔` is 108.
            below = power // 10 if each in "十百千" else 1
            total, digit = total + (digit or 1) * power, 0
        elif each in _ZERO:
            below = 1
        else:
            digit = _DIGITS[each]
    return float(total + digit * max(below, 1))
