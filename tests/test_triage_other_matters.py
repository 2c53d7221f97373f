"""A text that speaks of something else does not answer the question in hand."""

from pathlib import Path

import pytest

from aftercare.protocols import Question, question_from
from aftercare.triage import Reader

SAFETY = question_from(
    {
        "text": "Right now, do you have trouble breathing at rest or chest pain?",
        "answer": "yes_no",
        "flags": {"yes": {"level": "emergency", "concept": "safety"}},
    }
)
RIDE = question_from(
    {
        "text": "Do you have a ride to your visit?",
        "answer": "yes_no",
        "flags": {"no": {"level": "routine", "concept": "ride_needed"}},
    }
)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader.load(Path(__file__).parent.parent / "content")


@pytest.mark.parametrize(
    "text", ["i dont have a ride to the lung clinic, can you help", "my son takes me"]
)
def test_a_remark_about_the_ride_neither_affirms_nor_denies_danger(
    reader: Reader, text: str
) -> None:
    reading = reader.read(text, "en", SAFETY)
    assert reading.value is None
    assert reading.level <= "routine"


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        (SAFETY, "no but i dont have a ride", False),
        (RIDE, "my son takes me", True),
        (RIDE, "yes my son takes me", True),
        (RIDE, "i dont have a ride", False),
    ],
)
def test_the_answer_itself_is_still_heard(
    reader: Reader, question: Question, text: str, value: bool
) -> None:
    assert reader.read(text, "en", question).value is value


def test_who_has_a_ride_needs_none(reader: Reader) -> None:
    assert "transport" not in reader.read("yes my son takes me", "en", RIDE).needs
    assert "transport" in reader.read("no i dont have a ride", "en", RIDE).needs


@pytest.mark.parametrize("text", ["thank you for your help", "good morning to you all"])
def test_an_english_word_is_no_misspelt_danger_of_another_language(
    reader: Reader, text: str
) -> None:
    assert reader.read(text, "en").level == "none"


def test_a_wish_is_heard_in_the_language_of_the_text(reader: Reader) -> None:
    assert "human" not in reader.read("tell me about salt", "en").wants
