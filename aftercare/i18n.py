"""Says a text in the patient's language, and a moment in the patient's own time."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import cache
from gettext import NullTranslations
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime, format_time
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import Translations
from jinja2 import StrictUndefined, Template
from jinja2.meta import find_undeclared_variables
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import pass_context

from aftercare.review import UNREAD, Review, review_in

SOURCE = "en"
"""The language the texts are written in; every other one is made from it."""


@dataclass(frozen=True)
class Book:
    """One language's patient texts: what is translated, and who has read it."""

    locale: str
    texts: Mapping[str, str] = field(default_factory=dict)
    reviews: Mapping[str, Review] = field(default_factory=dict)


class Phrasebook:
    """The catalogues of every language, found under `locales/`. English is the source."""

    def __init__(
        self, books: Mapping[str, Book], console: Mapping[str, NullTranslations] | None = None
    ) -> None:
        self._books = books
        self._console = console or {}

    @classmethod
    def load(cls, root: Path) -> "Phrasebook":
        """Read `root/locales/<locale>/LC_MESSAGES/{patient,console}.po`."""
        books, console = {}, {}
        for file in sorted(root.glob("locales/*/LC_MESSAGES/patient.po")):
            locale = tag(file.parent.parent.name)
            books[locale] = _book(locale, catalogue(file))
        for file in sorted(root.glob("locales/*/LC_MESSAGES/console.po")):
            console[tag(file.parent.parent.name)] = _compiled(catalogue(file))
        return cls(books, console)

    @property
    def locales_shipped(self) -> tuple[str, ...]:
        """The languages that have a patient catalogue, English first."""
        return tuple(sorted(self._books, key=lambda locale: (locale != SOURCE, locale)))

    def say(self, locale: str, msgid: str, /, **values: object) -> str:
        """`msgid` in the nearest language there is, its placeholders filled.

        Raises jinja2.UndefinedError when a placeholder gets no value.
        """
        spoken = self.language_of(locale, msgid)
        words = self._texts(spoken).get(msgid, msgid)
        return self.fill(spoken, words, **values)

    def fill(self, locale: str, words: str, /, **values: object) -> str:
        """`words`, already in `locale`'s language, with their placeholders filled."""
        return fill(words, locale, values)

    def has(self, locale: str, msgid: str) -> bool:
        """Whether `msgid` can be said in `locale` itself, with no fall-back to English."""
        return any(msgid in self._texts(step) for step in _steps(locale))

    def language_of(self, locale: str, msgid: str) -> str:
        """The language `say` would use: `locale`, one it falls back to, or English."""
        return next((step for step in _steps(locale) if msgid in self._texts(step)), SOURCE)

    def review(self, locale: str, msgid: str) -> Review:
        """The last reading of `msgid` in exactly this language."""
        book = self._books.get(tag(locale))
        return book.reviews.get(msgid, UNREAD) if book else UNREAD

    def cleared(self, locale: str, msgid: str) -> bool:
        """Whether a clinic approved the very words `say` would use, in a language of `locale`."""
        if not self.has(locale, msgid):
            return False
        spoken = self.language_of(locale, msgid)
        return self.review(spoken, msgid).clears(msgid, self._texts(spoken)[msgid])

    def knows(self, locale: str) -> bool:
        """Whether there is a catalogue for `locale` or for one it falls back to."""
        return any(step in self._books for step in _steps(locale))

    def day(self, locale: str, zone: str | tzinfo, moment: datetime) -> str:
        """`moment`'s day where the patient lives: `Monday, November 23`."""
        where = _babel(locale)
        return _plain(format_datetime(_local(moment, zone), _day_pattern(where), locale=where))

    def moment(self, locale: str, zone: str | tzinfo, moment: datetime) -> str:
        """`moment`'s day and time where the patient lives: `Monday, November 23, 9:30 AM`."""
        time = format_time(_local(moment, zone), "short", locale=_babel(locale))
        return _plain(f"{self.day(locale, zone, moment)}, {time}")

    def console(self, locale: str) -> NullTranslations:
        """The console's gettext functions in `locale`, English where it lacks a word."""
        steps = (self._console[step] for step in _steps(locale) if step in self._console)
        return next(steps, None) or self._console.get(SOURCE) or NullTranslations()

    def _texts(self, locale: str) -> Mapping[str, str]:
        book = self._books.get(locale)
        return book.texts if book else {}


