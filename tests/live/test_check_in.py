"""A check-in walks through the trained, running Rasa."""

import json

import psycopg
import pytest

from tests.live.rasa import Rasa
from tests.live.scripted import DONE, QUESTIONS, ScriptedTurns

pytestmark = pytest.mark.live


def kept_texts(tracker_url: str, patient: str) -> list[str]:
    """The patient's words that lie in Rasa's database."""
    query = "SELECT data FROM events WHERE sender_id = %s AND type_name = 'user' ORDER BY id"
    with psycopg.connect(tracker_url) as connection:
        return [json.loads(data)["text"] for (data,) in connection.execute(query, [patient])]


def test_a_check_in_walks_to_its_end(rasa: Rasa, turns: ScriptedTurns, patient: str) -> None:
    assert rasa.begin(patient, "day 3") == [QUESTIONS[0]]
    assert turns.begun == ["day 3"]
    assert rasa.says(patient, "no") == [QUESTIONS[1]]
    assert rasa.says(patient, "182 lbs") == [QUESTIONS[2]]
    assert rasa.says(patient, "ya me la tomé") == [DONE]
    assert [heard.heard_as for heard in turns.heard] == ["answer"] * 3


def test_a_text_calls_the_product_once_and_names_its_message(
    rasa: Rasa, turns: ScriptedTurns, patient: str
) -> None:
    rasa.begin(patient, "day 3")
    rasa.says(patient, "no", message_id="SM7")
    rasa.says(patient, "my ride fell through", message_id="SM8")
    assert [heard.message for heard in turns.heard] == ["SM7", "SM8"]


@pytest.mark.parametrize(
    ("text", "heard_as"),
    [
        ("my chest hurts real bad", "red_flag"),
        ("no puedo respirar", "red_flag"),
        ("how do i get to my appointment i have no ride", "ride"),
        ("quiero hablar con una enfermera", "human"),
        ("what can i eat with heart failure", "education"),
        ("en español por favor", "language"),
        ("no tengo para la comida", "need"),
        ("can i take tylenol", "question"),
        ("thank you so much", "thanks"),
        ("hola buenos dias", "greeting"),
        ("this traffic is killing me lol", "out_of_scope"),
    ],
)
def test_an_interruption_comes_back_to_the_waiting_question(
    rasa: Rasa, turns: ScriptedTurns, patient: str, text: str, heard_as: str
) -> None:
    rasa.begin(patient, "day 3")
    assert rasa.says(patient, text) == [f"({heard_as})", QUESTIONS[0]]
    assert rasa.says(patient, "no") == [QUESTIONS[1]]
    assert [heard.heard_as for heard in turns.heard] == [heard_as, "answer"]


def test_words_nobody_understands_are_an_answer_while_a_question_waits(
    rasa: Rasa, turns: ScriptedTurns, patient: str
) -> None:
    rasa.begin(patient, "day 3")
    rasa.says(patient, "purple monkey dishwasher")
    assert [heard.heard_as for heard in turns.heard] == ["answer"]


def test_words_nobody_understands_are_a_fallback_otherwise(
    rasa: Rasa, turns: ScriptedTurns, patient: str
) -> None:
    assert rasa.says(patient, "purple monkey dishwasher") == ["(fallback)"]


def test_after_the_end_an_answer_has_no_question(
    rasa: Rasa, turns: ScriptedTurns, patient: str
) -> None:
    rasa.begin(patient, "day 3")
    for text in ("no", "182", "yes"):
        rasa.says(patient, text)
    assert rasa.says(patient, "yes") == ["(fallback)"]


def test_a_new_check_in_replaces_one_that_was_left_unanswered(
    rasa: Rasa, turns: ScriptedTurns, patient: str
) -> None:
    rasa.begin(patient, "day 1")
    rasa.says(patient, "no")
    assert rasa.begin(patient, "day 3") == [QUESTIONS[0]]
    assert rasa.says(patient, "no") == [QUESTIONS[1]]
    assert turns.begun == ["day 1", "day 3"]


def test_rasa_keeps_a_conversation_only_while_a_question_waits(
    rasa: Rasa, turns: ScriptedTurns, patient: str, tracker_url: str
) -> None:
    rasa.begin(patient, "day 1")
    rasa.says(patient, "no")
    assert kept_texts(tracker_url, patient) == ["no"]
    rasa.begin(patient, "day 3")
    assert kept_texts(tracker_url, patient) == []
    for text in ("no", "182 lbs", "yes"):
        rasa.says(patient, text)
    rasa.says(patient, "thanks")
    assert kept_texts(tracker_url, patient) == []


def test_a_lost_tracker_heals_with_the_next_text(
    rasa: Rasa, turns: ScriptedTurns, patient: str
) -> None:
    turns.wait(patient, question=1)  # the product waits, and Rasa knows nothing of it
    assert rasa.says(patient, "182 lbs") == [QUESTIONS[2]]
    assert rasa.says(patient, "yes took them all") == [DONE]
    assert [heard.heard_as for heard in turns.heard] == ["fallback", "answer"]


@pytest.mark.parametrize(
    "command", ["/restart", "/session_start", '/EXTERNAL_check_in{"check_in":"x"}']
)
def test_a_patient_cannot_give_rasa_commands(
    rasa: Rasa, turns: ScriptedTurns, patient: str, command: str
) -> None:
    rasa.begin(patient, "day 3")
    rasa.says(patient, command)
    assert turns.begun == ["day 3"]
    rasa.says(patient, "no")
    assert turns.heard[-1].heard_as == "answer"  # the check-in goes on


@pytest.mark.parametrize("text", ["🤒🤒", "x" * 1600, "no\x00pe", "\u200f", "??", "."])
def test_odd_texts_reach_the_product_like_any_other(
    rasa: Rasa, turns: ScriptedTurns, patient: str, text: str
) -> None:
    rasa.begin(patient, "day 3")
    rasa.says(patient, text)
    assert len(turns.heard) == 1
