"""When the product behind Rasa fails, Rasa says so and keeps nothing of the turn."""

import httpx
import pytest

from aftercare.processes import free_port
from bot.actions.app import create_app
from tests.live.rasa import Rasa, running_rasa, serving
from tests.live.scripted import QUESTIONS, ScriptedTurns

pytestmark = pytest.mark.live


def test_a_failed_turn_is_a_503_and_can_be_sent_again(
    rasa: Rasa, turns: ScriptedTurns, patient: str
) -> None:
    rasa.begin(patient, "day 3")
    turns.fails = True
    failed = rasa.post(patient, "no", message_id="SM1")
    assert failed.status_code == httpx.codes.SERVICE_UNAVAILABLE
    assert failed.json() == {"status": "failure", "reason": "turn_failed"}
    turns.fails = False
    assert rasa.says(patient, "no", message_id="SM1") == [QUESTIONS[1]]
    assert rasa.says(patient, "182") == [QUESTIONS[2]]


def test_a_check_in_that_could_not_begin_is_an_error_and_can_be_begun_again(
    rasa: Rasa, turns: ScriptedTurns, patient: str
) -> None:
    turns.fails = True
    assert rasa.trigger(patient, "day 3").status_code == httpx.codes.INTERNAL_SERVER_ERROR
    turns.fails = False
    assert rasa.begin(patient, "day 3") == [QUESTIONS[0]]
    assert rasa.says(patient, "no") == [QUESTIONS[1]]


def test_an_action_server_that_went_away_fails_turns_until_it_returns(
    tracker_url: str, patient: str
) -> None:
    app = create_app(ScriptedTurns(), lambda conversation, name: name)
    port, _ = free_port(5255)
    with running_rasa(tracker_url, f"http://127.0.0.1:{port}") as rasa:
        with serving(app, port):
            assert rasa.begin(patient, "day 3") == [QUESTIONS[0]]
        assert rasa.post(patient, "no").status_code == httpx.codes.SERVICE_UNAVAILABLE
        with serving(app, port):
            assert rasa.says(patient, "no") == [QUESTIONS[1]]
