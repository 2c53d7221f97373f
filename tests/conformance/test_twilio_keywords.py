"""The stand-in's opt-out words against Twilio's published list."""

import json
from pathlib import Path

import pytest

from aftercare.carrier.keywords import OptOut, keyword

FILE = Path(__file__).parents[3] / "shared/fixtures/twilio/keyword_lists.json"
if not FILE.exists():
    pytest.skip(f"no {FILE.name} beside this checkout", allow_module_level=True)

SHEET = json.loads(FILE.read_text())


@pytest.mark.parametrize("word", SHEET["twilio_default_2026"])
def test_every_published_word_stops_the_texts(word):
    assert keyword(word, opted_out=False) is OptOut.STOP
    assert keyword(word.title(), opted_out=False) is OptOut.STOP


@pytest.mark.parametrize("words", ["STOP PLEASE", "PLEASE CANCEL"])
def test_the_published_examples_of_more_than_a_word_do_not(words):
    assert words in SHEET["twilio_rule"]
    assert keyword(words, opted_out=False) is None
