"""What a text was read as: the words that triage and the rest of the product share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from aftercare.levels import Level
from aftercare.protocols import Value

type Source = Literal["screen", "meaning", "nlu", "question"]
"""Who found it: the vocabulary, the screen's second opinion, Rasa's classifier, or the question
that was answered."""


@dataclass(frozen=True)
class Entity:
    """A piece of a text that Rasa's NLU names; `start` and `end` count characters."""

    kind: str
    value: str
    start: int
    end: int


@dataclass(frozen=True)
class Understanding:
    """What Rasa's NLU says of a text; `ranking` holds each intent's probability."""

    intent: str
    confidence: float
    ranking: Mapping[str, float] = field(default_factory=dict)
    entities: tuple[Entity, ...] = ()


@dataclass(frozen=True)
class Concept:
    """A red flag by name, how pressing it is, what the patient is told, and says who."""

    id: str
    level: Level
    told: str
    source: str


@dataclass(frozen=True)
class Evidence:
    """Why a concept was seen: the patient's own words, and the cues that were weighed."""

    concept: str
    level: Level
    source: Source
    matched: str
    cues: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """All that a text says to us. `level` is the most pressing of `evidence`.

    `unread` means that no value, red flag, need or want was found: a human reads it.
    """

    level: Level
    concepts: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    needs: tuple[str, ...] = ()
    wants: frozenset[str] = frozenset()
    value: Value | None = None
    unit: str | None = None
    confidence: float = 1.0
    unread: bool = False
