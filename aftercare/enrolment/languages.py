"""The patient's language, from whatever the hospital writes for it."""

import re
from functools import cache

from babel import Locale
from babel.core import get_global
from babel.localedata import exists

ASK = "und"
"""BCP 47's word for a language nobody told us. Never English by guess: the welcome goes out
in FIRST_WORDS, and the patient answers in whichever they read."""

FIRST_WORDS = ("en", "es")
"""Two texts at the most, in the languages most patients in the US read."""

_NOT_SAID = {"", "und", "unknown", "unk", "unspecified", "undetermined", "declined", "refused"}
_NOT_SAID |= {"other", "oth", "none", "n/a", "na", "null", "mul", "zxx", "not asked", "asku"}

# What hospitals write and CLDR does not know, or knows under another name.
_SPOKEN = {
    "mandarin": "zh-Hans",
    "simplified chinese": "zh-Hans",
    "cantonese": "zh-Hant",
    "yue": "zh-Hant",
    "traditional chinese": "zh-Hant",
    "creole": "ht",
    "haitian": "ht",
    "kreyol": "ht",
    "kreyòl ayisyen": "ht",
    "filipino": "tl",
    "pilipino": "tl",
    "fil": "tl",
    "tgl": "tl",
    "tagalog": "tl",
    "castilian": "es",
    "castellano": "es",
    "farsi": "fa",
}


def locale_of(cell: str) -> str | None:
    """The BCP 47 tag of `cell`; ASK when nothing is said; None when it names no language."""
    words = re.sub(r"\s*[(,;/].*$", "", cell.strip()).casefold().replace("_", "-")
    if words in _NOT_SAID:
        return ASK
    return _SPOKEN.get(words) or _foreign_names().get(words) or _coded(words) or _own(words)


def _coded(words: str) -> str | None:
    language, *rest = words.split("-")
    alias = get_global("language_aliases").get(language, language)
    code = _SPOKEN.get(alias, alias.replace("_", "-"))
    if len(language) > 3 or code not in _codes():
        return None
    # A script changes what can be read (zh-Hant); a country does not (es-MX).
    script = next((part.title() for part in rest if len(part) == 4 and part.isalpha()), None)
    return f"{code}-{script}" if script else code


def _own(words: str) -> str | None:
    return _own_names().get(words)


@cache
def _codes() -> frozenset[str]:
    return frozenset(str(code) for code in Locale("en").languages if len(str(code)) in (2, 3))


@cache
def _foreign_names() -> dict[str, str]:
    """Every language's name in English and in Spanish."""
    return {
        str(name).casefold(): code
        for reader in ("es", "en")
        for code, name in Locale(reader).languages.items()
        if code in _codes()
    }


@cache
def _own_names() -> dict[str, str]:
    """Every language's name in itself."""
    own = ((code, Locale(code).get_language_name(code)) for code in _codes() if exists(code))
    return {name.casefold(): code for code, name in own if name}
