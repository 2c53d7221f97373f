"""The carrier's own STOP, START and HELP: what it answers, holds back and passes on."""

import pytest

from aftercare.carrier import Phones, running
from aftercare.sms import SendFailed
from tests.carrier_setup import ROSA, WALTER, config_for

pytest_plugins = ["tests.carrier_setup"]


@pytest.mark.parametrize("word", ["STOP", "stop", " Unsubscribe ", "END", "revoke", "OptOut"])
def test_a_bare_stop_word_ends_the_texts_at_once(phones, twilio, care_line, word):
    phones.text(ROSA, word)
    phones.deliver()
    assert [words[:29] for words in phones.heard(ROSA)] == ["You have successfully been un"]
    assert care_line.texts()[0]["OptOutType"] == "STOP"
    with pytest.raises(SendFailed) as failed:
        twilio.send(ROSA, "How are you?")
    assert failed.value.code == 21610
    twilio.send(WALTER, "How are you?")


@pytest.mark.parametrize("words", ["stop please", "we must STOP this bill", "the end", "no", "yes"])
def test_more_than_the_bare_word_is_only_a_text(phones, twilio, care_line, words):
    phones.text(ROSA, words)
    assert "OptOutType" not in care_line.texts()[0]
    twilio.send(ROSA, "How are you?")


def test_stop_is_confirmed_once(phones):
    phones.text(ROSA, "STOP")
    phones.text(ROSA, "stop")
    phones.deliver()
    assert len(phones.heard(ROSA)) == 1


def test_an_answer_after_stop_is_not_let_through(phones, care_line):
    care_line.answers("<Response><Message>Sorry to see you go</Message></Response>")
    phones.text(ROSA, "STOP")
    phones.deliver()
    assert len(phones.heard(ROSA)) == 1


@pytest.mark.parametrize("word", ["START", "yes", "UNSTOP"])
def test_start_brings_the_texts_back(phones, twilio, care_line, word):
    phones.text(ROSA, "STOP")
    phones.text(ROSA, word)
    twilio.send(ROSA, "Welcome back")
    phones.deliver()
    assert care_line.texts()[-1]["OptOutType"] == "START"
    assert phones.heard(ROSA)[-1] == "Welcome back"


def test_help_is_answered_and_passed_on(phones, care_line):
    phones.text(ROSA, "help")
    phones.deliver()
    assert phones.heard(ROSA) == ["Reply STOP to unsubscribe. Msg&Data Rates May Apply."]
    assert care_line.texts()[0]["OptOutType"] == "HELP"


def test_a_line_whose_opt_out_is_the_products_own_leaves_the_words_alone(care_line):
    own = config_for(care_line, handles_opt_out=False)
    with running(own) as address, Phones(address) as phones:
        phones.text(ROSA, "STOP")
        assert len(phones.messages(ROSA)) == 1
    assert "OptOutType" not in care_line.texts()[0]
