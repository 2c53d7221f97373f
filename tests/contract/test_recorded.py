"""The recorded Rasa behaves as the live one does (tests/live walks the same conversations)."""

import pytest

from aftercare.turns import DialogueUnavailable
from bot.actions.app import create_app
from tests.contract.recorded import RecordedRasa, UnrecordedText
from tests.contract.records import load
from tests.live.scripted import DONE, QUESTIONS, ScriptedTurns

RECORDS = load()


@pytest.fixture
def turns() -> ScriptedTurns:
    return ScriptedTurns()


@pytest.fixture
def rasa(turns: ScriptedTurns) -> RecordedRasa:
    return RecordedRasa(create_app(turns, lambda conversation, name: name), RECORDS)


def test_a_check_in_walks_to_its_end(rasa: RecordedRasa, turns: ScriptedTurns) -> None:
    assert rasa.begin("p1", "day 3") == [QUESTIONS[0]]
    assert rasa.ask("p1", "no", "SM1") == [QUESTIONS[1]]
    assert rasa.ask("p1", "182 lbs", "SM2") == [QUESTIONS[2]]
    assert rasa.ask("p1", "ya me la tomé", "SM3") == [DONE]
    assert [heard.message for heard in turns.heard] == ["SM1", "SM2", "SM3"]


def test_an_interruption_comes_back_to_the_waiting_question(
    rasa: RecordedRasa, turns: ScriptedTurns
) -> None:
    rasa.begin("p1", "day 3")
    assert rasa.ask("p1", "no puedo respirar acostado", "SM1") == ["(red_flag)", QUESTIONS[0]]
    assert rasa.ask("p1", "no", "SM2") == [QUESTIONS[1]]
    assert [heard.heard_as for heard in turns.heard] == ["red_flag", "answer"]


def test_a_lost_conversation_heals(rasa: RecordedRasa, turns: ScriptedTurns) -> None:
    rasa.begin("p1", "day 3")
    rasa.lose("p1")
    assert rasa.ask("p1", "no", "SM1") == [QUESTIONS[1]]
    assert rasa.ask("p1", "182 lbs", "SM2") == [QUESTIONS[2]]
    assert [heard.heard_as for heard in turns.heard] == ["fallback", "answer"]


def test_an_answer_without_a_question_is_a_fallback(
    rasa: RecordedRasa, turns: ScriptedTurns
) -> None:
    assert rasa.ask("p1", "no", "SM1") == ["(fallback)"]


def test_a_failing_product_is_an_unavailable_dialogue(
    rasa: RecordedRasa, turns: ScriptedTurns
) -> None:
    turns.fails = True
    with pytest.raises(DialogueUnavailable):
        rasa.ask("p1", "no", "SM1")


def test_a_text_nobody_recorded_says_how_to_record_it(rasa: RecordedRasa) -> None:
    with pytest.raises(UnrecordedText, match=r"tests\.contract\.record 'never texted before'"):
        rasa.ask("p1", "never texted before", "SM1")
