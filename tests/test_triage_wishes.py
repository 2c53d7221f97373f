"""What else a text can say: a wish to stop, a need, another language, small talk."""

import pytest

from aftercare import settings
from aftercare.levels import Level
from aftercare.triage import Reader
from aftercare.triage.fold import words
from aftercare.triage.vocabulary import load_rules
from aftercare.triage.votes import Limits
from aftercare.triage.wishes import asked_back, language_named, meant_wishes, unmeant

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


@pytest.mark.parametrize(
    ("text", "locale", "wish"),
    [
        ("english please, i read it better", "zh-Hans", "language:en"),
        ("ابعتلي بالانجليزي بنتي هي اللي بتقرالي", "ar", "language:en"),
        ("我個仔喺度 英文send過嚟佢代我睇", "zh-Hant", "language:en"),
        ("english plz my ma dont read good and i read her msgs", "ht", "language:en"),
    ],
)
def test_a_language_is_known_by_any_of_its_names(text: str, locale: str, wish: str) -> None:
    assert wish in wants(text, locale)


def test_a_language_nobody_named_is_asked_about_by_a_human() -> None:
    guess = {"language": 0.8, "none": 0.2}
    assert set(meant_wishes(guess, Limits(), None)) == {"language", "human"}


NAMES = {"en": ("english", "英文"), "es": ("espanol",), "zh-Hans": ("中文",), "zh-Hant": ("繁體",)}


@pytest.mark.parametrize(
    ("text", "own", "named"),
    [
        ("mi espanol no es bueno, english", "es", "en"),
        ("espanol", "es", None),
        ("可以改繁體嗎", "zh-Hans", "zh-Hant"),
        ("中文打字好慢 用英文", "zh-Hant", "en"),
    ],
)
def test_of_several_languages_the_patients_own_is_not_the_one_wished_for(
    text: str, own: str, named: str | None
) -> None:
    assert language_named(words(text), NAMES, own) == named


def test_a_death_only_a_pattern_sees_ends_no_texts() -> None:
    rules = load_rules(settings.ROOT / "content" / "red_flags" / "concepts.yml")
    seen = frozenset({"deceased"})
    battery, perhaps, sure = ({"deceased": p, "none": 1 - p} for p in (0.01, 0.1, 0.4))
    assert unmeant(seen, battery, rules, Limits()) == seen
    assert not asked_back(seen, battery, Limits())
    assert unmeant(seen, perhaps, rules, Limits()) == seen
    assert asked_back(seen, perhaps, Limits())
    assert not unmeant(seen, sure, rules, Limits())


def test_who_may_want_no_texts_is_always_asked() -> None:
    assert asked_back(frozenset({"opt_out"}), {"opt_out": 0.0, "none": 1.0}, Limits())


def test_a_dead_phone_is_no_dead_patient() -> None:
    assert "deceased" not in wants("máy tính em nó chết queo rồi nên không vô hộp thư được", "vi")
    assert "deceased" in wants("this is his wife. we buried harold saturday so take him off")


def test_thanks_do_not_hide_what_is_needed() -> None:
    text = "thanks for asking, they want 300 at the counter so i left it there"
    assert READER.screen(text, "en").needs == ("cost",)
