"""Rasa waits for a database that comes late, and lives through one that restarts."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from aftercare.postgres import Embedded
from aftercare.processes import Together
from bot.actions.app import create_app
from tests.live.rasa import READY_SECONDS, Rasa, program_of, serving
from tests.live.scripted import QUESTIONS, ScriptedTurns

pytestmark = pytest.mark.live


@pytest.fixture
def actions_url() -> Iterator[str]:
    with serving(create_app(ScriptedTurns(), lambda conversation, name: name)) as url:
        yield url


def test_rasa_waits_for_its_database_and_survives_its_restart(
    trained: None, actions_url: str, tmp_path: Path, patient: str
) -> None:
    server = _server(tmp_path)
    url = server.rasa_url("rasa")
    server.stop()
    program, rasa_url = program_of(url, actions_url)
    with Together([program], quiet=True, logs=tmp_path) as together, httpx.Client() as http:
        _until_it_says(tmp_path / "rasa.log", "Waiting for the tracker store's database")
        server = _server(tmp_path)
        together.await_ready(READY_SECONDS)
        rasa = Rasa(rasa_url, http)
        assert rasa.begin(patient, "day 3") == [QUESTIONS[0]]
        server.stop()
        server = _server(tmp_path)
        assert rasa.says(patient, "no") == [QUESTIONS[1]]
    server.stop()


def _server(folder: Path) -> Embedded:
    server = Embedded.start(folder / "postgres", durable=False)
    server.create("rasa")
    return server


def _until_it_says(log: Path, words: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not (log.exists() and words in log.read_text()):
        assert time.monotonic() < deadline, f"Rasa never said {words!r}"
        threading.Event().wait(0.1)
