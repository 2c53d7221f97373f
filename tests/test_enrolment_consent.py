"""Nobody is texted without their consent, and a consent taken back or given anew counts."""

from aftercare.models import Consent, Episode, Message, Patient
from tests import enrolment_desk
from tests.enrolment_desk import AGAIN, ANA, Desk, statuses

desk = enrolment_desk.desk


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
