"""One patient's chart, and finding it."""

import json
import re

import pytest
from sqlalchemy import select

from aftercare.models import EscalationEvent
from tests.console_reading import flag, text_of
from tests.console_setup import Desk

pytest_plugins = ["tests.console_setup"]


def test_the_chart_says_why_it_was_flagged_by_which_rule_and_source(kim: Desk) -> None:
    page = text_of(kim.opens("María"))
    assert "Weight gain: 184" in page
    assert "Rule: up 3 in 1 day is urgent." in page
    assert "Source: " in page
    assert "Heart Failure Zones" in page
    assert "found by the red-flag vocabulary “no puedo respirar acostada”" in page


@pytest.mark.parametrize(
    ("source", "cue", "said"),
    [
        (
            "meaning",
            "meaning: red flags together 0.97",
            "learned from texts like it (weighed: 97% sure)",
        ),
        (
            "screen",
            "meaning: red flags only 0.04",
            "texts like it are calm: 4% a red flag",
        ),
        (
            "nlu",
            "red-flag intents together 0.88",
            "found by the language model (weighed: 88% sure)",
        ),
    ],
)
def test_the_chart_says_in_plain_words_what_was_learned_and_how_sure_it_is(
    kim: Desk, source: str, cue: str, said: str
) -> None:
    evidence = {
        "concept": "wound",
        "level": "urgent",
        "source": source,
        "matched": "",
        "cues": [cue],
    }
    with kim.app.database.begin() as session:
        of_tomas = EscalationEvent.escalation_id == kim.seeded.escalations["Tomás"].id
        said_wound = EscalationEvent.concept == "wound"
        (event,) = session.scalars(select(EscalationEvent).where(of_tomas, said_wound))
        event.detail = json.dumps({"evidence": [evidence]})
    assert said in text_of(kim.opens("Tomás"))


def test_the_chart_says_what_to_do_about_a_missed_blood_thinner(kim: Desk) -> None:
    assert "Call today about the missed doses" in text_of(kim.opens("Rose"))


def test_the_chart_shows_what_one_needs_before_calling(kim: Desk) -> None:
    page = text_of(kim.opens("María"))
    for fact in (
        "(713) 555-0142",
        "It is 9:05 AM there (CST)",
        "Lucía Delgado, daughter",
        "Furosemide 40 mg",
        "No follow-up visit is booked",
        "given Wed, Nov 18",
        "Mar 2, 1954",
    ):
        assert fact in page


def test_texts_stand_in_the_patients_own_time(kim: Desk) -> None:
    assert "María · 9:01 AM" in text_of(kim.opens("María"))


def test_answers_stand_in_a_table_by_check_in(kim: Desk) -> None:
    page = text_of(kim.opens("María"))
    assert "Question day 1 day 3 day 6" in page
    assert "Weight 178 lb 179.5 lb Urgent: 184 lb" in page


def test_a_closed_emergency_stays_in_the_chart(kim: Desk) -> None:
    page = text_of(kim.opens("Henry"))
    assert "Nothing is open for this patient" in page
    assert "Sent to emergency care" in page
    assert "ED confirmed" in page


def test_there_is_no_chart_of_nobody(kim: Desk) -> None:
    answer = kim.browser.get("/patients/00000000-0000-0000-0000-000000000000")
    assert answer.status_code == 404
    assert "There is no such page" in answer.text


def test_every_view_of_a_chart_is_on_record_by_ids_alone(kim: Desk) -> None:
    kim.opens("Rose")
    (viewed,) = kim.audited("patient.viewed")
    assert viewed.actor == f"staff:{kim.seeded.staff['Kim'].id}"
    assert viewed.subject == f"patient:{kim.seeded.id('Rose')}"
    assert "Whitfield" not in str(viewed.detail)


def test_seeing_the_queue_is_on_record_once_and_again_for_what_is_new(kim: Desk) -> None:
    shown = re.search(r'id="shown" name="shown" value="([^"]+)"', kim.sees())
    assert shown
    before = len(kim.audited("queue.viewed"))
    kim.sees(f"/queue?shown={shown[1]}")
    assert len(kim.audited("queue.viewed")) == before
    new = flag(kim, "Ruth", "fainting")
    kim.sees(f"/queue?shown={shown[1]}")
    assert kim.audited("queue.viewed")[-1].detail == {"escalations": [str(new.id)]}


def test_a_patient_is_found_by_the_whole_phone_number_however_it_is_written(kim: Desk) -> None:
    for words in ("(212) 555-0188", "+12125550188", "212.555.0188"):
        answer = kim.posts("/patients/search", words=words)
        assert answer.url.path == f"/patients/{kim.seeded.id('Rose')}"


def test_a_patient_is_found_by_mrn_and_by_a_caregivers_phone(kim: Desk) -> None:
    for words in ("MRN-1000", "713-555-0143"):
        assert "María Delgado Ruiz" in kim.posts("/patients/search", words=words).text


def test_a_search_that_finds_nobody_says_what_can_be_found(kim: Desk) -> None:
    page = kim.posts("/patients/search", words="Whitfield").text
    assert "No patient found" in page
    assert "a whole MRN or a whole phone number" in page


def test_no_address_of_the_console_names_a_patient_or_a_number(kim: Desk) -> None:
    page = kim.sees() + kim.sees("/patients") + kim.opens("Rose")
    addresses = [a for a in re.findall(r'(?:href|action)="([^"]*)"', page) if a[:4] != "tel:"]
    assert len(addresses) > 20
    for patient in kim.seeded.patients.values():
        for secret in (patient.last_name, patient.mrn, patient.phone[2:]):
            assert not any(secret in address for address in addresses)


def test_the_list_shows_whose_programme_runs_the_last_discharged_first(kim: Desk) -> None:
    page = text_of(kim.sees("/patients"))
    assert page.index("Ruth Adler") < page.index("María Delgado") < page.index("Henry Albright")
