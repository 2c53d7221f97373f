"""Loads what clinicians and translators write under content/red_flags/."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from aftercare.levels import Level
from aftercare.triage.fold import fold
from aftercare.triage.patterns import Pattern, PatternError, parse
from aftercare.triage.reading import Concept

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# The sections of a vocabulary that hold patterns, and what their names are called inside.
SECTIONS = ("concepts", "needs", "wants", "cues", "answers", "measures", "calm", "doubt")


_UNITS_A_WORD = {"words": 1, "characters": 2, "syllables": 3}


class VocabularyError(ValueError):
    """A vocabulary that cannot be used; says which file and what to mend."""


@dataclass(frozen=True)
class Rule:
    """What stands in concepts.yml beside the concept: how it is weighed."""

    concept: Concept
    resolved: Level
    past: Level
    hypothetical: Level


@dataclass(frozen=True)
class Threshold:
    """A measured value that is a red flag without any question: `sugar < 54`."""

    measure: str
    when: str
    concept: str


@dataclass(frozen=True)
class Vocabulary:
    """One locale's file, as written."""

    locale: str
    content: Mapping[str, Any]
    path: Path

    @property
    def script(self) -> str:
        """What a unit of the text is: `words`, `characters` or `syllables`."""
        return str(self.content.get("script", "words"))

    @property
    def scale(self) -> int:
        """How many units an average word takes: distances are counted in words."""
        return _UNITS_A_WORD[self.script]

    @cached_property
    def classes(self) -> Mapping[str, Sequence[str]]:
        return {
            name: [str(w) for w in words] for name, words in self.content.get("classes", {}).items()
        }

    @cached_property
    def sounds(self) -> tuple[tuple[str, str], ...]:
        """Letters that people write for one another (`v` for `b`), most specific first."""
        return tuple((str(a), str(b)) for a, b in self.content.get("sounds", []))

    def words(self, name: str) -> frozenset[str]:
        """A plain list of folded words, such as `joiners`."""
        if name not in self._words:
            self._words[name] = frozenset(fold(str(w)) for w in self.content.get(name, []))
        return self._words[name]

    @cached_property
    def _words(self) -> dict[str, frozenset[str]]:
        return {}

    def mapping(self, name: str) -> Mapping[str, Any]:
        return self.content.get(name) or {}

    def patterns(self) -> Iterator[tuple[str, str, Pattern]]:
        """Every pattern as (section, name, pattern)."""
        for section in SECTIONS:
            for name, sources in _named(self.content.get(section)):
                for source in sources:
                    yield from ((section, name, p) for p in self._parsed(section, name, source))

    def _parsed(self, section: str, name: str, source: object) -> list[Pattern]:
        try:
            return list(parse(str(source), self.classes))
        except (PatternError, KeyError) as error:
            raise VocabularyError(f"{self.path.name}: {section}: {name}: {error}") from error


def load_vocabulary(path: Path) -> Vocabulary:
    """Read `<locale>.yml`."""
    content = _read(path)
    return Vocabulary(path.stem, content, path)


def load_rules(path: Path) -> dict[str, Rule]:
    """Read the concepts of concepts.yml."""
    return {str(name): _rule(str(name), row) for name, row in _read(path)["concepts"].items()}


def load_thresholds(path: Path) -> tuple[Threshold, ...]:
    """Read the thresholds of concepts.yml."""
    return tuple(
        Threshold(str(measure), str(when), str(concept))
        for measure, rows in _read(path).get("thresholds", {}).items()
        for when, concept in rows.items()
    )


def load_settings(path: Path) -> dict[str, dict[str, str]]:
    """Read how Rasa's intents are named and weighed, from concepts.yml."""
    content = _read(path)
    return {name: dict(content.get(name) or {}) for name in ("intents", "votes", "meaning")}


def load_topics(path: Path) -> dict[str, frozenset[str]]:
    """Read which words or phrases of a question make it one about a need or a concept, from
    concepts.yml."""
    rows = _read(path).get("topics") or {}
    return {name: frozenset(str(phrase) for phrase in phrases) for name, phrases in rows.items()}


def load_languages(path: Path) -> dict[str, tuple[str, ...]]:
    """Read how languages are called in texts, from concepts.yml."""
    rows = _read(path).get("languages") or {}
    return {str(locale): tuple(fold(str(name)) for name in names) for locale, names in rows.items()}


def _rule(name: str, row: Mapping[str, Any]) -> Rule:
    level = Level(row["level"])
    concept = Concept(name, level, str(row["told"]), str(row["source"]))
    return Rule(
        concept,
        resolved=Level(row.get("resolved", Level.NONE)),
        past=Level(row.get("past", Level.NONE)),
        hypothetical=Level(row.get("hypothetical", Level.NONE)),
    )


def _named(section: Any) -> Iterator[tuple[str, Sequence[str]]]:
    """A section's (name, patterns); `cues: denied: before:` is named `denied.before`."""
    if isinstance(section, list):
        yield "", section
        return
    for name, value in (section or {}).items():
        if isinstance(value, Mapping):
            yield from ((f"{name}.{inner}", sources or []) for inner, sources in value.items())
        else:
            yield str(name), value or []


def _read(path: Path) -> dict[str, Any]:
    try:
        content = yaml.load(path.read_text("utf-8"), Loader=_Loader)  # noqa: S506 (a safe loader)
    except yaml.YAMLError as error:
        raise VocabularyError(f"{path.name}: {error}") from error
    if not isinstance(content, dict):
        raise VocabularyError(f"{path.name}: no vocabulary in it")
    return content
