"""Vietnamese words by their tones: `đau` is no `đầu`, but a text without any may mean both."""

import unicodedata
from collections.abc import Sequence

from aftercare.triage.fold import Unit

# Grave, acute, hook above and dot below: what Vietnamese writes its tones with.
_TONES = "\u0300\u0301\u0309\u0323"
# Ends a word that has no diacritics of its own (`cho` is no `chó`).
_BARE = "·"


def toned(word: str) -> str:
    """`word` with its tone at its end, wherever it was put (`hoà`, `hòa`).

    The South says the two dipping tones alike, and writes one for the other (`nghỉ`, `nghĩ`).
    """
    if word.isascii():
        return word + _BARE if word.isalpha() else word
    letters = unicodedata.normalize("NFD", word).replace("\u0303", "\u0309")
    tones = [c for c in letters if c in _TONES]
    return "".join(c for c in letters if c not in _TONES) + "".join(tones)


def shows_tones(units: Sequence[Unit]) -> bool:
    """Whether a text is written with diacritics: what has none there is meant without."""
    return 3 * sum(1 for u in units if u.accented != u.form) >= len(units) > 0
