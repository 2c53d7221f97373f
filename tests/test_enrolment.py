"""Discharges become patients who are followed: welcomed, and asked how they are for a month."""

from datetime import UTC, datetime, time, timedelta

import pytest

from aftercare import staffing
from aftercare.calendars import local
from aftercare.enrolment import NobodyHere
from aftercare.models import (
    Appointment,
    AuditEvent,
    Caregiver,
    CheckIn,
    Consent,
    Episode,
    Escalation,
    Medication,
    Message,
    Patient,
)
from tests import enrolment_desk
from tests.enrolment_desk import ANA, BEN, HOUSTON, NOW, Desk

desk = enrolment_desk.desk


# The ordinary day


def test_a_discharged_patient_is_welcomed_and_asked_for_a_month(desk: Desk) -> None:
    (outcome,) = desk.enrols(ANA)
    assert (outcome.status, outcome.protocol, outcome.check_ins) == ("enrolled", "heart_failure", 7)
    check_ins = sorted(desk.all(CheckIn), key=lambda row: row.offset_days)
    assert [row.offset_days for row in check_ins] == [1, 3, 6, 10, 14, 21, 30]
    (welcome,) = desk.all(Message)
    assert (welcome.kind, welcome.state) == ("welcome", "queued")
    assert "STOP" in welcome.body
    assert "mensajes" in welcome.body


def test_check_ins_come_in_the_patients_morning(desk: Desk) -> None:
    desk.clock.set(datetime(2026, 6, 1, 22, tzinfo=UTC))
    desk.enrols(ANA | {"zip": "96813"})
    for check_in in desk.all(CheckIn):
        assert time(9) <= local(check_in.scheduled_for, "Pacific/Honolulu").time() < time(11)


def test_who_the_patient_is_lies_sealed(desk: Desk) -> None:
    desk.enrols(ANA)
    patient = desk.one(Patient)
    assert (patient.mrn, patient.name, patient.phone) == ("0001234", "Ana Peña", "+17135550142")
    assert (patient.birth_date, patient.sex, patient.zone) == ("1951-03-27", "female", HOUSTON)
    assert b"Ana" not in bytes(patient.first_name_sealed)


def test_the_consent_is_kept_as_evidence(desk: Desk) -> None:
    desk.enrols(ANA)
    consent = desk.one(Consent)
    assert (consent.kind, consent.given, consent.source) == ("sms", True, "paper form")
    assert consent.at == datetime(2026, 6, 1, 16, tzinfo=UTC)
    assert consent.actor == "feed:csv"


def test_each_enrolment_is_one_audit_event_without_the_patients_name(desk: Desk) -> None:
    desk.enrols(ANA)
    event = desk.one(AuditEvent)
    assert (event.actor, event.action) == ("feed:csv", "episode.enrolled")
    assert "Ana" not in str(event.detail)


def test_an_outcome_tells_nothing_about_the_patient(desk: Desk) -> None:
    told = str(desk.enrols(ANA, BEN | {"mobile": "12"}, BEN | {"consent_status": "no"}))
    for secret in ("0001234", "V-77", "Ana", "Peña", "713", "0005678", "Ben"):
        assert secret not in told


def test_a_night_time_enrolment_is_welcomed_in_the_morning(desk: Desk) -> None:
    desk.clock.set(datetime(2026, 6, 2, 3, tzinfo=UTC))  # ten in the evening in Houston
    desk.enrols(ANA)
    wall = local(desk.one(Message).not_before, HOUSTON)
    assert (wall.date().isoformat(), wall.time()) == ("2026-06-02", time(9))


def test_a_discharge_told_after_the_mornings_is_still_asked_that_day(desk: Desk) -> None:
    desk.enrols(ANA)
    first = min(desk.all(CheckIn), key=lambda row: row.scheduled_for)
    assert (first.offset_days, first.scheduled_for) == (1, NOW + timedelta(hours=1))


def test_days_that_are_gone_are_not_asked_about(desk: Desk) -> None:
    desk.enrols(ANA | {"discharge_at": "2026-05-28T15:30"})
    assert sorted(row.offset_days for row in desk.all(CheckIn)) == [6, 10, 14, 21, 30]


