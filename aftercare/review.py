"""Who has read a text in one language, and whether that reading still holds."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How far a text has come: only `approved` may carry critical words in production."""

    DRAFT = "draft"
    MACHINE = "machine"
    TRANSLATED = "translated"
    APPROVED = "approved"


@dataclass(frozen=True)
class Review:
    """The last reading of a text: its state, who read it, and what was read."""

    state: State = State.DRAFT
    who: str = ""
    credential: str = ""
    source: str = ""
    text: str = ""

    def is_stale(self, source: str) -> bool:
        """Whether the English has changed since this text was made."""
        return self.source != fingerprint(source)

    def clears(self, source: str, text: str) -> bool:
        """Whether a clinic has approved exactly `text` as saying exactly `source`."""
        return (
            self.state is State.APPROVED
            and not self.is_stale(source)
            and self.text == fingerprint(text)
        )

    def comment(self) -> str:
        """The line that carries this review in a catalogue."""
        pairs = {
            "state": self.state,
            "who": self.who,
            "credential": self.credential,
            "source": self.source,
            "text": self.text,
        }
        return "review: " + "; ".join(f"{name}={value}" for name, value in pairs.items() if value)


UNREAD = Review()
"""A text nobody has read yet."""


def fingerprint(text: str) -> str:
    """Twelve characters that change when the words of `text` do (not its spacing)."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:12]


def review_in(comments: Iterable[str]) -> Review:
    """The review written in a catalogue entry's comments; a draft when there is none.

    Raises ValueError for a state that is not one of the four.
    """
    # A long comment comes back from the catalogue wrapped over several lines.
    words = " ".join(comments)
    if not _REVIEW.search(words):
        return UNREAD
    pairs = dict(_PAIR.findall(words))
    return Review(
        state=State(pairs["state"].strip()),
        **{name: pairs.get(name, "").strip() for name in ("who", "credential", "source", "text")},
    )


_REVIEW = re.compile(r"\bstate=")
_PAIR = re.compile(r"\b(state|who|credential|source|text)=([^;]*)")
