"""What an answer means depends on the question: yes, no, a number, a choice."""

from collections.abc import Mapping
from typing import Any

import pytest

from aftercare import settings
from aftercare.levels import Level
from aftercare.protocols import NOT_SURE, Question, Value, question_from
from aftercare.triage import Reader, Reading, Understanding
from aftercare.triage.cues import Verdict, Weighed
from aftercare.triage.matcher import Match
from aftercare.triage.vocabulary import load_rules
from aftercare.triage.votes import Limits, Thresholds, meaning_vote, red_flag_vote

READER = Reader.load(settings.ROOT / "content")


def asked(text: str, answer: str, **more: Any) -> Question:
    return question_from({"text": text, "answer": answer, **more})


TOOK = asked("Did you take all of your medicines today?", "yes_no", flags={"no": "routine"})
CHEST = asked("Any chest pain today?", "yes_no", flags={"yes": "emergency"})
GONE = asked("You had chest pain. Has it gone away?", "yes_no", flags={"no": "emergency"})
WEIGHT = asked("What is your weight, in pounds?", "number", unit="lb", plausible=[60, 700])
FEVER: Mapping[str, str] = {">= 100.4": "urgent", ">= 104": "emergency"}
TEMP = asked("Your temperature?", "number", unit="°F", plausible=[85, 112], flags=FEVER)
SUGAR = asked(
    "Your sugar this morning?",
    "number",
    unit="mg/dL",
    plausible=[20, 800],
    flags={"< 54": "emergency", "> 240": "urgent"},
)
MISSED = asked(
    "How many doses did you miss?", "number", plausible=[0, 60], flags={">= 3": "urgent"}
)
PAIN = asked("How bad is your pain, 0 to 10?", "scale", flags={">= 8": "urgent"})
REASON = asked(
    "What was the main reason? 1 cost, 2 forgot, 3 other",
    "choice",
    choices={"cost": "cost", "forgot": "forgot", "other": "other"},
)


def read(text: str, question: Question, locale: str = "en") -> Reading:
    return READER.read(text, locale, question)


@pytest.mark.parametrize(
    "text", ["yes", "yea took em", "yup", "y", "👍", "sure did", "Yes.", "yess"]
)
def test_a_yes_is_a_yes_however_it_is_said(text: str) -> None:
    assert read(text, TOOK).value is True


@pytest.mark.parametrize("text", ["no", "nope", "nah", "n", "👎", "not yet", "no sir", "NO"])
def test_a_no_is_a_no_however_it_is_said(text: str) -> None:
    assert read(text, TOOK).value is False


@pytest.mark.parametrize("text", ["not sure", "idk", "i dont know", "maybe", "🤷"])
def test_who_does_not_know_says_neither(text: str) -> None:
    assert read(text, TOOK).value == NOT_SURE


def test_a_hedged_yes_is_a_yes_with_less_confidence() -> None:
    hedged, plain = read("kinda yes", CHEST), read("yes", CHEST)
    assert hedged.value is True
    assert hedged.confidence < plain.confidence


def test_a_yes_to_chest_pain_is_an_emergency() -> None:
    assert read("yes", CHEST).level is Level.EMERGENCY


def test_a_no_to_has_it_gone_away_is_an_emergency() -> None:
    assert read("no", GONE).level is Level.EMERGENCY


@pytest.mark.parametrize("text", ["yes", "all gone", "its gone"])
def test_pain_that_has_gone_away_raises_nothing(text: str) -> None:
    assert read(text, GONE).level < Level.URGENT


@pytest.mark.parametrize(
    ("text", "value"),
    [("182 lbs", 182), ("182", 182), ("one eighty two", 182), ("182.4", 182.4),
     ("about 176 and holding", 176), ("weighed 190 this morning, 188 yesterday", 190)],
)  # fmt: skip
def test_a_weight_is_read_in_digits_or_words(text: str, value: float) -> None:
    assert read(text, WEIGHT).value == value


def test_kilograms_are_turned_into_the_pounds_that_were_asked_for() -> None:
    reading = read("81.5 kg", WEIGHT)
    assert reading.value == pytest.approx(179.7, abs=0.1)
    assert reading.unit == "lb"


@pytest.mark.parametrize(
    ("text", "value", "level"),
    [("98.6", 98.6, Level.NONE), ("101.2", 101.2, Level.URGENT), ("38,5", 101.3, Level.URGENT),
     ("38.5 C", 101.3, Level.URGENT), ("104.5", 104.5, Level.EMERGENCY)],
)  # fmt: skip
def test_a_temperature_is_read_in_either_scale(text: str, value: float, level: Level) -> None:
    reading = read(text, TEMP)
    assert reading.value == pytest.approx(value, abs=0.1)
    assert reading.level is level


def test_a_low_sugar_is_an_emergency_by_its_number_alone() -> None:
    assert read("41", SUGAR).level is Level.EMERGENCY


def test_an_implausible_number_is_left_to_be_confirmed() -> None:
    reading = read("9000", SUGAR)
    assert reading.confidence < 0.5
    assert reading.level is Level.NONE


def test_a_blood_pressure_is_no_weight() -> None:
    assert read("98/60", WEIGHT).value is None


@pytest.mark.parametrize(
    ("text", "value"), [("0", 0), ("none", 0), ("3+", 3), ("two", 2), ("didnt miss any", 0)]
)
def test_missed_doses_are_counted(text: str, value: float) -> None:
    assert read(text, MISSED).value == value


@pytest.mark.parametrize(("text", "value"), [("7", 7), ("7/10", 7), ("no pain", 0), ("eight", 8)])
def test_pain_is_read_on_its_scale(text: str, value: float) -> None:
    assert read(text, PAIN).value == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", "cost"), ("2", "forgot"), ("forgot", "forgot"), ("too expensive", "cost"),
     ("just plain forgot", "forgot")],
)  # fmt: skip
def test_a_choice_is_made_by_number_or_in_words(text: str, value: Value) -> None:
    assert read(text, REASON).value == value


