"""What else a text can say: a wish to stop, a need, another language, small talk."""

import pytest

from aftercare import settings
from aftercare.levels import Level
from aftercare.triage import Reader

READER = Reader.load(settings.ROOT / "content")


def wants(text: str, locale: str = "en") -> frozenset[str]:
    return READER.screen(text, locale).wants


@pytest.mark.parametrize(
    "text",
    ["STOP", "stop", "Unsubscribe", "quit", "stop texting me", "take me off your list",
     "please dont text me anymore", "i dont want these messages"],
)  # fmt: skip
def test_a_patient_may_opt_out_in_any_wording(text: str) -> None:
    assert "opt_out" in wants(text)


@pytest.mark.parametrize(
    "text",
    ["i cant stop coughing", "the bleeding wont stop", "when does the pain stop",
     "should i stop the aspirin", "i quit smoking", "the doctor told me to stop my water pill",
     "bus stop is too far", "i want to stop by the office"],
)  # fmt: skip
def test_the_word_stop_alone_does_not_opt_anybody_out(text: str) -> None:
    assert "opt_out" not in wants(text)


def test_an_opt_out_with_danger_behind_it_is_both() -> None:
    reading = READER.screen("STOP my chest hurts", "en")
    assert "opt_out" in reading.wants
    assert reading.level is Level.EMERGENCY


@pytest.mark.parametrize(
    ("text", "locale"),
    [("spanish please", "es"), ("en español por favor", "es"), ("español", "es"),
     ("habla español?", "es"), ("can we do this in vietnamese", "vi"), ("中文", "zh-Hans"),
     ("한국어", "ko"), ("русский", "ru"), ("tiếng việt", "vi"), ("LANG ES", "es"),
     ("kreyol", "ht"), ("i speak arabic", "ar"), ("english please", "en")],
)  # fmt: skip
def test_a_patient_may_ask_for_another_language(text: str, locale: str) -> None:
    assert f"language:{locale}" in wants(text)


@pytest.mark.parametrize("text", ["si", "sí", "no", "ok", "yes"])
def test_a_bare_yes_or_no_never_switches_the_language(text: str) -> None:
    assert not [w for w in wants(text) if w.startswith("language:")]


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("i need a ride to my appointment", "transport"),
        ("cant afford my pills", "cost"),
        ("we have no food in the house", "food"),
        ("im getting evicted", "housing"),
        ("i need to reschedule", "appointment"),
        ("can i take tylenol with this", "medicine"),
        ("i have nobody to talk to", "loneliness"),
    ],
)
def test_a_need_is_heard_and_followed_up(text: str, need: str) -> None:
    reading = READER.screen(text, "en")
    assert need in reading.needs
    assert reading.level >= Level.ROUTINE


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("can a nurse call me", "human"),
        ("i want to talk to a real person", "human"),
        ("wrong number", "wrong_number"),
        ("you have the wrong person", "wrong_number"),
        ("my husband passed away on sunday", "deceased"),
        ("thank you so much", "thanks"),
        ("good morning", "greeting"),
        ("who is this", "help"),
        ("tell me more about low salt food", "education"),
    ],
)
def test_a_wish_is_heard(text: str, want: str) -> None:
    assert want in wants(text)


@pytest.mark.parametrize(
    "text",
    ["doing great today", "phone died yesterday sorry just seein this", "ok", "👍", "lol",
     "no chest pain", "watching the game with my grandkids"],
)  # fmt: skip
def test_small_talk_needs_nobody(text: str) -> None:
    reading = READER.screen(text, "en")
    assert reading.level is Level.NONE
    assert not reading.unread


@pytest.mark.parametrize("text", ["", "🦖", "qwrtz plgh", "…", "\x00"])
def test_what_cannot_be_read_is_left_to_a_human(text: str) -> None:
    assert READER.screen(text, "en").unread


@pytest.mark.parametrize(
    "text", ["my chest hurts", "i need a ride", "STOP", "thanks", "sugar 41", "doing fine"]
)
def test_what_was_understood_is_not_left_to_a_human(text: str) -> None:
    assert not READER.screen(text, "en").unread


def test_words_that_only_sound_like_an_opt_out_go_to_a_human_and_end_nothing() -> None:
    leaving = "papier de l'huissier sur la porte pour le 30, jsors de l'hosto moi, jvais aller ou"
    read = READER.read(leaving, "fr")
    assert "opt_out" not in read.wants
    assert "human" in read.wants


def test_an_opt_out_beside_a_red_flag_is_both() -> None:
    read = READER.read("stop texting me, my chest hurts bad", "en")
    assert "opt_out" in read.wants
    assert read.level is Level.EMERGENCY
