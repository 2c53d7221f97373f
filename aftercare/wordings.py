"""Every English text there is, and the line it is written on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from ruamel.yaml import YAML

ALWAYS = frozenset({"hospital", "nurse_line", "number", "crisis_number"})
"""The placeholders that any message or lesson may use."""

OF_A_QUESTION = frozenset({"visit_day"})
"""A question knows nothing else: the same words go out for every hospital."""


@dataclass(frozen=True)
class Wording:
    """One English text of a YAML file, as its author wrote it."""

    id: str
    words: str
    line: int
    kind: str
    critical: bool = True
    note: str = ""
    allowed: frozenset[str] = field(default=ALWAYS)


def lined(source: Path | IO[bytes]) -> Any:
    """The YAML in `source`, not to be changed; unlike PyYAML's, it knows each key's line."""
    return _parsed(source.read_bytes() if isinstance(source, Path) else source.read())


@lru_cache(maxsize=64)
def _parsed(content: bytes) -> Any:
    # Slow to parse, and every step of proofreading reads the same few files.
    return YAML(typ="rt").load(content) or {}


def line_of(rows: Any, key: object) -> int:
    """The line that holds `key` in what `lined` gave."""
    return int(rows.lc.key(key)[0]) + 1


def in_messages(rows: Any) -> Iterator[Wording]:
    """The texts of `content/messages.yml`."""
    for id, row in rows.items():
        yield Wording(
            id=str(id),
            words=str(row["text"]).strip(),
            line=line_of(rows, id),
            kind="message",
            critical=bool(row["critical"]),
            note=str(row.get("note", "")),
            allowed=ALWAYS | frozenset(row.get("values") or ()),
        )


def in_questions(content: Any) -> Iterator[Wording]:
    """The questions of a protocol file, and the words of their choices: all critical."""
    for row in questions_of(content):
        id = str(row.get("id") or row.get("use"))
        if "text" in row:
            words = " ".join(str(row["text"]).split())
            yield Wording(id, words, line_of(row, "text"), "question", allowed=OF_A_QUESTION)
        choices = row.get("choices") or {}
        for name, words in choices.items():
            yield Wording(f"{id}.{name}", str(words), line_of(choices, name), "choice")


def in_tasks(content: Any) -> Iterator[Wording]:
    """What a protocol file tells the case manager: its title, and what to do."""
    if isinstance(content, Mapping) and "title" in content:
        yield Wording("title", str(content["title"]), line_of(content, "title"), "title")
    for row in questions_of(content):
        for _, rule in rules_of(row):
            if isinstance(rule, Mapping) and "task" in rule:
                yield Wording(str(row.get("id")), str(rule["task"]), line_of(rule, "task"), "task")


def questions_of(content: Any) -> list[Any]:
    """The question rows of a protocol file, or of the shared ones."""
    if isinstance(content, Mapping):
        return list(content.get("questions") or [])
    return list(content)


def rules_of(row: Mapping[str, Any]) -> Iterator[tuple[object, Any]]:
    """Each rule of a question row, beside the answer it is for."""
    for when, rules in (row.get("flags") or {}).items():
        for rule in rules if isinstance(rules, list) else [rules]:
            yield when, rule
