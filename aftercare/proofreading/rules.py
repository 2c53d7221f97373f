"""Proofreads the protocol files: rules that can be read, asked, and recognised in a text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from aftercare.i18n import tag
from aftercare.proofreading.finding import Finding, error, warning
from aftercare.protocols.files import Shared
from aftercare.protocols.questions import Question, question_from
from aftercare.wordings import line_of, lined, questions_of, rules_of

FACTS = frozenset({"day", "follow_up"})
"""What `ask_if` may name besides the questions of the protocol."""

NEEDED = ("id", "version", "title", "cadence", "questions", "sources", "sign_off")


@dataclass(frozen=True)
class Vocabulary:
    """The red flags the screen knows, and in which languages it can recognise each."""

    concepts: frozenset[str] | None
    spoken: Mapping[str, frozenset[str]]

    @classmethod
    def load(cls, content_dir: Path) -> "Vocabulary":
        """Read `content/red_flags`; what is not there yet is not checked."""
        folder = content_dir / "red_flags"
        common = folder / "concepts.yml"
        concepts = frozenset(fast(common)["concepts"]) if common.exists() else None
        files = [file for file in folder.glob("*.yml") if file != common]
        return cls(concepts, {tag(file.stem): _spoken(fast(file)) for file in files})


def fast(file: Path) -> Any:
    """A vocabulary's YAML: long, and no line numbers needed, its own reader checks it."""
    return yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader) or {}


def _spoken(content: Mapping[str, Any]) -> frozenset[str]:
    sections = ("concepts", "needs", "wants", "measures")
    return frozenset(name for section in sections for name in content.get(section) or {})


@dataclass(frozen=True)
class Shelf:
    """What a protocol may refer to."""

    shared: Shared
    vocabulary: Vocabulary
    modules: frozenset[str]
    units: frozenset[str]
    locales: tuple[str, ...]


def proofread_protocol(root: Path, file: Path, shelf: Shelf, production: bool) -> Iterator[Finding]:
    """One protocol file."""
    name, content = str(file.relative_to(root)), lined(file)
    missing = [field for field in NEEDED if field not in content]
    for field in missing:
        yield error(name, 1, "field", f"{field} is missing.", f"add {field}: to the file.")
    if missing:
        return
    if content["id"] != file.stem:
        mend = f"write id: {file.stem}."
        yield error(name, line_of(content, "id"), "field", "id is not the file's name.", mend)
    yield from _questions(name, content, shelf)
    yield from _education(name, content, shelf)
    if not (content["sign_off"] or {}).get("by"):
        line, problem = line_of(content, "sign_off"), "no clinician has signed it off."
        told = error if production else warning
        yield told(name, line, "sign_off", problem, "fill in by, credential and on.")


def proofread_vocabularies(shelf: Shelf) -> Iterator[Finding]:
    """A language patients are texted in must be one the screen can read."""
    folder = "content/red_flags"
    for locale in shelf.locales if shelf.vocabulary.spoken else ():
        if locale not in shelf.vocabulary.spoken:
            problem = f"there is no vocabulary for {locale}."
            yield error(
                f"{folder}/concepts.yml", 1, "missing", problem, f"write {folder}/{locale}.yml."
            )


def proofread_shared(root: Path, file: Path, shelf: Shelf) -> Iterator[Finding]:
    """The questions that protocols share."""
    name = str(file.relative_to(root))
    for row in lined(file):
        yield from _rules(name, row, shelf, frozenset(shelf.shared.sources))


def _questions(name: str, content: Any, shelf: Shelf) -> Iterator[Finding]:
    sources = frozenset(shelf.shared.sources) | frozenset(content["sources"] or {})
    asked: list[str] = []
    for row in questions_of(content):
        line = line_of(row, "use" if "use" in row else "id")
        question = _read(row, shelf)
        if isinstance(question, str):
            yield error(name, line, "question", f"{question}.", "mend the question.")
            continue
        yield from _question(name, line, question, [*asked, *FACTS], shelf)
        yield from _rules(name, row, shelf, sources)
        asked.append(question.id)
    if asked[:1] != ["safety"]:
        line, mend = line_of(content, "questions"), "begin with `- use: safety`."
        yield error(name, line, "safety", "the first question is not the safety one.", mend)


def _read(row: Mapping[str, Any], shelf: Shelf) -> Question | str:
    try:
        return question_from(shelf.shared.whole(row))
    except (KeyError, ValueError) as broken:
        return f"question {row.get('id') or row.get('use')}: {broken}"


def _question(
    name: str, line: int, question: Question, known: list[str], shelf: Shelf
) -> Iterator[Finding]:
    for earlier in question.ask_if or {}:
        if earlier not in known:
            problem = f"{question.id} depends on {earlier}, which is not asked before it."
            yield error(name, line, "ask_if", problem, f"use one of: {', '.join(known)}.")
    if question.unit and f"unit_{question.unit}" not in shelf.units:
        problem = f"{question.id} has the unit {question.unit}, which has no name."
        yield error(name, line, "unit", problem, f"add unit_{question.unit} to messages.yml.")
    chosen = {choice.id for choice in question.choices}
    for flag in question.flags if chosen else ():
        if flag.when not in chosen:
            problem = f"{question.id} has a rule for {flag.when}, which cannot be chosen."
            yield error(name, line, "choice", problem, f"use one of: {', '.join(sorted(chosen))}.")


def _rules(
    name: str, row: Mapping[str, Any], shelf: Shelf, sources: frozenset[str]
) -> Iterator[Finding]:
    for when, rule in rules_of(row):
        line = line_of(row["flags"], when)
        if not isinstance(rule, Mapping) or rule.get("source") not in sources:
            problem = f"the rule for {when} names no known source."
            yield error(name, line, "source", problem, f"use one of: {', '.join(sorted(sources))}.")
        elif concept := rule.get("concept"):
            yield from _concept(name, line, str(concept), shelf)


def _concept(name: str, line: int, concept: str, shelf: Shelf) -> Iterator[Finding]:
    vocabulary = shelf.vocabulary
    if vocabulary.concepts is not None and concept not in vocabulary.concepts:
        mend = "choose one of content/red_flags/concepts.yml, or leave concept out."
        yield error(name, line, "concept", f"{concept} is not a known red flag.", mend)
        return
    for locale in shelf.locales:
        if concept not in vocabulary.spoken.get(locale, {concept}):
            problem = f"{concept} cannot be recognised in {locale}."
            mend = f"add {concept} to content/red_flags/{locale}.yml."
            yield error(name, line, "concept", problem, mend)


def _education(name: str, content: Any, shelf: Shelf) -> Iterator[Finding]:
    for row in content.get("education") or ():
        line = line_of(row, "module")
        if row["module"] not in shelf.modules:
            mend = f"use one of: {', '.join(sorted(shelf.modules))}."
            yield error(name, line, "education", f"there is no module {row['module']}.", mend)
        if row.get("after_day") not in content["cadence"]:
            problem = f"{row['module']} goes out after day {row.get('after_day')}, not a check-in."
            yield error(name, line, "education", problem, f"use a day of {content['cadence']}.")
