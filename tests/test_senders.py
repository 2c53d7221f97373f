"""Numbers we do not know, and numbers that mean several people: who is heard, and as whom."""

from sqlalchemy import select

from aftercare.crypto import ring
from aftercare.models import Escalation
from tests.harness import Day, Phone
from tests.inbound_reading import BREATHLESS, answered, episode


def test_an_unknown_number_learns_nothing(day: Day) -> None:
    day.patient("Ada")
    stranger = day.stranger()
    stranger.texts("is this about Ada?").hears("We do not know this number")
    assert "Ada" not in "".join(stranger.heard)
    assert "Mercy" not in "".join(stranger.heard)


def test_an_unknown_number_is_told_once(day: Day) -> None:
    stranger = day.stranger()
    stranger.texts("hello").hears("We do not know this number")
    stranger.texts("hello??").hears_nothing()
    day.clock.advance(hours=13)
    stranger.texts("hello").hears("We do not know this number")


def test_an_emergency_from_an_unknown_number_escalates(day: Day) -> None:
    stranger = day.stranger("+13128670778")
    stranger.texts(BREATHLESS).hears("Call 911 now")
    with day.app.database.begin() as session:
        item = session.scalars(select(Escalation)).one()
        assert (item.level, item.patient_id) == ("emergency", None)
        assert item.sender_hash == ring().fingerprint(stranger.number)
    assert day.pager.pages == [("emergency", item.ref)]


def test_an_emergency_in_spanish_is_answered_in_spanish_whoever_writes(day: Day) -> None:
    stranger = day.stranger("+13128670779")
    stranger.texts("no puedo respirar, ayudenme por favor")
    assert "911" in stranger.heard[0]
    assert "Call" not in stranger.heard[0]


def test_a_strangers_stop_is_left_to_the_carrier(day: Day) -> None:
    stranger = day.stranger("+13128670780")
    stranger.texts("STOP").hears("successfully been unsubscribed")


def test_a_red_flag_from_a_shared_phone_is_one_for_each_patient(day: Day) -> None:
    ada, bob = sharing(day)
    ada.texts("my chest hurts").hears("Call 911 now")
    day.queue.shows(ada, "emergency", "chest_pain")
    day.queue.shows(bob, "emergency", "chest_pain")
    shared = {*day.queue.reasons(ada), *day.queue.reasons(bob)}
    assert "shared_number" in shared


def test_a_text_from_a_shared_phone_answers_the_check_in_that_waits(day: Day) -> None:
    ada, bob = sharing(day)
    day.check_in(bob)
    ada.texts("no")
    assert answered(day, bob) == {"safety": False}
    assert answered(day, ada) == {}


def test_a_stop_from_a_shared_phone_stops_for_all(day: Day) -> None:
    ada, bob = sharing(day)
    ada.texts("STOP")
    assert (ada.row.status, bob.row.status) == ("opted_out", "opted_out")


def test_a_death_on_a_shared_phone_pauses_all_until_a_human_knows_whose(day: Day) -> None:
    ada, bob = sharing(day)
    ada.texts("he passed away on sunday").hears("very sorry for your loss")
    day.queue.shows(ada, "routine", "deceased", "shared_number")
    day.queue.shows(bob, "routine", "deceased", "shared_number")
    assert {ada.row.status, bob.row.status} == {"active"}
    assert {episode(day, ada), episode(day, bob)} == {"paused"}


def test_a_caregiver_is_thanked_once_and_answers_for_the_patient(day: Day) -> None:
    ada = day.patient()
    eve = day.caregiver(ada)
    day.check_in(ada)
    eve.texts("no").hears("you answer for the patient", "scale at home")
    eve.texts("yes").hears("What is your weight")
    assert answered(day, ada) == {"safety": False, "scale": True}
    assert [m.caregiver_id is not None for m in eve.messages if m.direction == "in"] == [True] * 2


def test_a_caregivers_red_flag_is_the_patients(day: Day) -> None:
    ada = day.patient()
    eve = day.caregiver(ada)
    eve.texts("she can't breathe").hears("Call 911 now")
    day.queue.shows(ada, "emergency", "breathing")
    ada.hears_nothing()


def test_a_caregivers_stop_leaves_the_patients_texts_alone(day: Day) -> None:
    ada = day.patient()
    eve = day.caregiver(ada)
    eve.texts("STOP")
    assert ada.row.status == "active"
    day.queue.shows(ada, "routine", "caregiver_stopped")


def sharing(day: Day) -> tuple[Phone, Phone]:
    ada = day.patient("Ada")
    return ada, day.patient("Bob", phone=ada.number)
