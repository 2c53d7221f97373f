"""Numbers in words, put together: `one hundred and eighty two`, `soixante seize`, `خمسة وستين`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aftercare.triage.fold import Unit

# Between the parts of a number (`vingt-quatre`); the Arabic one may also hang on the next part.
AND = frozenset(("and", "y", "et", "e", "ak", "w", "و", "-"))
_ARABIC_AND = "و"
_FRACTIONS = {"نص": 0.5, "نصف": 0.5, "ربع": 0.25}
# `one oh three` is 103.
_OH = "oh"
# `quatre vingt` is four twenties, and the tens after it and after sixty count on to nineteen.
_TWENTIES = frozenset(("vingt", "vingts", "ven"))
_TEENS = frozenset(
    (
        *("dix", "onze", "douze", "treize", "quatorze", "quinze", "seize"),
        *("dis", "onz", "douz", "trez", "katoz", "kenz", "sez"),
    )
)
_AFTER_TEN = frozenset(("sept", "huit", "neuf"))  # `dix-huit`


@dataclass(frozen=True, slots=True)
class _Part:
    """A word of a number: its value, and whether an Arabic `and` adds it to the one before."""

    value: float
    form: str
    added: bool


def spelled(units: Sequence[Unit], words: Mapping[str, float], place: int) -> tuple[float, int]:
    """The value of the number whose words begin at `place`, and where they end."""
    total = last = words[units[place].form]
    end = place + 1
    while end < len(units):
        ahead = end + (units[end].form in (*AND, _OH))
        if ahead >= len(units) or (part := _part(units, words, end, ahead)) is None:
            break
        oh = units[end].form == _OH
        joined = _after_oh(total, part) if oh else _joined(total, last, part)
        if joined is None:
            break
        total, last, end = joined, part.value, ahead + 1
    return total, end


def _part(units: Sequence[Unit], words: Mapping[str, float], end: int, ahead: int) -> _Part | None:
    form = units[ahead].form
    arabic = "\u0600" <= form[0] <= "\u06ff"
    hung = form.startswith(_ARABIC_AND) and form not in words
    bare = form[1:] if hung else form
    added = arabic and (hung or ahead > end or form.startswith(_ARABIC_AND))
    value = _FRACTIONS.get(bare) if added else None
    value = words.get(bare) if value is None else value
    return None if value is None else _Part(value, bare, added)


def _after_oh(total: float, part: _Part) -> float | None:
    return total * 100 + part.value if total < 10 and part.value < 10 else None


def _joined(total: float, last: float, part: _Part) -> float | None:
    """The number with `part` after it; None where that is another number."""
    value = part.value
    if last == 4 and part.form in _TWENTIES:
        return total + 76
    if value == 100 and total < 10:
        return total * 100
    if _counts_on(last, part):
        return total + value
    if total < 10 and value in range(10, 100) and not part.added:
        return total * 100 + value
    return None


def _counts_on(last: float, part: _Part) -> bool:
    """Whether `part` is added: `hundred and eight`, `eighty two`, `five and sixty`, `dix-huit`."""
    value = part.value
    if part.added and (value < 1 or (last < 10 and value in range(20, 100, 10))):
        return True
    if last >= 100:
        return value < 100
    if last == 10:
        return part.form in _AFTER_TEN
    teen = last in (20, 60, 80) and part.form in _TEENS
    return last in range(20, 100, 10) and (value < 10 or teen)
