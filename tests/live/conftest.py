"""The trained, running Rasa, started once for all tests of this folder."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from bot.actions.app import create_app
from tests.live.rasa import (
    Rasa,
    RasaMissing,
    rasa_python,
    running_rasa,
    serving,
    tracker_database,
    train_if_needed,
)
from tests.live.scripted import ScriptedTurns


@pytest.fixture(scope="session")
def trained() -> None:
    """The bot, trained from what lies in bot/ now."""
    try:
        rasa_python()
    except RasaMissing as reason:
        pytest.skip(str(reason))
    train_if_needed()


@pytest.fixture(scope="session")
def tracker_url(trained: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("rasa")
    with tracker_database(folder) as url:
        yield url


@pytest.fixture(scope="session")
def scripted() -> ScriptedTurns:
    return ScriptedTurns()


@pytest.fixture(scope="session")
def running(tracker_url: str, scripted: ScriptedTurns) -> Iterator[Rasa]:
    app = create_app(scripted, lambda conversation, name: f"{name} for {conversation}")
    with serving(app) as actions_url, running_rasa(tracker_url, actions_url) as rasa:
        yield rasa


@pytest.fixture
def rasa(running: Rasa, turns: ScriptedTurns) -> Rasa:
    return running


@pytest.fixture
def turns(scripted: ScriptedTurns) -> Iterator[ScriptedTurns]:
    """The product behind Rasa: it follows a script and remembers what it heard."""
    scripted.heard.clear()
    scripted.begun.clear()
    yield scripted
    scripted.fails = False


_patients = count(1)


@pytest.fixture
def patient() -> str:
    """A conversation nobody has used yet."""
    return f"patient-{next(_patients)}"
