"""Gathers the labelled texts that the screen's second opinion is learned from."""

import json
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import yaml

from aftercare.levels import Level
from aftercare.triage.fold import clean, words
from aftercare.triage.meaning import FEWEST_WORDS, UNKNOWN_TO_ENCODER, label
from aftercare.triage.reader import Reader

type Lesson = tuple[str, str]
"""A text and what it teaches: an emergency's concept, or a level."""

# What the bot's intents teach, when they are not named like an emergency.
_URGENT = frozenset({"feeling_worse", "missed_medicine"})
_ROUTINE = frozenset(
    (
        *("appointment", "medicine_question", "need_help", "need_ride"),
        *("request_human", "request_education"),
    )
)
# A development row is as hard as texts get; it counts as much as so many easy ones.
WEIGHT = 4
_ENTITY = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")


def lessons(root: Path, reader: Reader, calm: Iterable[str] = ()) -> list[Lesson]:
    """Those of the development rows, of the bot's examples, and of everyday texts.

    Everyday texts (`calm`) in which the vocabulary sees a red flag are left out.
    """
    emergencies = [n for n, c in reader.concepts.items() if c.level is Level.EMERGENCY]
    taught = [*_rows(root / "tests" / "reading", emergencies)] * WEIGHT
    taught += _examples(root / "bot" / "data" / "nlu", emergencies)
    taught += [
        (text, str(Level.NONE))
        for text in calm
        if reader.screen(text, "en").level < Level.URGENT and _long(text)
    ]
    return taught


def _rows(folder: Path, emergencies: Collection[str]) -> Iterator[Lesson]:
    for file in sorted(folder.glob("*/dev.jsonl")):
        for line in file.read_text("utf-8").splitlines():
            row = json.loads(line)
            if _long(row["text"]) and row["lang"] not in UNKNOWN_TO_ENCODER:
                yield row["text"], label(row["level"], row["category"], emergencies)


def _examples(folder: Path, emergencies: Collection[str]) -> Iterator[Lesson]:
    for file in sorted(folder.rglob("*.yml")):
        for block in yaml.safe_load(file.read_text("utf-8")).get("nlu", []):
            taught = _taught(str(block.get("intent", "")), emergencies)
            for line in str(block.get("examples", "")).splitlines():
                text = _ENTITY.sub(r"\1", line.strip().removeprefix("- "))
                if len(text.split()) > 1:
                    yield text, taught


def _taught(intent: str, emergencies: Collection[str]) -> str:
    if intent in emergencies:
        return intent
    if intent in _URGENT:
        return str(Level.URGENT)
    return str(Level.ROUTINE if intent in _ROUTINE else Level.NONE)


def _long(text: str) -> bool:
    return len(words(clean(text))) >= FEWEST_WORDS