def tag(locale: str) -> str:
    """The one spelling of a language we use: `zh_Hant` and `zh-hant` are `zh-Hant`."""
    parts = locale.strip().replace("_", "-").split("-")
    rest = [part.title() if len(part) == 4 else part.upper() for part in parts[1:]]
    return "-".join([parts[0].lower(), *rest])


@cache
def fallbacks(locale: str) -> tuple[str, ...]:
    """The languages to try for `locale`, nearest first, English last."""
    return (*(step for step in _steps(locale) if step != SOURCE), SOURCE)


@cache
def _steps(locale: str) -> tuple[str, ...]:
    exact = tag(locale)
    steps = [exact]
    if exact in _WRITTEN_AS:
        steps.append(_WRITTEN_AS[exact])
    elif "-" in exact and not exact.startswith("zh"):
        steps.append(exact.partition("-")[0])
    # A reader of one Chinese script can mostly read the other; better than English.
    if "zh-Hant" in steps:
        steps.append("zh-Hans")
    return tuple(dict.fromkeys(steps))


_WRITTEN_AS = {
    "zh": "zh-Hans",
    "zh-CN": "zh-Hans",
    "zh-SG": "zh-Hans",
    "zh-TW": "zh-Hant",
    "zh-HK": "zh-Hant",
    "zh-MO": "zh-Hant",
    "fil": "tl",
}


def catalogue(file: Path) -> Catalog:
    """The catalogue in a .po file. Raises ValueError naming the file that cannot be read."""
    try:
        with file.open("rb") as stream:
            return read_po(stream, locale=str(_babel(tag(file.parent.parent.name))))
    except (ValueError, UnknownLocaleError) as error:
        raise ValueError(f"{file}: {error}") from error


def _book(locale: str, entries: Catalog) -> Book:
    texts, reviews = {}, {}
    for entry in entries:
        if not entry.id or not isinstance(entry.id, str):
            continue
        # The English catalogue holds no translations, only who has read the source.
        words = str(entry.string or (entry.id if locale == SOURCE else ""))
        if words and not entry.fuzzy:
            texts[entry.id] = words
        reviews[entry.id] = review_in(entry.user_comments)
    return Book(locale, texts, reviews)


def _compiled(entries: Catalog) -> NullTranslations:
    compiled = io.BytesIO()
    write_mo(compiled, entries)
    compiled.seek(0)
    return Translations(compiled)


def fill(words: str, locale: str, values: Mapping[str, object]) -> str:
    """`words` with their placeholders filled, in a sandbox; numbers written the local way."""
    if "{" not in words:
        return words
    return _template(words).render({**values, _LOCALE: locale})


def placeholders(words: str) -> frozenset[str]:
    """The names that `words` need a value for.

    Raises jinja2.TemplateSyntaxError when the braces cannot be read.
    """
    return frozenset(find_undeclared_variables(_environment().parse(words)))


@cache
def _template(words: str) -> Template:
    return _environment().from_string(words)


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    environment.filters["number"] = _number
    # Only what a text needs: content comes from many hands.
    environment.globals.clear()
    return environment


_LOCALE = "_locale"


@pass_context
def _number(context: Context, value: float) -> str:
    return _plain(format_decimal(value, locale=_babel(str(context[_LOCALE]))))


def _local(moment: datetime, zone: str | tzinfo) -> datetime:
    return moment.astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone)


@cache
def _babel(locale: str) -> Locale:
    # Patients live in the United States whatever they speak: 9:30 p. m., not 21:30.
    for name in (f"{locale}-US", locale, locale.partition("-")[0], SOURCE):
        try:
            return Locale.parse(name, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    raise UnknownLocaleError(locale)


@cache
def _day_pattern(where: Locale) -> str:
    short = str(where.datetime_skeletons["MMMEd"])
    return re.sub("(?<!M)MMM(?!M)", "MMMM", re.sub("[Ec]+", "EEEE", short))


def _plain(words: str) -> str:
    # CLDR puts no-break spaces into times and numbers; one of them doubles a text's cost.
    return words.replace("\u202f", " ").replace("\xa0", " ")
