"""Lessons in a few texts: which one a patient gets after a check-in, or asked for."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from aftercare.i18n import SOURCE, Phrasebook, fallbacks, tag
from aftercare.messages import NUMBERS
from aftercare.protocols.library import ProtocolLibrary
from aftercare.protocols.protocol import Sending
from aftercare.review import Review, State, fingerprint


@dataclass(frozen=True)
class Page:
    """A lesson in one language: its texts (Jinja2), and who has read them."""

    locale: str
    title: str
    parts: tuple[str, ...]
    asked_as: tuple[str, ...] = ()
    review: Review = field(default_factory=Review)

    @property
    def body(self) -> str:
        return "\n\n".join(self.parts)


@dataclass(frozen=True)
class Module:
    """One lesson, in every language it was written in."""

    id: str
    topic: str
    version: str
    grade: float
    pages: Mapping[str, Page]
    phrasebook: Phrasebook
    references: tuple[str, ...] = ()
    always: Mapping[str, object] = field(default_factory=lambda: NUMBERS)

    def page(self, locale: str) -> Page:
        """The page in the nearest language there is; English when there is none."""
        return next(self.pages[step] for step in fallbacks(locale) if step in self.pages)

    def text(self, locale: str, **values: object) -> tuple[str, ...]:
        """The lesson's texts, in the order to send them, none over 320 characters.

        `hospital`, `nurse_line` and `number` must come from here or from `load`.
        """
        page, known = self.page(locale), {**self.always, **values}
        return tuple(self.phrasebook.fill(page.locale, part, **known) for part in page.parts)

    def has(self, locale: str) -> bool:
        """Whether the lesson exists in `locale` itself, with no fall-back to English."""
        return locale_family(self.page(locale).locale) == locale_family(locale)

    def cleared(self, locale: str) -> bool:
        """Whether production may send it: a clinic approved these words, in this language."""
        page = self.page(locale)
        return self.has(locale) and page.review.clears(self.pages[SOURCE].body, page.body)

    @property
    def source_hash(self) -> str:
        """What a translation notes down, so that a change of the English shows."""
        return fingerprint(self.pages[SOURCE].body)


class EducationLibrary:
    """All lessons of `content/education`, and the protocols that send them."""

    def __init__(
        self, modules: Mapping[str, Module], sendings: Mapping[str, tuple[Sending, ...]]
    ) -> None:
        self.modules = modules
        self._sendings = sendings

    @classmethod
    def load(
        cls, content_dir: Path, phrasebook: Phrasebook, always: Mapping[str, object] = NUMBERS
    ) -> "EducationLibrary":
        """Read every lesson; `always` are values every text may use.

        Raises ValueError naming the file that cannot be read.
        """
        folders = sorted(file.parent for file in content_dir.glob("education/*/module.yml"))
        modules = {
            each.name: module_from(each, phrasebook, {**NUMBERS, **always}) for each in folders
        }
        protocols = ProtocolLibrary.load(content_dir)
        return cls(modules, {protocol.id: protocol.education for protocol in protocols})

    def __iter__(self) -> Iterator[Module]:
        return iter(self.modules.values())

    def for_check_in(
        self, protocol_id: str, given: Collection[str], day: int | None = None
    ) -> Module | None:
        """The lesson due after a check-in: the protocol's next that was not `given` yet.

        With `day` (days since discharge) only a lesson whose day has come.
        """
        for sending in self._sendings.get(protocol_id, ()):
            if sending.module not in given and (day is None or sending.after_day <= day):
                return self.modules[sending.module]
        return None

    def asked_for(self, words: str, locale: str) -> Module | None:
        """The lesson a patient's words ask for, in any language; the patient's own first."""
        said = _bare(words)
        best = max(self.modules.values(), key=lambda m: _likeness(m, said, locale), default=None)
        return best if best and _likeness(best, said, locale) > (0, 0) else None


def module_from(folder: Path, phrasebook: Phrasebook, always: Mapping[str, object]) -> Module:
    """Read one lesson. Raises ValueError naming the file and what is wrong in it."""
    about = folder / "module.yml"
    try:
        row = yaml.safe_load(about.read_text(encoding="utf-8"))
        pages = [page_from(file) for file in sorted(folder.glob("*.md"))]
        module = Module(
            id=folder.name,
            topic=str(row["topic"]),
            version=str(row["version"]),
            grade=float(row["grade"]),
            pages={page.locale: page for page in pages},
            references=tuple(str(each["title"]) for each in row.get("references") or ()),
            phrasebook=phrasebook,
            always=always,
        )
    except (KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
        missing = f"{error} is missing" if isinstance(error, KeyError) else error
        raise ValueError(f"{about}: {missing}") from error
    if SOURCE not in module.pages:
        raise ValueError(f"{folder}: {SOURCE}.md is missing")
    return module


def page_from(file: Path) -> Page:
    """Read one language of a lesson: YAML front matter, then one paragraph per text."""
    found = _FRONT_MATTER.fullmatch(file.read_text(encoding="utf-8"))
    if not found:
        raise ValueError(f"{file}: must begin with front matter between two lines of ---")
    try:
        about = yaml.safe_load(found["about"])
        parts = tuple(
            " ".join(part.split()) for part in re.split(r"\n\s*\n", found["body"].strip())
        )
        return Page(
            locale=tag(file.stem),
            title=str(about["title"]),
            parts=parts,
            asked_as=tuple(str(word) for word in about.get("asked_as") or ()),
            review=_review(about, "\n\n".join(parts), is_source=tag(file.stem) == SOURCE),
        )
    except (KeyError, TypeError, ValueError, AttributeError, yaml.YAMLError) as error:
        missing = f"{error} is missing" if isinstance(error, KeyError) else error
        raise ValueError(f"{file}: {missing}") from error


def _review(about: Mapping[str, Any], body: str, *, is_source: bool) -> Review:
    field = {name: str(about.get(name) or "") for name in _REVIEW_FIELDS}
    return Review(
        state=State(field["state"] or State.DRAFT),
        who=field["reviewer"] or field["translator"],
        credential=field["credential"],
        source=fingerprint(body) if is_source else field["source"],
        text=field["text"],
    )


_REVIEW_FIELDS = ("state", "translator", "reviewer", "credential", "source", "text")
_FRONT_MATTER = re.compile(r"---\n(?P<about>.*?)\n---\n(?P<body>.*)", re.DOTALL)


def locale_family(locale: str) -> str:
    """The language a tag stands for; the two Chinese scripts count as two."""
    exact = fallbacks(locale)[0]
    return exact if exact.startswith("zh") else exact.partition("-")[0]


def _likeness(module: Module, said: str, locale: str) -> tuple[int, int]:
    own = _named(module.page(locale), said)
    return own, sum(_named(page, said) for page in module.pages.values())


def _named(page: Page, said: str) -> int:
    words = set(said.split())
    # Chinese and Korean are written without the spaces a word could be found by.
    return sum(
        key in words or (not key.isascii() and key in said) for key in map(_bare, page.asked_as)
    )


def _bare(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(c for c in letters if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", kept))
