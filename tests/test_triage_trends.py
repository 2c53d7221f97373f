"""Two values in one text: what was before, and what is now."""

import pytest

from aftercare import settings
from aftercare.levels import Level
from aftercare.protocols import Question, question_from
from aftercare.triage import Reader, Reading

READER = Reader.load(settings.ROOT / "content")


def number(text: str, unit: str | None = None) -> Question:
    return question_from({"text": text, "answer": "number", "unit": unit})


WEIGHT = number("What was your weight this morning?", "lb")
PILLOWS = number("How many pillows do you sleep on?")
OXYGEN = number("What was your oxygen level today?", "%")
TEMPERATURE = number("What is your temperature today?", "°F")


def read(text: str, question: Question, locale: str = "en") -> Reading:
    return READER.read(text, locale, question)


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("184, yesterday 179", "en"),
        ("158 yesterday 154", "en"),
        ("190 last week 184", "en"),
        ("187, 3 days ago 181", "en"),
        ("76 kilos, hace cuatro días 72", "es"),
        ("188, hier 184", "fr"),
        ("187 вчера 183", "ru"),
    ],
)
def test_pounds_gained_within_days_are_urgent(text: str, locale: str) -> None:
    reading = read(text, WEIGHT, locale)
    assert reading.level >= Level.URGENT
    assert "weight_gain" in reading.concepts


@pytest.mark.parametrize(
    "text", ["184 was 183 yesterday", "180, 3 days ago 181", "184", "182 last week 179"]
)
def test_a_pound_more_or_less_is_none(text: str) -> None:
    assert "weight_gain" not in read(text, WEIGHT).concepts


def test_the_value_of_now_is_the_answer() -> None:
    assert read("yesterday 179, 184 now", WEIGHT).value == 184
    assert read("101.5 yesterday, 98.4 today", TEMPERATURE).value == 98.4


def test_more_pillows_than_before_are_urgent() -> None:
    assert read("4 now, was 2", PILLOWS).level is Level.URGENT
    assert read("2, same as before", PILLOWS).level < Level.URGENT


def test_a_fever_of_yesterday_is_read_by_a_human() -> None:
    reading = read("101.5 yesterday, 98.4 today", TEMPERATURE)
    (fever,) = (e for e in reading.evidence if e.concept == "fever")
    assert fever.level is Level.ROUTINE


def test_oxygen_that_fell_is_an_emergency_and_one_that_rose_is_called_about() -> None:
    assert read("79 now, was 95", OXYGEN).level is Level.EMERGENCY
    assert read("95 now, was 79", OXYGEN).level is Level.URGENT