def test_a_yes_with_danger_behind_it_is_both() -> None:
    reading = read("yes took them but i cant breathe", TOOK)
    assert reading.value is True
    assert reading.level is Level.EMERGENCY


def test_spanish_answers_are_read_too() -> None:
    assert read("ya me la tomé", TOOK, locale="es").value is True


def test_no_question_gives_no_value() -> None:
    assert READER.screen("yes", "en").value is None


def vote(**ranking: float) -> Understanding:
    intent = max(ranking, key=lambda name: ranking[name])
    return Understanding(intent, ranking[intent], ranking)


def test_red_flag_intents_count_together() -> None:
    nlu = vote(chest_pain=0.4, breathing=0.35, affirm=0.25)
    assert READER.read("zzz", "en", nlu=nlu).level is Level.URGENT


def test_a_sure_classifier_raises_an_emergency_where_the_screen_saw_nothing() -> None:
    nlu = vote(chest_pain=0.6, breathing=0.35, affirm=0.05)
    assert READER.read("zzz", "en", nlu=nlu).level is Level.EMERGENCY


def test_the_classifier_does_not_overrule_a_denial() -> None:
    nlu = vote(chest_pain=0.95, deny=0.05)
    assert READER.read("no chest pain", "en", nlu=nlu).level is Level.NONE


def test_the_classifier_on_small_talk_only_calls_a_human_in() -> None:
    nlu = vote(self_harm=0.95, affirm=0.05)
    assert READER.read("watching the game with my grandkids", "en", nlu=nlu).level is Level.ROUTINE


HARM = asked(
    "In the past few days, have you had thoughts of hurting yourself?",
    "yes_no",
    flags={"yes": "emergency"},
)


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("Mais vous êtes fou, j'ai une fille à marier en juin", "fr"),
        ("да вы что, мне ещё правнуков нянчить", "ru"),
    ],
)
def test_an_indignant_no_is_not_taken_for_a_yes_because_of_one_word(text: str, locale: str) -> None:
    assert read(text, HARM, locale).level < Level.URGENT


def test_a_plain_yes_counts_however_calm_the_rest_sounds() -> None:
    assert read("yes, and the weather is lovely here", HARM).level is Level.EMERGENCY


def test_the_classifier_alone_makes_no_emergency_of_what_means_nothing_of_the_kind() -> None:
    nlu = vote(stroke_signs=0.97, affirm=0.03)
    text = "you have the wrong number, this is a bakery"
    assert READER.read(text, "en", nlu=nlu).level < Level.URGENT


def test_a_yes_inferred_about_self_harm_is_never_less_than_urgent() -> None:
    assert read("i told my wife yes i do", HARM).level >= Level.URGENT


def test_small_talk_that_both_learned_readers_find_alarming_goes_to_a_human() -> None:
    rules = load_rules(settings.ROOT / "content" / "red_flags" / "concepts.yml")
    said = Weighed(Match("calm", "", "en", "watching the game", 0, 3, (), 0), Verdict.STANDS)
    nlu = vote(chest_pain=0.8, affirm=0.2)
    guess = {"chest_pain": 0.5, "none": 0.5}
    found = red_flag_vote(nlu, [said], rules, Thresholds(), guess)
    assert found is not None
    assert found.level is Level.ROUTINE


def test_a_number_in_words_is_a_number_whatever_the_classifier_makes_of_it() -> None:
    nlu = vote(nlu_fallback=0.1, seizure=0.9)
    assert READER.read("مية وتلاتة", "ar", SUGAR, nlu=nlu).level is Level.NONE
    assert READER.read("مية وتلاتة شفايفي زرق", "ar", SUGAR, nlu=nlu).level >= Level.URGENT


@pytest.mark.parametrize(
    ("text", "locale"),
    [("тьфу тьфу тьфу нету", "ru"), ("숨이야 잘쉬지", "ko"), ("الحمدلله بخير", "ar")],
)
def test_knocking_on_wood_and_syllables_within_words_are_no_yes(text: str, locale: str) -> None:
    assert read(text, CHEST, locale).value is not True


def test_who_may_hint_at_self_harm_is_called_though_nobody_is_sure() -> None:
    rules = load_rules(settings.ROOT / "content" / "red_flags" / "concepts.yml")
    guess = {"self_harm": 0.5, "none": 0.5}
    found = meaning_vote(guess, [], rules, Limits(), asked=True)
    assert found is not None
    assert (found.concept, found.level) == ("self_harm", Level.URGENT)
    # Out of the blue, many a harmless sentence looks like a farewell.
    assert meaning_vote(guess, [], rules, Limits()) is None
    assert meaning_vote({"chest_pain": 0.5, "none": 0.5}, [], rules, Limits(), asked=True) is None


def test_self_harm_that_was_denied_is_not_hinted_at() -> None:
    rules = load_rules(settings.ROOT / "content" / "red_flags" / "concepts.yml")
    denied = Weighed(Match("concepts", "self_harm", "en", "", 0, 3, (), 0), Verdict.DENIED)
    guess = {"self_harm": 0.5, "none": 0.5}
    assert meaning_vote(guess, [denied], rules, Limits(), asked=True) is None


def test_a_question_about_self_harm_is_about_nothing_else() -> None:
    wish = asked("In the past few days, have you had thoughts of not wanting to live?", "yes_no")
    assert READER.topics(wish) == ("self_harm",)
    scale = asked("Do you have a scale at home to weigh yourself?", "yes_no")
    assert "self_harm" not in READER.topics(scale)
