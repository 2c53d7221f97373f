"""Back in hospital, or elsewhere: an older programme ends, and nobody is asked out of place."""

import pytest

from aftercare.models import CheckIn, Episode, Message, Patient
from tests import enrolment_desk
from tests.enrolment_desk import AGAIN, ANA, Desk, statuses

desk = enrolment_desk.desk


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
