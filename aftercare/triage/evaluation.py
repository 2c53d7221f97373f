"""Measures a reader against labelled texts: what was caught, what was raised for nothing."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from aftercare.levels import Level
from aftercare.protocols import Question, question_from
from aftercare.triage.reader import Reader
from aftercare.triage.reading import Reading, Understanding

type Understand = Callable[[str], Understanding]
"""Asks the classifier what a text means."""

ALL = "all"


class RowError(ValueError):
    """A row that cannot be read; says which line and why."""


@dataclass(frozen=True)
class Row:
    """A text with the level that it should be read at."""

    id: str
    lang: str
    text: str
    level: Level
    category: str = ""
    question: Question | None = None


@dataclass(frozen=True)
class Outcome:
    """A row and how it was read."""

    row: Row
    reading: Reading
    ms: float

    @property
    def exact(self) -> bool:
        return self.reading.level is self.row.level

    @property
    def reviewed(self) -> bool:
        """A calm text that a human has to look at all the same."""
        return self.reading.level is Level.ROUTINE or self.reading.unread

    def why(self) -> str:
        """The reason for a miss, in the reader's own words."""
        if not self.reading.evidence:
            return "could not be read" if self.reading.unread else "nothing found"
        return "; ".join(
            f"{e.concept} {e.level} “{e.matched}”" + (f" ({', '.join(e.cues)})" if e.cues else "")
            for e in self.reading.evidence[:3]
        )


@dataclass(frozen=True)
class Figures:
    """What a set of outcomes comes to. Shares are of the rows they speak of."""

    rows: int
    emergencies: int
    caught: float | None
    exact_emergency: float | None
    urgents: int
    caught_urgent: float | None
    routine: int
    noticed_routine: float | None
    calm: int
    raised_to_emergency: float | None
    raised_to_urgent: float | None
    sent_to_review: float | None
    exact: float | None
    ms: float


def load_rows(path: Path) -> list[Row]:
    """Read a JSONL file of rows; raises RowError naming the line that cannot be read."""
    lines = path.read_text("utf-8").splitlines()
    return [_row(n, line) for n, line in enumerate(lines, start=1) if line.strip()]


def evaluate(
    reader: Reader, rows: Iterable[Row], understand: Understand | None = None
) -> list[Outcome]:
    """Read every row; with `understand`, the classifier votes too."""
    return [_read(reader, row, understand) for row in rows]


def figures(outcomes: Sequence[Outcome]) -> dict[str, Figures]:
    """The figures of each language, and of all together."""
    by_language: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_language[outcome.row.lang].append(outcome)
    found = {lang: _figures(group) for lang, group in sorted(by_language.items())}
    return {**found, ALL: _figures(outcomes)}


def misses(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """The outcomes that did harm or cost somebody time, worst first."""
    wrong = [o for o in outcomes if not o.exact or (o.row.level is Level.NONE and o.reviewed)]
    return iter(sorted(wrong, key=lambda o: (-o.row.level.rank, o.reading.level.rank)))


def as_json(outcome: Outcome) -> dict[str, Any]:
    """All that is known of one row's reading."""
    row, reading = outcome.row, outcome.reading
    return {
        "id": row.id,
        "lang": row.lang,
        "text": row.text,
        "category": row.category,
        "expected": row.level,
        **reading_json(reading),
        "ms": round(outcome.ms, 3),
    }


def reading_json(reading: Reading) -> dict[str, Any]:
    """A reading as plain data."""
    return {
        "level": reading.level,
        "concepts": list(reading.concepts),
        "needs": list(reading.needs),
        "wants": sorted(reading.wants),
        "value": reading.value,
        "unit": reading.unit,
        "confidence": reading.confidence,
        "unread": reading.unread,
        "evidence": [
            {
                "concept": e.concept,
                "level": e.level,
                "source": e.source,
                "matched": e.matched,
                "cues": list(e.cues),
            }
            for e in reading.evidence
        ],
    }


def _read(reader: Reader, row: Row, understand: Understand | None) -> Outcome:
    begun = perf_counter()
    nlu = understand(row.text) if understand else None
    reading = reader.read(row.text, row.lang, row.question, nlu)
    return Outcome(row, reading, (perf_counter() - begun) * 1000)


def _row(number: int, line: str) -> Row:
    try:
        row: Mapping[str, Any] = json.loads(line)
        return Row(
            id=str(row.get("id", number)),
            lang=str(row["lang"]),
            text=str(row["text"]),
            level=Level(row["level"]),
            category=str(row.get("category") or ""),
            question=question_from(row["question"]) if row.get("question") else None,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RowError(f"line {number}: {error}") from error


def _figures(outcomes: Sequence[Outcome]) -> Figures:
    of = {level: [o for o in outcomes if o.row.level is level] for level in Level}
    calm = of[Level.NONE]
    return Figures(
        rows=len(outcomes),
        emergencies=len(of[Level.EMERGENCY]),
        caught=_share(of[Level.EMERGENCY], _urgent),
        exact_emergency=_share(of[Level.EMERGENCY], lambda o: o.exact),
        urgents=len(of[Level.URGENT]),
        caught_urgent=_share(of[Level.URGENT], _urgent),
        routine=len(of[Level.ROUTINE]),
        noticed_routine=_share(of[Level.ROUTINE], lambda o: o.reading.level > Level.NONE),
        calm=len(calm),
        raised_to_emergency=_share(calm, lambda o: o.reading.level is Level.EMERGENCY),
        raised_to_urgent=_share(calm, lambda o: o.reading.level is Level.URGENT),
        sent_to_review=_share(calm, lambda o: o.reviewed),
        exact=_share(outcomes, lambda o: o.exact),
        ms=round(sum(o.ms for o in outcomes) / len(outcomes), 2) if outcomes else 0.0,
    )


def _urgent(outcome: Outcome) -> bool:
    return outcome.reading.level >= Level.URGENT


def _share(outcomes: Sequence[Outcome], holds: Callable[[Outcome], bool]) -> float | None:
    if not outcomes:
        return None
    return round(sum(1 for o in outcomes if holds(o)) / len(outcomes), 4)
