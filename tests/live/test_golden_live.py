"""The conversations of tests/conversations, against the trained, running Rasa."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from aftercare.app import App
from aftercare.clinic import Clinic
from aftercare.clock import SetClock
from aftercare.conversations import Conversations
from aftercare.db import Database
from aftercare.dialogue import Rasa
from aftercare.settings import Settings
from aftercare.triage import Understanding
from aftercare.turns import Turn
from bot.actions.app import create_app
from tests.carrier_line import Line
from tests.golden import FILES, play
from tests.harness import Day
from tests.live.rasa import running_rasa, serving

pytestmark = pytest.mark.live


class Present:
    """The product of whichever test runs: Rasa outlives them."""

    of: Conversations

    def begin_check_in(self, conversation: str, check_in: str) -> Turn:
        return self.of.begin_check_in(conversation, check_in)

    def hear(
        self, conversation: str, message: str | None, heard_as: str, nlu: Understanding
    ) -> Turn:
        return self.of.hear(conversation, message, heard_as, nlu)

    def say(self, conversation: str, response: str) -> str:
        return self.of.say(conversation, response)


@pytest.fixture(scope="module")
def present() -> Present:
    return Present()


@pytest.fixture(scope="module")
def listening(tracker_url: str, present: Present) -> Iterator[Rasa]:
    with (
        serving(create_app(present, present.say)) as actions_url,
        running_rasa(tracker_url, actions_url) as rasa,
        httpx.Client(base_url=rasa.url, timeout=30) as client,
    ):
        yield Rasa(client)


@pytest.fixture
def live_day(
    settings: Settings,
    database: Database,
    clinic: Clinic,
    clock: SetClock,
    phone_line: Line,
    listening: Rasa,
    present: Present,
) -> Iterator[Day]:
    def rasa(app: App) -> Rasa:
        present.of = app.conversations
        return listening

    with Day.begin(settings, database, clinic, clock, phone_line, rasa) as begun:
        yield begun


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_conversation_goes_as_it_is_written(live_day: Day, file: Path) -> None:
    written, went = play(live_day, file)
    assert went == written
