"""What Rasa made of one text, in a form that reads well in a diff."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("records.jsonl")
# Below this a probability changes with every training and decides nothing.
TELLING = 0.02


@dataclass(frozen=True)
class Record:
    """`asked` and `unasked`: what the text was heard as, with and without a question waiting."""

    text: str
    asked: str
    unasked: str
    intent: str
    confidence: float
    ranking: Mapping[str, float]
    entities: tuple[Mapping[str, Any], ...] = field(default=())

    def heard_as(self, *, asking: bool) -> str:
        return self.asked if asking else self.unasked


def record_of(text: str, asked: str, unasked: str, parsed: Mapping[str, Any]) -> Record:
    """From Rasa's own parse data, rounded."""
    return Record(
        text=text,
        asked=asked,
        unasked=unasked,
        intent=parsed["intent"]["name"],
        confidence=round(parsed["intent"]["confidence"], 2),
        ranking={
            row["name"]: round(row["confidence"], 2)
            for row in parsed["intent_ranking"]
            if row["confidence"] >= TELLING and row["name"] != "nlu_fallback"
        },
        entities=tuple(
            {key: row[key] for key in ("entity", "value", "start", "end")}
            for row in parsed["entities"]
        ),
    )


def load(path: Path = FILE) -> dict[str, Record]:
    """Every recording, by its text."""
    if not path.exists():
        return {}
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    return {row["text"]: Record(**{**row, "entities": tuple(row["entities"])}) for row in rows}


def save(records: Iterable[Record], path: Path = FILE) -> None:
    ordered = sorted(records, key=lambda record: record.text)
    lines = [json.dumps(asdict(record), ensure_ascii=False) for record in ordered]
    path.write_text("\n".join(lines) + "\n")
