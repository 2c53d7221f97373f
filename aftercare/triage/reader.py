"""Reads one text: the screen, the classifier's vote and the question in hand."""

from collections.abc import Mapping
from pathlib import Path

from aftercare.levels import Level
from aftercare.protocols import Question
from aftercare.triage.reading import Concept, Reading, Understanding


class Reader:
    """Reads texts in every language it has a vocabulary for, at once."""

    def __init__(self, concepts: Mapping[str, Concept]) -> None:
        self.concepts = concepts

    @classmethod
    def load(cls, content_dir: Path) -> "Reader":
        """Compile the vocabulary under `content_dir`/red_flags."""
        return cls({})

    def screen(self, text: str, locale: str) -> Reading:
        """Read `text` by the vocabulary alone, with no question in hand."""
        return self.read(text, locale)

    def read(
        self,
        text: str,
        locale: str,
        question: Question | None = None,
        nlu: Understanding | None = None,
    ) -> Reading:
        """Read `text` as an answer to `question`, if one is pending. Never raises."""
        return Reading(level=Level.NONE, unread=True)
