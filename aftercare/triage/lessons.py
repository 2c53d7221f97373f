"""Gathers the labelled texts that the screen's second opinion is learned from, and learns it."""

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from warnings import catch_warnings, simplefilter

import yaml

from aftercare.levels import Level
from aftercare.protocols import question_from
from aftercare.triage.features import SEEN
from aftercare.triage.fold import clean, words
from aftercare.triage.meaning import FEWEST_WORDS, Layer, Meaning, features
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
EVERYDAY_WEIGHT = 20.0
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
# Rows name some needs by other words.
_ALSO_CALLED = {"medication_cost": "cost", "human_wanted": "human", "question": "medicine"}
_WISHES = frozenset({"opt_out", "wrong_number", "deceased"})
_ENTITY = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")
# The plain voice: how little large weights are held back, and how long it learns.
LOOSENESS, ROUNDS = 2.0, 60
# The other voice: how much it hears at once, and how often it reads all lessons, how many at once.
HEARD, PASSES, AT_ONCE, PACE = 64, 5, 512, 0.003
# Rows that no vocabulary was made from teach how far what a vocabulary saw is to be trusted; of
# all others it has seen the texts.
UNTUNED, TUNED = "taught.jsonl", "dev.jsonl"


class Watch(Protocol):
    """Hands on the items of long work, showing somebody how far it has come."""

    def __call__[T](
        self, items: Iterable[T], what: str, total: float | None = None
    ) -> Iterable[T]: ...


def _unwatched[T](items: Iterable[T], what: str, total: float | None = None) -> Iterable[T]:
    return items


def lessons(root: Path, reader: Reader, calm: Iterable[str] = ()) -> Iterator[Lesson]:
    """Those of the development rows, of the bot's examples, and of everyday texts (`calm`)."""
    rows = root / "tests" / "reading"
    yield from _rows(rows, reader)
    yield from _examples(root / "bot" / "data" / "nlu", reader)
    yield from _everyday(rows, reader)
    yield from (Lesson(text, CALM) for text in calm)


def learn(taught: Sequence[Lesson], watch: Watch = _unwatched) -> Meaning:
    """What tells the labels apart, learned by both voices. Needs scikit-learn."""
    import numpy as np
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from sklearn.neural_network import MLPClassifier

    watched = watch(taught, "Turning texts into features", len(taught))
    x = features((lesson.text, lesson.around) for lesson in watched)
    y = [lesson.label for lesson in taught]
    weights = np.array([lesson.weight for lesson in taught])
    plain = LogisticRegression(C=LOOSENESS, max_iter=ROUNDS)
    at_once = min(AT_ONCE, len(taught))
    other = MLPClassifier(
        (HEARD,), batch_size=at_once, learning_rate_init=PACE, max_iter=PASSES, random_state=0
    )
    voices = ((plain, weights), (other, weights / weights.mean()))
    for voice, weight in watch(voices, "Learning two voices", len(voices)):
        with catch_warnings():
            # They stop early on purpose, before they know the rows by heart.
            simplefilter("ignore", ConvergenceWarning)
            voice.fit(x, y, sample_weight=weight)
    languages = {lesson.locale.partition("-")[0] for lesson in taught} - {""}
    return Meaning(
        tuple(str(c) for c in plain.classes_),
        frozenset(languages),
        Layer.pack(plain.coef_.T, plain.intercept_),
        Layer.pack(other.coefs_[0], other.intercepts_[0]),
        other.coefs_[1].astype("f4"),
        other.intercepts_[1].astype("f4"),
    )


def shares(taught: Iterable[Lesson]) -> Mapping[str, int]:
    """How many lessons each label has."""
    return Counter(lesson.label for lesson in taught)


def _everyday(folder: Path, reader: Reader) -> Iterator[Lesson]:
    """Sentences that have nothing to do with anybody's health, one a line."""
    for file in sorted(folder.glob("*/everyday.txt")):
        for text in file.read_text("utf-8").splitlines():
            lang = file.parent.name
            around = _without_sightings(reader.around(text, lang))
            yield Lesson(text, CALM, around, EVERYDAY_WEIGHT, lang)


def _rows(folder: Path, reader: Reader) -> Iterator[Lesson]:
    for file in sorted([*folder.glob(f"*/{TUNED}"), *folder.glob(f"*/{UNTUNED}")]):
        for line in file.read_text("utf-8").splitlines():
            row = json.loads(line)
            if row.get("question") or _long(row["text"]):
                around = _around(row, reader)
                if file.name == TUNED:
                    around = _without_sightings(around)
                yield Lesson(row["text"], _label(row, reader), around, ROW_WEIGHT, row["lang"])


def _around(row: Mapping[str, Any], reader: Reader) -> tuple[str, ...]:
    question = question_from(row["question"]) if row.get("question") else None
    return reader.around(row["text"], row["lang"], question)


def _without_sightings(around: Iterable[str]) -> tuple[str, ...]:
    """Without what the vocabulary saw, where it was made to see it."""
    return tuple(name for name in around if not name.startswith(SEEN))


def _label(row: Mapping[str, Any], reader: Reader) -> str:
    level, category = row["level"], str(row.get("category") or "")
    if level == Level.EMERGENCY:
        return category if category in _emergencies(reader) else OTHER_FLAG
    if level == Level.URGENT:
        return URGENT
    if category.startswith(LANGUAGE):
        return _wished_language(reader.screen(row["text"], row["lang"]).wants)
    if category in _WISHES:
        return category
    if level == Level.NONE:
        return CALM
    category = _ALSO_CALLED.get(category, category)
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
                    around = _without_sightings(reader.around(text, locale))
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
