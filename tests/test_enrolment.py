"""Discharges become patients who are followed: once each, with every refusal explained."""

import threading
from datetime import UTC, datetime, time, timedelta
from itertools import chain
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from aftercare import feeds, inbound, staffing
from aftercare.calendars import local
from aftercare.clinic import Clinic
from aftercare.clock import SetClock
from aftercare.crypto import ring
from aftercare.db import Database
from aftercare.enrolment import NobodyHere, Outcome, enrol_all
from aftercare.inbound import Arrived
from aftercare.models import (
    Appointment,
    AuditEvent,
    Base,
    Caregiver,
    CheckIn,
    Consent,
    Episode,
    Escalation,
    Medication,
    Message,
    Patient,
)

NOW = datetime(2026, 6, 2, 17, 0, tzinfo=UTC)  # noon on a Tuesday in Houston
HOUSTON = "America/Chicago"

ANA = {
    "mrn": "0001234",
    "encounter_id": "V-77",
    "first_name": "Ana",
    "last_name": "Peña",
    "dob": "1951-03-27",
    "sex": "F",
    "mobile": "(713) 555-0142",
    "consent_status": "yes",
    "consent_at": "2026-06-01T11:00",
    "consent_source": "paper form",
    "language": "Spanish",
    "zip": "77002",
    "timezone": "",
    "discharge_at": "2026-06-01T15:30",
    "disposition": "01",
    "primary_dx": "I50.22",
    "procedure": "",
    "facility": "Mercy East",
    "case_manager_email": "",
    "caregiver_name": "",
    "caregiver_phone": "",
    "caregiver_relationship": "",
    "caregiver_consent": "",
    "follow_up_at": "",
    "deceased": "",
    "medications": "",
    "daily_consent": "",
}
BEN = ANA | {
    "mrn": "0005678",
    "encounter_id": "V-78",
    "first_name": "Ben",
    "last_name": "Ode",
    "dob": "1948-01-02",
    "sex": "M",
    "mobile": "+1 312 555 0143",
    "language": "English",
    "zip": "60601",
    "primary_dx": "J44.1",
}


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


class Desk:
    """The enrolment desk of one clinic: hand it rows, look at what stands in the database."""

    def __init__(self, database: Database, clinic: Clinic, clock: SetClock) -> None:
        self.database, self.clinic, self.clock = database, clinic, clock

    def enrols(self, *rows: dict[str, str], dry_run: bool = False) -> list[Outcome]:
        feed = feeds.read(csv(*rows))
        outcomes = enrol_all(
            self.database, self.clinic, self.clock, feed.records, feed.kind, dry_run=dry_run
        )
        return list(outcomes)

    def refuses(self, row: dict[str, str]) -> str:
        (outcome,) = self.enrols(row)
        assert outcome.status == "refused"
        return "; ".join(map(str, outcome.problems))

    def all[Row: Base](self, kind: type[Row]) -> list[Row]:
        with self.database.begin() as session:
            return list(session.scalars(select(kind)))

    def one[Row: Base](self, kind: type[Row]) -> Row:
        (row,) = self.all(kind)
        return row

    def patient(self, mrn: str) -> Patient:
        with self.database.begin() as session:
            return session.scalars(
                select(Patient).where(Patient.mrn_hash == ring().fingerprint(mrn))
            ).one()

    def edit[Row: Base](self, row: Row, **values: Any) -> None:
        with self.database.begin() as session:
            for name, value in values.items():
                setattr(session.merge(row), name, value)

    def hears(self, sender: str, words: str) -> None:
        """A text comes in and is screened, as the webhook and the worker would."""
        with self.database.begin() as session:
            arrived = Arrived(sid=f"SM{uuid4().hex}", sender=sender, body=words)
            inbound.receive(session, self.clock.now(), arrived)
            text = session.scalars(select(Message).where(Message.sid == arrived.sid)).one()
            inbound.screen(session, self.clinic, self.clock.now(), text.id)

    def everything(self) -> dict[str, int]:
        """How many rows each table holds."""
        with self.database.begin() as session:
            return {
                table.name: session.scalar(select(func.count()).select_from(table)) or 0
                for table in Base.metadata.sorted_tables
            }


