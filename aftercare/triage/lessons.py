"""Gathers the labelled texts that the screen's second opinion is learned from, and learns it."""

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from aftercare.levels import Level
from aftercare.protocols import question_from
from aftercare.triage.fold import clean, words
from aftercare.triage.meaning import FEWEST_WORDS, Meaning, features
from aftercare.triage.reader import Reader
from aftercare.triage.votes import CALM, EDUCATION, LANGUAGE, OTHER_FLAG, URGENT


@dataclass(frozen=True)
class Lesson:
    """A text, what it means (a class of the second opinion), and what was known around it."""

    text: str
    label: str
    around: tuple[str, ...] = ()
    weight: float = 1.0
    locale: str = ""


# A development row is as hard as texts get; it counts as much as so many of the bot's examples.
ROW_WEIGHT = 3.0
# Everyday sentences are few beside all that people may say in a day.
EVERYDAY_WEIGHT = 2.0
# What is not learned from: how bad a missed medicine is, its question decides.
_SKIPPED = frozenset({"missed_medicine", "nlu_fallback", "EXTERNAL_check_in"})
_INTENTS = {
    "feeling_worse": URGENT,
    "need_ride": "transport",
    "appointment": "appointment",
    "medicine_question": "medicine",
    "request_human": "human",
    "request_education": EDUCATION,
    "opt_out_wording": "opt_out",
    "wrong_number": "wrong_number",
    "deceased": "deceased",
    "switch_language": LANGUAGE,
    "red_flag_other": OTHER_FLAG,
    "need_help": "other",
}
_WISHES = frozenset({"opt_out", "wrong_number", "deceased"})
_ENTITY = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")
# How strongly large weights are held back (higher holds less), and how long is learned.
LOOSENESS, ROUNDS = 2.0, 120


def lessons(root: Path, reader: Reader, calm: Iterable[str] = ()) -> list[Lesson]:
    """Those of the development rows, of the bot's examples, and of everyday texts (`calm`)."""
    rows = root / "tests" / "reading"
    return [
        *_rows(rows, reader),
        *_examples(root / "bot" / "data" / "nlu", reader),
        *_everyday(rows, reader),
        *(Lesson(text, CALM) for text in calm),
    ]


def learn(taught: Sequence[Lesson]) -> Meaning:
    """The weights that tell the labels apart: softmax regression. Needs scikit-learn."""
    from sklearn.linear_model import LogisticRegression

    x = features([lesson.text for lesson in taught], [lesson.around for lesson in taught])
    model = LogisticRegression(C=LOOSENESS, max_iter=ROUNDS)
    model.fit(x, [lesson.label for lesson in taught], [lesson.weight for lesson in taught])
    languages = {lesson.locale.partition("-")[0] for lesson in taught} - {""}
    return Meaning.from_weights(
        [str(c) for c in model.classes_], sorted(languages), model.coef_.T, model.intercept_
    )


def shares(taught: Iterable[Lesson]) -> Mapping[str, int]:
    """How many lessons each label has."""
    return Counter(lesson.label for lesson in taught)


def _everyday(folder: Path, reader: Reader) -> Iterator[Lesson]:
    """Sentences that have nothing to do with anybody's health, one a line."""
    for file in sorted(folder.glob("*/everyday.txt")):
        for text in file.read_text("utf-8").splitlines():
            lang = file.parent.name
            yield Lesson(text, CALM, reader.around(text, lang), EVERYDAY_WEIGHT, lang)


def _rows(folder: Path, reader: Reader) -> Iterator[Lesson]:
    for file in sorted(folder.glob("*/dev.jsonl")):
        for line in file.read_text("utf-8").splitlines():
            row = json.loads(line)
            if _long(row["text"]):
                wants = reader.screen(row["text"], row["lang"]).wants
                label = _label(row["level"], str(row.get("category") or ""), wants, reader)
                yield Lesson(row["text"], label, _around(row, reader), ROW_WEIGHT, row["lang"])


def _around(row: Mapping[str, Any], reader: Reader) -> tuple[str, ...]:
    question = question_from(row["question"]) if row.get("question") else None
    return reader.around(row["text"], row["lang"], question)


def _label(level: str, category: str, wants: Iterable[str], reader: Reader) -> str:
    if level == Level.EMERGENCY:
        return category if category in _emergencies(reader) else OTHER_FLAG
    if level == Level.URGENT:
        return URGENT
    if category.startswith(LANGUAGE):
        return _wished_language(wants)
    if category in _WISHES:
        return category
    if level == Level.NONE:
        return CALM
    return category if category in reader.needs or category == "human" else "other"


def _examples(folder: Path, reader: Reader) -> Iterator[Lesson]:
    emergencies = _emergencies(reader)
    for file in sorted(folder.rglob("*.yml")):
        locale = file.parent.name
        for block in yaml.safe_load(file.read_text("utf-8")).get("nlu", []):
            intent = str(block.get("intent", ""))
            if not intent or intent in _SKIPPED:
                continue
            named = _namer(intent, locale, emergencies, reader)
            for line in str(block.get("examples", "")).splitlines():
                text = _ENTITY.sub(r"\1", line.strip().removeprefix("- "))
                if text:
                    around = reader.around(text, locale)
                    yield Lesson(text, named(text), around, locale=locale)


def _namer(
    intent: str, locale: str, emergencies: Collection[str], reader: Reader
) -> Callable[[str], str]:
    """What an intent's texts teach; where it holds several, the vocabulary says which."""
    label = intent if intent in emergencies else _INTENTS.get(intent, CALM)
    if label == OTHER_FLAG:
        return lambda text: next(
            (c for c in reader.screen(text, locale).concepts if c in emergencies), label
        )
    if label == LANGUAGE:
        return lambda text: _wished_language(reader.screen(text, locale).wants)
    if label == "other":
        return lambda text: next(iter(reader.screen(text, locale).needs), label)
    return lambda _: label


def _wished_language(wants: Iterable[str]) -> str:
    return next((w for w in sorted(wants) if w.startswith(LANGUAGE)), LANGUAGE)


def _emergencies(reader: Reader) -> frozenset[str]:
    return frozenset(n for n, c in reader.concepts.items() if c.level is Level.EMERGENCY)


def _long(text: str) -> bool:
    return len(words(clean(text))) >= FEWEST_WORDS
