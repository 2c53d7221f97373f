"""Why an escalation was raised, read from what was stored with its flags. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aftercare.levels import Level
from aftercare.models import EscalationEvent


@dataclass(frozen=True)
class Ground:
    """One piece of evidence: what was seen, by whom, in which words, weighed with what."""

    concept: str
    level: Level
    source: str
    matched: str
    cues: tuple[str, ...]


@dataclass(frozen=True)
class Why:
    """What one flag said: its evidence, and the answer that raised it."""

    grounds: tuple[Ground, ...] = ()
    question: str | None = None
    value: Any = None
    task: str = ""
    note: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Whatever else was kept with it: how many silences, what the carrier said."""

    @property
    def answered(self) -> bool:
        """Whether the answer itself, by its question's rule, is what was flagged."""
        return any(ground.source == "question" for ground in self.grounds)

    @property
    def matched(self) -> tuple[str, ...]:
        """The patient's own words that were weighed."""
        return tuple(dict.fromkeys(ground.matched for ground in self.grounds if ground.matched))


def why_of(event: EscalationEvent | None) -> Why:
    """Why `event` happened; an empty one for an event without evidence."""
    if event is None or not event.detail:
        return Why()
    try:
        detail = json.loads(event.detail)
    except ValueError:
        return Why(note=event.detail)
    return _why(detail) if isinstance(detail, dict) else Why(note=event.detail)


def why_in(reading: str | None) -> Why:
    """The evidence stored with a text (`Message.reading`)."""
    return _why(json.loads(reading)) if reading else Why()


def _why(detail: Mapping[str, Any]) -> Why:
    return Why(
        grounds=tuple(_ground(row) for row in detail.get("evidence") or ()),
        question=detail.get("question"),
        value=detail.get("value"),
        task=str(detail.get("task") or ""),
        note=str(detail.get("note") or ""),
        facts={name: detail[name] for name in sorted(detail.keys() - _KNOWN)},
    )


_KNOWN = frozenset(
    {"evidence", "question", "value", "task", "note", "level", "concepts", "needs", "wants"}
    | {"unit", "confidence", "unread", "code", "nlu"}
)


def _ground(row: Mapping[str, Any]) -> Ground:
    return Ground(
        concept=str(row.get("concept") or ""),
        level=Level(row.get("level") or "none"),
        source=str(row.get("source") or ""),
        matched=str(row.get("matched") or ""),
        cues=tuple(str(cue) for cue in row.get("cues") or ()),
    )
