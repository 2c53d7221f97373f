"""The action server: Rasa's calls reach the product, and nothing of them comes back or is kept."""

from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from structlog.testing import capture_logs

from bot.actions.app import create_app
from bot.actions.hearing import HEARD_AS
from tests.live.scripted import DONE, QUESTIONS, ScriptedTurns

WORDS = "my chest hurts since breakfast"


@pytest.fixture
def turns() -> ScriptedTurns:
    return ScriptedTurns()


@pytest.fixture
def rasa(turns: ScriptedTurns) -> TestClient:
    def say(conversation: str, response: str) -> str:
        return {"utter_default": "Te leeremos pronto."}[response]

    return TestClient(create_app(turns, say))


def call(action: str, text: str = "", **slots: object) -> dict[str, Any]:
    return {
        "next_action": action,
        "sender_id": "p1",
        "version": "3.6.21",
        "tracker": {
            "sender_id": "p1",
            "slots": {"answer": None, "requested_slot": None, **slots},
            "latest_message": {
                "text": text,
                "intent": {"name": "chest_pain", "confidence": 0.9},
                "intent_ranking": [
                    {"name": "nlu_fallback", "confidence": 0.1},
                    {"name": "chest_pain", "confidence": 0.9},
                ],
                "entities": [{"entity": "check_in", "value": "day 3", "start": 0, "end": 2}],
                "metadata": {"message_id": "SM1"},
            },
            "events": [],
            "paused": False,
            "followup_action": None,
            "active_loop": {},
            "latest_action_name": "action_listen",
        },
    }


def ran(rasa: TestClient, action: str, text: str = "", **slots: object) -> dict[str, Any]:
    answer = rasa.post("/webhook", json=call(action, text, **slots))
    assert answer.status_code == httpx.codes.OK, answer.text
    done: dict[str, Any] = answer.json()
    return done


def said(done: dict[str, Any]) -> list[str]:
    return [response["text"] for response in done["responses"]]


def kept(done: dict[str, Any]) -> list[tuple[str, str | None, object]]:
    return [(event["event"], event.get("name"), event.get("value")) for event in done["events"]]


def test_a_due_check_in_asks_its_first_question_in_a_new_session(
    rasa: TestClient, turns: ScriptedTurns
) -> None:
    done = ran(rasa, "action_begin_check_in")
    assert turns.begun == ["day 3"]
    assert said(done) == [QUESTIONS[0]]
    assert kept(done) == [
        ("session_started", None, None),
        ("active_loop", "check_in_form", None),
        ("slot", "requested_slot", "answer"),
    ]


def test_an_answer_is_taken_and_the_next_question_comes_with_it(
    rasa: TestClient, turns: ScriptedTurns
) -> None:
    ran(rasa, "action_begin_check_in")
    done = ran(rasa, "validate_check_in_form", "no", answer="no")
    assert said(done) == [QUESTIONS[1]]
    assert kept(done) == [("slot", "answer", None)]
    [heard] = turns.heard
    assert (heard.conversation, heard.message, heard.heard_as) == ("p1", "SM1", "answer")


def test_the_last_answer_ends_the_form(rasa: TestClient, turns: ScriptedTurns) -> None:
    turns.wait("p1", question=len(QUESTIONS) - 1)
    done = ran(rasa, "validate_check_in_form", "yes", answer="yes")
    assert said(done) == [DONE]
    assert ("slot", "requested_slot", None) in kept(done)


def test_a_form_that_was_interrupted_has_nothing_to_validate(
    rasa: TestClient, turns: ScriptedTurns
) -> None:
    assert ran(rasa, "validate_check_in_form", WORDS) == {"events": [], "responses": []}
    assert turns.heard == []


@pytest.mark.parametrize("heard_as", HEARD_AS)
def test_the_product_hears_a_text_as_the_rule_says(
    rasa: TestClient, turns: ScriptedTurns, heard_as: str
) -> None:
    done = ran(rasa, f"action_hear_{heard_as}", WORDS)
    assert [heard.heard_as for heard in turns.heard] == [heard_as]
    assert kept(done) == [("active_loop", None, None), ("slot", "requested_slot", None)]


def test_an_interruption_keeps_the_waiting_question_and_its_form(
    rasa: TestClient, turns: ScriptedTurns
) -> None:
    turns.wait("p1", question=1)
    done = ran(rasa, "action_hear_ride", "how do i get there")
    assert said(done) == ["(ride)", QUESTIONS[1]]
    assert kept(done) == [
        ("active_loop", "check_in_form", None),
        ("slot", "requested_slot", "answer"),
    ]


def test_the_product_is_told_what_the_classifier_thought(
    rasa: TestClient, turns: ScriptedTurns
) -> None:
    ran(rasa, "action_hear_red_flag", WORDS)
    [heard] = turns.heard
    assert heard.nlu.intent == "chest_pain"
    assert heard.nlu.ranking == {"chest_pain": 0.9}
    assert [(e.kind, e.value) for e in heard.nlu.entities] == [("check_in", "day 3")]


def test_a_response_is_said_in_the_patients_language(rasa: TestClient) -> None:
    body = {"response": "utter_default", "tracker": {"sender_id": "p1"}, "channel": {}}
    assert rasa.post("/nlg", json=body).json() == {"text": "Te leeremos pronto."}


def test_an_unknown_action_is_refused_by_name_alone(rasa: TestClient) -> None:
    answer = rasa.post("/webhook", json=call("action_from_the_future", WORDS))
    assert answer.status_code == httpx.codes.NOT_FOUND
    assert answer.json() == {"error": "unknown action"}


def test_a_call_without_an_action_is_refused(rasa: TestClient) -> None:
    assert rasa.post("/webhook", json={"tracker": {}}).status_code == httpx.codes.BAD_REQUEST


def test_a_response_nobody_wrote_is_an_error_to_rasa(rasa: TestClient) -> None:
    body = {"response": "utter_unheard_of", "tracker": {"sender_id": "p1"}}
    assert rasa.post("/nlg", json=body).status_code == httpx.codes.INTERNAL_SERVER_ERROR


def test_a_failing_product_is_an_error_to_rasa_and_no_word_of_the_patient_is_kept(
    rasa: TestClient, turns: ScriptedTurns
) -> None:
    turns.fails = True
    with capture_logs() as logs:
        answer = rasa.post("/webhook", json=call("action_hear_red_flag", WORDS))
    assert answer.status_code == httpx.codes.INTERNAL_SERVER_ERROR
    assert WORDS not in answer.text
    assert [entry["event"] for entry in logs] == ["action_failed"]
    assert WORDS not in str(logs)
    assert turns.TROUBLE not in str(logs)


def test_health_answers(rasa: TestClient) -> None:
    assert rasa.get("/health").json() == {"status": "ok"}
