"""The fixed texts: all there, short, and complete where lives hang on them."""

import logging
import re
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from aftercare.i18n import Phrasebook
from aftercare.messages import Messages
from aftercare.segments import Encoding, count

ROOT = Path(__file__).parent.parent
PHRASEBOOK = Phrasebook.load(ROOT)
MESSAGES = Messages.load(ROOT / "content", PHRASEBOOK)
LOCALES = PHRASEBOOK.locales_shipped

# What the product gives when it sends each text.
GIVEN = {
    "welcome": {"hospital": "Riverside"},
    "help": {"hospital": "Riverside", "nurse_line": "919-555-0142"},
    "opted_out": {"hospital": "Riverside"},
    "opted_in": {"hospital": "Riverside"},
    "emergency": {"number": "911"},
    "emergency_standing": {"number": "911"},
    "crisis": {"crisis_number": "988", "number": "911"},
    "urgent_staffed": {},
    "urgent_unstaffed": {"nurse_line": "919-555-0142", "number": "911"},
    "routine_noted": {},
    "need_noted": {},
    "ride_noted": {},
    "human_noted": {},
    "human_noted_unstaffed": {"nurse_line": "919-555-0142"},
    "ask_again": {"question": "How bad is your pain now? Reply 0 (none) to 10 (worst)."},
    "say_again": {},
    "ask_yes_no": {},
    "ask_number": {"unit": "lb"},
    "ask_scale": {},
    "ask_choice": {"choices": "1 cost, 2 forgot"},
    "confirm_value": {"value": 812, "unit": "lb"},
    "handed_over": {},
    "check_in_opening": {"hospital": "Riverside"},
    "check_in_done": {},
    "check_in_interrupted": {},
    "reminder": {"question": "How bad is your pain now? Reply 0 (none) to 10 (worst)."},
    "thanks": {},
    "greeting": {"hospital": "Riverside"},
    "out_of_scope": {},
    "education_none": {},
    "language_changed": {"language": "Español"},
    "language_unavailable": {"language": "Polski"},
    "unread_media": {},
    "sender_unknown": {},
    "wrong_number": {},
    "deceased": {},
    "caregiver_noted": {},
    "staff_reply": {"text": "Please call me at the clinic."},
    "trouble": {"nurse_line": "919-555-0142"},
}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("id", GIVEN)
def test_every_text_is_said_in_every_language_and_stays_short(id, locale):
    spoken = MESSAGES.spoken(id, locale, **GIVEN[id])
    assert 0 < len(spoken.text) < 320
    assert "{" not in spoken.text
    assert not spoken.fell_back


def test_no_text_is_left_without_a_sender():
    assert {id for id in MESSAGES.ids if not id.startswith("unit_")} == set(GIVEN)


def test_every_text_the_product_asks_for_is_there():
    asked = set()
    for file in (ROOT / "aftercare").rglob("*.py"):
        asked |= set(re.findall(r"\b(?:say|reply|spoken)\(\s*\"([a-z_]+)\"", file.read_text()))
    assert {"emergency_standing", "check_in_done", "reminder"} <= asked
    assert asked <= MESSAGES.ids


def test_the_welcome_says_who_how_often_how_to_stop_and_what_it_costs():
    text = MESSAGES.say("welcome", "en", hospital="Riverside")
    for wording in ("Riverside", "30 days", "STOP", "HELP", "Msg & data rates may apply"):
        assert wording in text
    assert "not for emergencies" in text


def test_the_emergency_text_says_all_five_things():
    text = MESSAGES.say("emergency", "en", number="911").lower()
    for wording in ("call 911 now", "do not text", "do not drive", "cannot call 911", "care team"):
        assert wording in text


def test_the_emergency_text_says_all_five_things_in_spanish():
    text = MESSAGES.say("emergency", "es", number="911").lower()
    told = ("llame al 911", "no mande mensajes", "no maneje", "no podemos llamar", "equipo médico")
    for wording in told:
        assert wording in text


def test_the_emergency_text_carries_the_number_of_the_country():
    elsewhere = Messages.load(ROOT / "content", PHRASEBOOK, {"number": "112"})
    assert "112" in elsewhere.say("emergency", "en")
    assert "112" in elsewhere.say("urgent_staffed", "en")


def test_the_crisis_text_names_988_and_a_person_who_calls():
    text = MESSAGES.say("crisis", "en")
    assert "988" in text
    assert "call you" in text


def test_the_emergency_text_is_cheap_and_fast_in_english_and_spanish():
    for locale in ("en", "es"):
        weight = count(MESSAGES.say("emergency", locale))
        assert (weight.encoding, weight.segments) == (Encoding.GSM7, 1 if locale == "en" else 2)


def test_an_opted_out_patient_is_never_told_to_reply():
    for locale in LOCALES:
        text = MESSAGES.say("opted_out", locale, hospital="Riverside")
        assert "YES" not in text
        assert "START" not in text


@pytest.mark.parametrize("id", ["sender_unknown", "wrong_number", "deceased", "opted_out"])
def test_a_stranger_learns_nothing_about_a_patient(id):
    assert "patient" not in MESSAGES.get(id).text


def test_a_unit_reaches_the_patient_as_a_word():
    assert "in pounds" in MESSAGES.say("ask_number", "en", unit="lb")
    assert "libras" in MESSAGES.say("ask_number", "es", unit="lb")


def test_an_unlikely_weight_is_read_back_with_its_unit():
    text = MESSAGES.say("confirm_value", "en", value=812.0, unit="lb")
    assert text.endswith("812 pounds")


def test_an_unlikely_number_without_a_unit_is_read_back_alone():
    assert MESSAGES.say("confirm_value", "en", value=40, unit=None).endswith("wrong: 40")


def test_what_staff_wrote_goes_out_as_it_is():
    assert MESSAGES.say("staff_reply", "es", text="See {{ you }} at 9") == "See {{ you }} at 9"


def test_an_unknown_text_is_an_error():
    with pytest.raises(KeyError):
        MESSAGES.say("poetry", "en")


def test_a_text_sent_without_its_values_is_an_error():
    with pytest.raises(UndefinedError):
        MESSAGES.say("reminder", "en")


def test_no_critical_text_is_cleared_before_a_clinic_approved_it():
    for id in MESSAGES.ids:
        assert MESSAGES.cleared(id, "en") is not MESSAGES.get(id).critical


def test_critical_text_in_a_language_we_lack_is_never_silently_english(caplog):
    with caplog.at_level(logging.WARNING):
        spoken = MESSAGES.spoken("emergency", "vi")
    assert (spoken.locale, spoken.fell_back, spoken.cleared) == ("en", True, False)
    assert [record.message for record in caplog.records] == ["critical_text_in_english"]


def test_thanks_in_a_language_we_lack_is_nobodys_alarm(caplog):
    with caplog.at_level(logging.WARNING):
        MESSAGES.say("thanks", "vi")
    assert not caplog.records


def test_a_text_without_a_weight_is_refused_by_name(tmp_path):
    (tmp_path / "messages.yml").write_text("bye: {text: Good bye.}\n")
    with pytest.raises(ValueError, match="bye: needs text and critical"):
        Messages.load(tmp_path, PHRASEBOOK)