@pytest.fixture
def desk(database: Database, clinic: Clinic, clock: SetClock) -> Desk:
    with database.begin() as session:
        team = staffing.team_named(session, "Care team", HOUSTON)
        carla = staffing.add(
            session, email="carla@mercy.example", name="Carla", role="case_manager",
            team=team, password="a few words in a row",
        )  # fmt: skip
        staffing.cover(session, carla, staffing.Shift(range(5), time(8), time(17)))
    return Desk(database, clinic, clock)


def csv(*rows: dict[str, str]) -> bytes:
    head = list(rows[0])
    lines = [head, *([row[name] for name in head] for row in rows)]
    return "\n".join(";".join(f'"{cell}"' for cell in line) for line in lines).encode()


def statuses(outcomes: list[Outcome]) -> list[str]:
    return [outcome.status for outcome in outcomes]


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


# The same again


def test_the_same_file_again_changes_nothing(desk: Desk) -> None:
    helper = {"caregiver_name": "Luz", "caregiver_phone": "713 555 0199", "caregiver_consent": "y"}
    more = {"medications": "warfarin 5 mg; aspirin 81 mg", "follow_up_at": "2026-06-09 10:30"}
    file = (ANA | helper | more, BEN, BEN | {"encounter_id": "V-79", "disposition": "20"})
    desk.enrols(*file)
    before = desk.everything()
    assert statuses(desk.enrols(*file)) == ["unchanged", "unchanged", "excluded"]
    assert desk.everything() == before


def test_it_changes_nothing_tomorrow_either(desk: Desk) -> None:
    desk.enrols(ANA | {"consent_at": ""}, BEN)
    before = desk.everything()
    desk.clock.advance(days=1)
    assert statuses(desk.enrols(ANA | {"consent_at": ""}, BEN)) == ["unchanged", "unchanged"]
    assert desk.everything() == before


def test_a_line_that_comes_twice_enrols_once(desk: Desk) -> None:
    assert statuses(desk.enrols(ANA, ANA)) == ["enrolled", "unchanged"]


def test_two_overlapping_files_enrol_everybody_once(desk: Desk) -> None:
    assert statuses(desk.enrols(ANA, BEN)) == ["enrolled", "enrolled"]
    cas = BEN | {"mrn": "9", "encounter_id": "V-80", "mobile": "+12065550107"}
    assert statuses(desk.enrols(BEN, cas)) == ["unchanged", "enrolled"]
    assert len(desk.all(Patient)) == 3


