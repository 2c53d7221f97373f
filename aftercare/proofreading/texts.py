"""Proofreads one text a patient gets: placeholders, length, letters, reading grade."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from jinja2 import TemplateError

from aftercare.i18n import fill, placeholders
from aftercare.proofreading.finding import Finding, error, warning
from aftercare.proofreading.reading import hard_to_read
from aftercare.segments import Encoding, Segments, count

LONGEST = 320
"""Characters; carriers filter and patients stop reading beyond it."""

MOST_SEGMENTS = {Encoding.GSM7: 2, Encoding.UCS2: 5}
ONE_SEGMENT = 160

SAMPLES: dict[str, object] = {
    "hospital": "Riverside Hospital",
    "nurse_line": "919-555-0142",
    "number": "911",
    "crisis_number": "988",
    "visit_day": "Wednesday, September 30",
    "question": "",
    "text": "",
    "unit": "pounds",
    "value": 182.5,
    "language": "Kreyol Ayisyen",
    "choices": "1 cost, 2 not at the pharmacy, 3 side effects, 4 forgot, 5 other",
}
"""Values of an ordinary length, to weigh a text as it will be sent."""


@dataclass(frozen=True)
class Text:
    """A text in one language, where it stands, and the English it was made from."""

    id: str
    locale: str
    words: str
    file: str
    line: int
    kind: str
    critical: bool = True
    allowed: frozenset[str] = field(default=frozenset())
    source: str | None = None

    @cached_property
    def sent(self) -> str:
        """The text as a phone shows it, with sample values; as written when it is broken."""
        try:
            unknown = placeholders(self.words) - set(SAMPLES)
            return fill(self.words, self.locale, SAMPLES | dict.fromkeys(unknown, ""))
        except TemplateError:
            return self.words

    @cached_property
    def weight(self) -> Segments:
        return count(self.sent)


def proofread_text(text: Text) -> Iterator[Finding]:
    """Everything that can be said of the text alone."""
    if "TODO" in text.words:
        yield _error(text, "unfinished", "is not written yet.", "write it.")
    yield from _placeholders(text)
    yield from _length(text)
    yield from _letters(text)
    yield from _grade(text)


def _placeholders(text: Text) -> Iterator[Finding]:
    try:
        named = placeholders(text.words)
        expected = text.allowed if text.source is None else placeholders(text.source)
        fill(text.words, text.locale, SAMPLES | dict.fromkeys(named - set(SAMPLES), ""))
    except TemplateError as broken:
        yield _error(text, "placeholder", f"cannot be read: {broken}.", "write {{ name }}.")
        return
    for name in sorted(named - expected):
        known = ", ".join(sorted(expected)) or "none"
        yield _error(
            text, "placeholder", f"uses {{{{ {name} }}}}, which gets no value.", f"use: {known}."
        )
    for name in sorted(expected - named) if text.source is not None else ():
        mend = "put it where the English has it."
        yield _error(text, "placeholder", f"has lost {{{{ {name} }}}}.", mend)


def _length(text: Text) -> Iterator[Finding]:
    if text.kind == "choice":
        return
    length, weight = len(text.sent), text.weight
    if length > LONGEST:
        yield _error(text, "length", f"has {length} characters.", f"keep it under {LONGEST}.")
    elif weight.segments > MOST_SEGMENTS[weight.encoding]:
        problem = f"costs {weight.segments} segments ({weight.encoding})."
        yield _error(text, "length", problem, f"at most {MOST_SEGMENTS[weight.encoding]}.")
    elif text.kind == "question" and weight.encoding is Encoding.GSM7 and length > ONE_SEGMENT:
        problem = f"needs {weight.segments} segments."
        yield _warning(text, "length", problem, f"{ONE_SEGMENT} characters fit into one.")


def _letters(text: Text) -> Iterator[Finding]:
    strange = [char for char in text.weight.flips if not _belongs(char)]
    if strange and _is_latin(text.sent):
        shown = ", ".join(f"{char} (U+{ord(char):04X})" for char in strange)
        mend = "write ' \" - ... and plain spaces."
        yield _error(text, "characters", f"has {shown}, which make the whole text dear.", mend)


def _belongs(char: str) -> bool:
    """Whether a language needs the character: a letter or an accent, not typography."""
    return unicodedata.category(char)[0] in "LM"


def _is_latin(words: str) -> bool:
    letters = [char for char in words if char.isalpha()]
    return all(unicodedata.name(char, "").startswith("LATIN") for char in letters)


def _grade(text: Text) -> Iterator[Finding]:
    # A formula says little about a handful of words; the whole file is scored as well.
    if len(text.sent.split()) >= 12 and (hard := hard_to_read(text.sent, text.locale, slack=True)):
        yield _warning(text, "reading", f"{hard}.", "use shorter words and sentences.")


def _error(text: Text, kind: str, problem: str, mend: str) -> Finding:
    return error(text.file, text.line, kind, f"{text.id} ({text.locale}) {problem}", mend)


def _warning(text: Text, kind: str, problem: str, mend: str) -> Finding:
    return warning(text.file, text.line, kind, f"{text.id} ({text.locale}) {problem}", mend)
