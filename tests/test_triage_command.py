"""`aftercare triage` says why a text was read so, and what it does while it works."""

import json

import pytest
from typer.testing import CliRunner, Result

from aftercare.cli import command_line
from aftercare.cli._progress import watched


def triage(*words: str) -> Result:
    return CliRunner().invoke(command_line(), ["triage", *words])


def test_a_clinician_sees_what_an_answer_means_with_its_question() -> None:
    shown = triage("read", "no", "--question", "heart_failure.medicines_got").output
    assert "routine" in shown
    assert "asked  Did you get ALL" in shown
    assert "answer  no" in shown


def test_a_question_that_protocols_ask_alike_needs_no_protocol() -> None:
    assert "answer  182 lb" in triage("read", "182 this morning", "--question", "weight").output


def test_a_question_that_protocols_ask_differently_is_asked_back() -> None:
    refused = triage("read", "yes", "--question", "breathing")
    assert refused.exit_code == 2
    assert "copd.breathing" in refused.output
    assert "heart_failure.breathing" in refused.output


def test_an_unknown_question_is_refused_with_those_there_are() -> None:
    refused = triage("read", "yes", "--question", "colour")
    assert refused.exit_code == 2
    assert "heart_failure.weight" in refused.output


def test_the_second_opinion_is_shown_also_where_nothing_was_found() -> None:
    shown = triage("read", "we watched the ball game till ten").output
    assert "nothing to act on" in shown
    read = json.loads(triage("read", "we watched the ball game till ten", "--json").output)
    assert read["second_opinion"]["none"] > 0.5


def test_a_plain_word_asks_nobody_for_a_second_opinion() -> None:
    assert "not asked" in triage("read", "thanks").output


def test_long_work_says_in_a_log_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(watched("ab", "Reading")) == ["a", "b"]
    assert capsys.readouterr().err == "Reading ...\n"