@pytest.mark.parametrize(
    ("diagnosis", "procedure", "protocol"),
    [
        ("I50.9", "", "heart_failure"),
        ("i509", "", "heart_failure"),
        ("J44.1", "", "copd"),
        ("K35.80", "Appendectomy", "general_surgical"),
        ("E11.9", "", "general_medical"),
        ("", "", "general_medical"),
        ("CHF", "", "general_medical"),
    ],
)
def test_the_diagnosis_chooses_the_protocol(
    desk: Desk, diagnosis: str, procedure: str, protocol: str
) -> None:
    desk.enrols(ANA | {"primary_dx": diagnosis, "procedure": procedure})
    assert desk.one(Episode).protocol == protocol


def test_a_daily_question_needs_a_consent_of_its_own(desk: Desk) -> None:
    desk.enrols(ANA | {"daily_consent": "yes"}, BEN)
    days = {row.offset_days for row in desk.all(CheckIn)}
    assert set(range(1, 15)) <= days
    assert {row.kind for row in desk.all(Consent)} == {"sms", "daily_weight"}


def test_medicines_whose_missed_dose_is_urgent_are_known_by_kind(desk: Desk) -> None:
    told = "warfarin 5 mg; Furosemide 40 mg daily; Lantus 10 units; lisinopril; cortef cream"
    desk.enrols(ANA | {"medications": told})
    found = {(row.name, row.dose, row.kind) for row in desk.all(Medication)}
    assert found == {
        ("warfarin", "5 mg", "anticoagulant"),
        ("Furosemide", "40 mg daily", "diuretic"),
        ("Lantus", "10 units", "insulin"),
        ("lisinopril", "", ""),
        ("cortef cream", "", ""),
    }


def test_the_next_visit_is_kept(desk: Desk) -> None:
    desk.enrols(ANA | {"follow_up_at": "2026-06-09 10:30"})
    assert desk.one(Appointment).at == datetime(2026, 6, 9, 15, 30, tzinfo=UTC)


def test_a_caregiver_may_help_when_the_patient_agreed(desk: Desk) -> None:
    helper = {"caregiver_name": "Luz", "caregiver_phone": "713 555 0199"}
    helper |= {"caregiver_relationship": "Daughter", "caregiver_consent": "yes"}
    desk.enrols(ANA | helper)
    caregiver = desk.one(Caregiver)
    assert (caregiver.name, caregiver.relation) == ("Luz", "daughter")
    assert caregiver.consented
    assert {row.kind for row in desk.all(Consent)} == {"sms", "caregiver"}


def test_the_case_manager_the_file_names_looks_after_the_patient(desk: Desk) -> None:
    desk.enrols(ANA | {"case_manager_email": "Carla@Mercy.example"})
    assert desk.one(Episode).case_manager_id is not None


def test_an_unknown_case_manager_means_the_team_and_a_note(desk: Desk) -> None:
    (outcome,) = desk.enrols(ANA | {"case_manager_email": "nobody@mercy.example"})
    assert "the team looks after" in "; ".join(outcome.notes)
    assert desk.one(Episode).case_manager_id is None


def test_nobody_is_texted_while_a_red_flag_would_find_no_one(desk: Desk) -> None:
    with desk.database.begin() as session:
        for person in staffing.everyone(session):
            person.active = False
    with pytest.raises(NobodyHere, match="nobody answers for the team Care team"):
        desk.enrols(ANA)
    assert desk.all(Patient) == []


# Languages


def test_an_unknown_language_is_asked_never_guessed(desk: Desk) -> None:
    (outcome,) = desk.enrols(ANA | {"language": ""})
    assert desk.one(Patient).locale == "und"
    assert "language unknown: welcomed in English and Spanish" in outcome.notes
    texts = sorted(desk.all(Message), key=lambda row: row.seq)
    assert "We will text you" in texts[0].body
    assert "mensajes" in texts[1].body


def test_a_language_we_have_no_texts_in_becomes_work_for_a_person(desk: Desk) -> None:
    (outcome,) = desk.enrols(ANA | {"language": "Navajo"})
    assert desk.one(Patient).locale == "nv"
    assert "no texts in nv yet" in "; ".join(outcome.notes)
    assert desk.one(Escalation).level == "routine"
