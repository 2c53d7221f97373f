"""Makes two spellings of the same words equal: case, accents, width, script forms, repeats."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# A text is at most 1,600 characters on the phone; a longer one is read at both ends,
# where people put what matters, so that nobody can make the screen slow.
LONGEST = 6000

_ARABIC = str.maketrans(
    {
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ٱ": "ا",
        "ى": "ي",
        "ی": "ي",
        "ئ": "ي",
        "ؤ": "و",
        "ة": "ه",
        "ک": "ك",
        "ـ": "",
    }
)
_LATIN = str.maketrans({"đ": "d", "ı": "i", "ø": "o", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe"})
_QUOTES = str.maketrans(dict.fromkeys("’‘ʼ`´ʻ＇", "'"))
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")

# Scripts whose words no space puts apart (Thai, kana, Chinese characters), or no reliable
# one (Hangul): each character is a unit, among the words and numbers of other scripts.
_UNSPACED = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_CLOSE = _UNSPACED + "\u1100-\u11ff\u3131-\u318e\uac00-\ud7af"
_LETTER = rf"(?:(?![{_CLOSE}])[^\W\d_])"
_OTHER = rf"(?:(?![{_CLOSE}])[^\W_])"
_PIECE = re.compile(rf"[{_CLOSE}]|[^\s{_CLOSE}]+")
_WORD = re.compile(
    rf"(?P<close>[{_CLOSE}])"
    rf"|(?P<word>\d+(?:[.,/:]\d+)*{_LETTER}*|{_OTHER}+(?:'{_OTHER}+)*)"
    rf"|(?P<gap>(?<=[{_UNSPACED}])[^\S\n]+(?=[{_UNSPACED}]))"
    r"|(?P<pause>\.{2,}|…|[,:()،，：()「」\"«»—–]|(?<=\s)-+(?=\s))"
    r"|(?P<stop>[.!?;\n。！？；؟۔]+)"
    r"|(?P<sign>[^\s\w])"
)
# Marks that change no word: an emoji's skin and variant, and Arabic's short vowels.
_UNREAD_MARKS = re.compile("[\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\u064b-\u0652\u0670]")


@dataclass(frozen=True, slots=True)
class Unit:
    """One word (or, in scripts written without spaces, one character) and where it stands."""

    form: str
    accented: str
    start: int
    end: int
    sentence: int
    after_pause: bool


def clean(text: str) -> str:
    """`text` in one width and composition, without characters that nobody sees."""
    if len(text) > LONGEST:
        text = text[: LONGEST // 2] + "\n" + text[-LONGEST // 2 :]
    text = _UNREAD_MARKS.sub("", unicodedata.normalize("NFKC", text)).translate(_QUOTES)
    return "".join(_seen(c) for c in text)


def fold(word: str) -> str:
    """`word` without case, accents and apostrophes."""
    return _fold(word)[0]


def pieces(phrase: str) -> tuple[str, ...]:
    """The units of a phrase as `words` would tell them apart in a text."""
    return tuple(_PIECE.findall(phrase))


def words(text: str) -> list[Unit]:
    """The words, numbers and emoji of a clean text, knowing their sentence.

    Where no spaces are needed, those who write one mean a pause by it.
    """
    units: list[Unit] = []
    sentence, paused = 0, False
    for found in _WORD.finditer(text):
        kind = found.lastgroup
        if kind == "stop":
            sentence, paused = sentence + 1, False
        elif kind in ("pause", "gap"):
            paused = True
        else:
            form, accented = _fold(found.group())
            if form:  # A mark that stands on nothing is no word.
                units.append(Unit(form, accented, found.start(), found.end(), sentence, paused))
                paused = False
    return units


@lru_cache(maxsize=50_000)
def _fold(word: str) -> tuple[str, str]:
    word = unicodedata.normalize("NFKC", word).casefold().replace("'", "").translate(_ARABIC)
    word = _REPEATED.sub(r"\1", "".join(_digit(c) for c in word))
    bare = unicodedata.normalize("NFD", word)
    bare = "".join(c for c in bare if not unicodedata.category(c).startswith("M"))
    return unicodedata.normalize("NFC", bare).translate(_LATIN), word


def _seen(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf":
        return ""
    if category in ("Cc", "Cs", "Co", "Cn"):
        return "\n" if character == "\n" else " "
    return character


def _digit(character: str) -> str:
    if character.isascii() or not character.isdecimal():
        return character
    return str(unicodedata.decimal(character))
