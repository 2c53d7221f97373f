"""Plays texts against the trained, running Rasa and writes down what it made of them."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from aftercare.triage import Understanding
from aftercare.turns import Turn
from bot.actions.app import create_app
from tests.contract.records import Record, record_of
from tests.live.rasa import Rasa, running_rasa, serving, tracker_database, train_if_needed

ASKED = "asked"


@dataclass
class Listening:
    """A product that always waits in one kind of conversation and never in the other."""

    heard: list[str] = field(default_factory=list)

    def begin_check_in(self, conversation: str, check_in: str) -> Turn:
        return Turn(("?",), asking=True)

    def hear(
        self, conversation: str, message: str | None, heard_as: str, nlu: Understanding
    ) -> Turn:
        self.heard.append(heard_as)
        return Turn((), asking=conversation.startswith(ASKED))


@dataclass
class Recorder:
    rasa: Rasa
    turns: Listening

    def __post_init__(self) -> None:
        self._conversations = count(1)

    def record(self, text: str) -> Record:
        number = next(self._conversations)
        asking = f"{ASKED}-{number}"
        self.rasa.begin(asking, "c")
        return record_of(
            text,
            self._heard(asking, text),
            self._heard(f"unasked-{number}", text),
            self.rasa.parse(text),
        )

    def _heard(self, conversation: str, text: str) -> str:
        self.turns.heard.clear()
        self.rasa.says(conversation, text)
        [heard_as] = self.turns.heard  # exactly one call of the product for a text
        return heard_as


@contextmanager
def recorder() -> Iterator[Recorder]:
    """The real Rasa, trained if its inputs changed, with a listener behind it."""
    train_if_needed()
    turns = Listening()
    with (
        tempfile.TemporaryDirectory() as folder,
        tracker_database(Path(folder)) as tracker_url,
        serving(create_app(turns, lambda conversation, name: name)) as actions_url,
        running_rasa(tracker_url, actions_url) as rasa,
    ):
        yield Recorder(rasa, turns)
