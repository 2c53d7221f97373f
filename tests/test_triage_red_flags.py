"""The screen: what a patient writes, and how pressing triage finds it."""

import pytest

from aftercare import settings
from aftercare.levels import Level
from aftercare.triage import Reader

READER = Reader.load(settings.ROOT / "content")


def level(text: str, locale: str = "en") -> Level:
    return READER.screen(text, locale).level


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("my chest hurts", "chest_pain"),
        ("an elephant is sitting on my chest", "chest_pain"),
        ("cant catch my breath just sitting here", "breathing"),
        ("moms mouth is drooping and she talks funny", "stroke_signs"),
        ("woke up on the kitchen floor", "fainting"),
        ("throwing up stuff like coffee grounds", "bleeding"),
        ("my family would be better off without me", "self_harm"),
        ("im scared im going to hurt my baby", "harm_to_others"),
        ("he is having a seizure", "seizure"),
        ("dad doesnt know where he is", "confusion"),
        ("my tongue is swelling up", "allergic_reaction"),
        ("i took way too many pills", "overdose"),
        ("sugar is 41", "low_sugar"),
    ],
)
def test_an_emergency_is_seen_by_name_or_by_hint(text: str, concept: str) -> None:
    reading = READER.screen(text, "en")
    assert reading.level is Level.EMERGENCY
    assert concept in reading.concepts


@pytest.mark.parametrize(
    "text",
    [
        "no chest pain",
        "no chest pain, fever or bleeding",
        "havent had any trouble breathing",
        "this traffic is killing me lol",
        "my phone died",
        "my neighbor had a heart attack last week",
        "in a movie last night a guy got shot in the chest",
        "had a stroke in 2015, all good since",
    ],
)
def test_what_only_sounds_alarming_raises_nothing(text: str) -> None:
    assert level(text) < Level.URGENT


@pytest.mark.parametrize(
    "text",
    [
        "no fever but my chest hurts",
        "im fine but i cant breathe",
        "no, my chest hurts",
        "not only does my chest hurt, my arm is numb",
        "it feels just like my heart attack last year",
        "the chest pain went away but now its back",
    ],
)
def test_a_calm_opening_does_not_hide_what_follows(text: str) -> None:
    assert level(text) is Level.EMERGENCY


def test_chest_pain_that_is_gone_is_still_urgent() -> None:
    assert level("had chest pain this morning but its gone now") is Level.URGENT


def test_a_face_that_drooped_and_recovered_stays_an_emergency() -> None:
    assert level("her face was drooping but its gone now") is Level.EMERGENCY


def test_a_question_about_what_might_come_goes_to_a_human() -> None:
    assert level("what if my chest hurts tonight, who do i call?") is Level.ROUTINE


def test_a_thought_of_suicide_is_never_only_supposed() -> None:
    assert level("what if i just killed myself") is Level.EMERGENCY


def test_a_thought_of_suicide_is_answered_with_the_crisis_line() -> None:
    assert READER.told(READER.screen("i want to die", "en")) == "crisis"


def test_chest_pain_is_answered_with_the_emergency_text() -> None:
    assert READER.told(READER.screen("my chest hurts", "en")) == "emergency"


@pytest.mark.parametrize(
    "text", ["my chset hurts so bad", "cant brethe", "MY CHEST HURTS!!!", "my chest hurtsss"]
)
def test_misspelt_shouted_and_stretched_words_are_read(text: str) -> None:
    assert level(text) is Level.EMERGENCY


def test_spanish_is_read_whatever_language_was_enrolled() -> None:
    assert level("no puedo respirar", locale="en") is Level.EMERGENCY


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sugar 41", Level.EMERGENCY),
        ("sugar 64", Level.URGENT),
        ("sugar 130", Level.NONE),
        ("bp 190/100", Level.URGENT),
        ("bp 120/80", Level.NONE),
        ("oxygen 79", Level.EMERGENCY),
        ("oxygen 87", Level.URGENT),
        ("temp 101.2", Level.URGENT),
        ("temp 38.9", Level.URGENT),
        ("temp 98.6", Level.NONE),
    ],
)
def test_a_measured_value_speaks_for_itself(text: str, expected: Level) -> None:
    assert level(text) is expected


def test_evidence_says_the_words_and_the_cue() -> None:
    (evidence,) = READER.screen("no chest pain", "en").evidence
    assert (evidence.matched, evidence.cues) == ("chest pain", ("denied: no",))