def test_two_runs_at_the_same_instant_enrol_once(desk: Desk) -> None:
    rows = [
        ANA | {"mrn": f"{n}", "encounter_id": f"V-{n}", "mobile": f"+1713555{100 + n:04d}"}
        for n in range(8)
    ]
    found: list[list[str]] = []
    start = threading.Barrier(3)

    def run(order: list[dict[str, str]]) -> None:
        start.wait()
        found.append(statuses(desk.enrols(*order)))

    threads = [threading.Thread(target=run, args=(order,)) for order in (rows, rows[::-1], rows)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(chain(*found)) == ["enrolled"] * 8 + ["unchanged"] * 16
    assert len(desk.all(Episode)) == len(desk.all(Message)) == 8


def test_a_trial_run_changes_nothing_and_tells_the_same(desk: Desk) -> None:
    file = (ANA, ANA, BEN | {"mobile": "12"}, ANA | {"last_name": "Pena"})
    before = desk.everything()
    tried = desk.enrols(*file, dry_run=True)
    assert desk.everything() == before
    assert statuses(tried) == ["enrolled", "unchanged", "refused", "updated"]
    assert statuses(desk.enrols(*file)) == statuses(tried)


# What a later file says differently


def test_a_new_number_gets_the_welcome_and_the_old_one_nothing_more(desk: Desk) -> None:
    desk.enrols(ANA)
    (outcome,) = desk.enrols(ANA | {"mobile": "713-555-0188"})
    assert (outcome.status, outcome.notes[0]) == ("updated", "changed: phone")
    texts = {row.phone: row.state for row in desk.all(Message)}
    assert texts == {"+17135550142": "canceled", "+17135550188": "queued"}


def test_a_wrong_number_that_was_mended_is_texted_again(desk: Desk) -> None:
    desk.enrols(ANA)
    desk.hears("+17135550142", "wrong number, I am not Ana")
    assert (desk.one(Patient).status, desk.one(Episode).state) == ("wrong_number", "stopped")
    assert statuses(desk.enrols(ANA)) == ["unchanged"]
    assert statuses(desk.enrols(ANA | {"mobile": "713-555-0188"})) == ["updated"]
    assert (desk.one(Patient).status, desk.one(Episode).state) == ("active", "active")
    welcome = max(desk.all(Message), key=lambda row: row.seq)
    assert (welcome.kind, welcome.state, welcome.phone) == ("welcome", "queued", "+17135550188")


def test_a_corrected_name_and_next_visit_are_taken_over(desk: Desk) -> None:
    desk.enrols(ANA | {"follow_up_at": "2026-06-09 10:30"})
    (outcome,) = desk.enrols(ANA | {"last_name": "Pena", "follow_up_at": "2026-06-10 10:30"})
    assert outcome.notes == ("changed: follow_up, last_name",)
    assert desk.one(Patient).last_name == "Pena"
    assert desk.one(Appointment).at.day == 10


def test_a_move_to_another_zone_moves_the_mornings(desk: Desk) -> None:
    desk.enrols(ANA)
    desk.enrols(ANA | {"zip": "96813"})
    mornings = [row.scheduled_for for row in desk.all(CheckIn) if row.state == "scheduled"]
    assert len(mornings) >= 6
    for moment in mornings:
        assert time(9) <= local(moment, "Pacific/Honolulu").time() < time(11)


def test_another_diagnosis_before_the_first_question_changes_the_protocol(desk: Desk) -> None:
    desk.enrols(ANA)
    (outcome,) = desk.enrols(ANA | {"primary_dx": "J44.1"})
    assert (outcome.protocol, outcome.check_ins) == ("copd", 7)


def test_once_asked_a_patient_keeps_the_protocol(desk: Desk) -> None:
    desk.enrols(ANA)
    desk.edit(min(desk.all(CheckIn), key=lambda row: row.offset_days), state="completed")
    desk.enrols(ANA | {"primary_dx": "J44.1"})
    assert desk.one(Episode).protocol == "heart_failure"


def test_the_feed_corrects_the_language_until_the_patient_has_texted(desk: Desk) -> None:
    desk.enrols(ANA | {"language": "English"})
    desk.enrols(ANA)
    assert desk.one(Patient).locale == "es"


def test_the_language_a_patient_chose_stays(desk: Desk) -> None:
    desk.enrols(ANA | {"language": "English"})
    desk.hears("+17135550142", "en español por favor")
    desk.edit(desk.one(Patient), locale="es")
    assert statuses(desk.enrols(ANA | {"language": "English"})) == ["unchanged"]


def test_a_cell_that_became_empty_forgets_nothing(desk: Desk) -> None:
    desk.enrols(ANA)
    empty = {"dob": "", "sex": "", "primary_dx": "", "facility": "", "language": ""}
    assert statuses(desk.enrols(ANA | empty)) == ["unchanged"]


# Back in hospital, or elsewhere

AGAIN = ANA | {"encounter_id": "V-90", "discharge_at": "2026-06-20T10:00", "consent_at": ""}


def test_a_readmission_ends_the_older_programme_and_begins_a_new_one(desk: Desk) -> None:
    desk.enrols(ANA)
    desk.clock.advance(days=19)
    (outcome,) = desk.enrols(AGAIN)
    assert outcome.status == "enrolled"
    states = {row.encounter: (row.state, row.state_reason) for row in desk.all(Episode)}
    assert states == {"V-77": ("stopped", "readmitted"), "V-90": ("active", "")}
    waiting = [row for row in desk.all(CheckIn) if row.state == "scheduled"]
    assert {row.episode_id for row in waiting} == {
        row.id for row in desk.all(Episode) if row.encounter == "V-90"
    }


def test_a_readmission_before_the_welcome_left_is_welcomed_once(desk: Desk) -> None:
    desk.clock.advance(days=19)
    desk.enrols(ANA, AGAIN)
    assert sorted(row.state for row in desk.all(Message)) == ["canceled", "queued"]


def test_an_older_stay_that_is_told_late_is_left_out(desk: Desk) -> None:
    desk.clock.advance(days=19)
    assert statuses(desk.enrols(AGAIN, ANA)) == ["enrolled", "excluded"]
    assert desk.one(Episode).encounter == "V-90"


@pytest.mark.parametrize(
    ("disposition", "reason"), [("20", "died"), ("03", "another facility"), ("50", "hospice")]
)
def test_who_did_not_go_home_is_left_out_with_the_reason(
    desk: Desk, disposition: str, reason: str
) -> None:
    (outcome,) = desk.enrols(ANA | {"disposition": disposition, "mobile": ""})
    assert outcome.status == "excluded"
    assert reason in outcome.reason
    assert desk.all(Patient) == []


def test_a_death_ends_every_text(desk: Desk) -> None:
    desk.enrols(ANA)
    (outcome,) = desk.enrols(ANA | {"deceased": "Y"})
    assert (outcome.status, outcome.notes) == ("excluded", ("the running programme was stopped",))
    assert desk.one(Patient).status == "deceased"
    assert desk.one(Episode).state == "stopped"
    assert {row.state for row in desk.all(CheckIn)} == {"expired"}
    assert desk.one(Message).state == "canceled"


def test_a_transfer_to_a_facility_after_a_readmission_stops_the_programme(desk: Desk) -> None:
    desk.enrols(ANA)
    desk.clock.advance(days=19)
    desk.enrols(AGAIN | {"disposition": "03"})
    assert (desk.one(Episode).state, desk.one(Episode).state_reason) == ("stopped", "facility")


def test_who_is_back_in_hospital_is_not_asked_how_it_goes_at_home(desk: Desk) -> None:
    desk.enrols(ANA)
    (outcome,) = desk.enrols(AGAIN | {"disposition": "30", "discharge_at": ""})
    assert (outcome.reason, outcome.notes) == (
        "is still in hospital",
        ("the running programme was stopped",),
    )
    assert desk.one(Episode).state_reason == "in_hospital"


# Consent


def test_who_did_not_agree_is_left_out(desk: Desk) -> None:
    (outcome,) = desk.enrols(ANA | {"consent_status": "declined"})
    assert outcome.status == "excluded"
    assert "did not agree to texts" in outcome.reason
    assert desk.all(Patient) == []


def test_silence_is_not_consent(desk: Desk) -> None:
    assert "consent_status: is empty" in desk.refuses(ANA | {"consent_status": ""})
    assert "write yes or no" in desk.refuses(ANA | {"consent_status": "pending"})


def test_a_consent_taken_back_at_the_hospital_is_an_opt_out(desk: Desk) -> None:
    desk.enrols(ANA)
    desk.enrols(ANA | {"consent_status": "withdrawn", "consent_at": "2026-06-02T09:00"})
    assert desk.one(Patient).status == "opted_out"
    assert [row.given for row in sorted(desk.all(Consent), key=lambda c: c.at)] == [True, False]
    assert desk.one(Message).state == "canceled"


def test_after_their_own_stop_only_their_own_start_counts(desk: Desk) -> None:
    desk.enrols(ANA)
    desk.hears("+17135550142", "STOP")
    desk.clock.advance(days=19)
    readmitted = AGAIN | {"consent_at": "2026-06-20T10:00"}
    (outcome,) = desk.enrols(readmitted)
    assert outcome.status == "excluded"
    assert "START" in outcome.reason
    assert desk.one(Patient).status == "opted_out"
    assert desk.one(Episode).state_reason == "readmitted"
    desk.hears("+17135550142", "START")
    assert statuses(desk.enrols(readmitted)) == ["enrolled"]


def test_a_consent_given_anew_at_the_hospital_ends_the_hospitals_own_no(desk: Desk) -> None:
    desk.enrols(ANA)
    desk.enrols(ANA | {"consent_status": "no", "consent_at": "2026-06-02T09:00"})
    desk.clock.advance(days=19)
    assert statuses(desk.enrols(AGAIN | {"consent_at": "2026-06-20T09:00"})) == ["enrolled"]
    assert desk.one(Patient).status == "active"


def test_a_consent_given_anew_for_the_same_stay_brings_the_texts_back(desk: Desk) -> None:
    desk.enrols(ANA)
    desk.enrols(ANA | {"consent_status": "no", "consent_at": "2026-06-02T09:00"})
    (outcome,) = desk.enrols(ANA | {"consent_at": "2026-06-02T10:00"})
    assert outcome.notes[0] == "changed: consent"
    assert desk.one(Patient).status == "active"
    assert statuses(desk.enrols(ANA | {"consent_at": "2026-06-02T10:00"})) == ["unchanged"]


def test_an_old_no_in_a_file_read_again_takes_nothing_back(desk: Desk) -> None:
    desk.enrols(ANA)
    desk.enrols(ANA | {"consent_status": "no", "consent_at": "2026-05-30T09:00"})
    assert desk.one(Patient).status == "active"


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


# Refusals


def test_a_refusal_is_stored_nowhere(desk: Desk) -> None:
    before = desk.everything()
    assert "mobile: is not a phone number" in desk.refuses(ANA | {"mobile": "12345"})
    assert desk.everything() == before


def test_a_refused_line_does_not_keep_the_others_out(desk: Desk) -> None:
    outcomes = desk.enrols(ANA | {"mobile": "1"}, BEN)
    assert [(outcome.status, outcome.line) for outcome in outcomes] == [
        ("refused", 2),
        ("enrolled", 3),
    ]


def test_a_number_of_another_patients_record_is_refused(desk: Desk) -> None:
    desk.enrols(ANA)
    stranger = BEN | {"mrn": ANA["mrn"], "encounter_id": "V-91"}
    assert "mrn: belongs to a patient with another name and birth date" in desk.refuses(stranger)
    assert desk.one(Episode).state == "active"


def test_a_stay_of_another_patient_is_refused(desk: Desk) -> None:
    desk.enrols(ANA)
    assert "encounter_id: belongs to another" in desk.refuses(BEN | {"encounter_id": "V-77"})


def test_a_wrong_number_told_again_is_refused(desk: Desk) -> None:
    desk.enrols(ANA)
    desk.hears("+17135550142", "wrong number")
    desk.clock.advance(days=19)
    assert "ask the patient for the right number" in desk.refuses(AGAIN)


def test_two_patients_may_share_a_number_and_it_is_noted(desk: Desk) -> None:
    first, second = desk.enrols(ANA, BEN | {"mobile": ANA["mobile"]})
    assert not first.notes
    assert "another patient has the same number" in "; ".join(second.notes)
    detail = max(desk.all(AuditEvent), key=lambda event: event.id).detail
    assert detail["shares_number_with"] == [str(desk.patient("0001234").id)]
