"""A line that cannot be right is refused with the reason, and keeps nobody else out."""

from aftercare.models import AuditEvent, Episode
from tests import enrolment_desk
from tests.enrolment_desk import AGAIN, ANA, BEN, Desk

desk = enrolment_desk.desk


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
