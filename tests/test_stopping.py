"""Texts stop when a patient says so, and for a wrong number or a death; START brings them back."""

from sqlalchemy import select

from aftercare import inbound
from aftercare.models import Consent
from tests.harness import Day, Phone
from tests.inbound_reading import BREATHLESS, episode


def test_stop_is_confirmed_once_by_the_carrier_and_nothing_follows(day: Day) -> None:
    ada = day.patient()
    day.check_in(ada)
    ada.hears("Mercy check-in.")
    ada.texts("Stop").hears("successfully been unsubscribed")
    assert ada.row.status == "opted_out"
    day.passes(hours=5)
    ada.texts("stop").hears_nothing()
    assert consents(day, ada) == [("text", False)]
    day.queue.shows_nothing(ada)


def test_stopping_in_ones_own_words_gets_one_confirmation(day: Day) -> None:
    ada = day.patient()
    ada.texts("please stop texting me").hears("You will get no more texts from us")
    assert ada.row.status == "opted_out"
    ada.texts("please stop texting me").hears_nothing()


def test_the_carriers_own_word_for_stop_counts_in_any_language(day: Day) -> None:
    ada = day.patient(locale="es")
    with day.app.database.begin() as session:
        arrived = inbound.Arrived("SM7", ada.number, "alto ya", (), "STOP")
        inbound.receive(session, day.clock.now(), arrived)
    day.work()
    assert ada.row.status == "opted_out"
    ada.hears_nothing()


def test_after_a_stop_with_an_open_red_flag_a_human_phones(day: Day) -> None:
    ada = day.patient()
    ada.texts("my leg is swollen")
    day.queue.shows(ada, "urgent")
    ada.texts("STOP")
    day.queue.shows(ada, "urgent", "opted_out_while_open")


def test_stop_my_chest_hurts_is_an_opt_out_and_an_emergency(day: Day) -> None:
    ada = day.patient()
    ada.texts("stop texting me my chest hurts").hears("Call 911 now")
    day.queue.shows(ada, "emergency", "chest_pain", "opted_out_while_open")
    assert ada.row.status == "opted_out"


def test_an_emergency_after_a_stop_is_paged_and_the_refusal_is_seen(day: Day) -> None:
    ada = day.patient()
    ada.texts("STOP").skips()
    ada.texts(BREATHLESS).hears_nothing()
    item = day.queue.shows(ada, "emergency", "breathing", "opted_out_while_open", "undelivered")
    assert day.pager.pages == [("emergency", item.ref)]
    assert [m.error for m in ada.messages if m.kind == "emergency"] == ["opted_out"]


def test_what_is_written_after_a_stop_is_read_by_a_human(day: Day) -> None:
    ada = day.patient()
    ada.texts("STOP").skips()
    ada.texts("call me tomorrow").hears_nothing()
    day.queue.shows(ada, "routine", "wrote_after_stop")


def test_start_brings_the_texts_back(day: Day) -> None:
    ada = day.patient()
    ada.texts("STOP").texts("START")
    assert ada.row.status == "active"
    assert consents(day, ada) == [("text", False), ("text", True)]
    ada.skips()
    day.check_in(ada)
    ada.hears("Mercy check-in.")


def test_yes_is_an_answer_unless_one_had_stopped(day: Day) -> None:
    ada = day.patient()
    ada.texts("STOP").texts("Yes")
    assert ada.row.status == "active"


def test_help_gets_its_text_and_a_human_looks(day: Day) -> None:
    ada = day.patient()
    ada.texts("HELP").hears("Reply STOP to unsubscribe")
    day.queue.shows(ada, "routine", "asked_help")


def test_a_wrong_number_is_left_alone_at_once(day: Day) -> None:
    ada = day.patient("Ada")
    day.check_in(ada)
    ada.skips()
    ada.texts("wrong number").hears("We will not text this number again")
    assert (ada.row.status, episode(day, ada)) == ("wrong_number", "stopped")
    day.queue.shows(ada, "routine", "wrong_number")
    day.passes(hours=5)
    ada.hears_nothing()


def test_whoever_has_a_wrong_number_is_told_to_call_in_an_emergency(day: Day) -> None:
    ada = day.patient()
    ada.texts("wrong number").skips()
    ada.texts(BREATHLESS).hears("Call 911 now")


def test_a_death_ends_every_text_and_a_human_knows(day: Day) -> None:
    ada = day.patient()
    day.check_in(ada)
    ada.skips()
    ada.texts("he passed away on sunday").hears("very sorry for your loss")
    assert (ada.row.status, episode(day, ada)) == ("deceased", "stopped")
    day.queue.shows(ada, "routine", "deceased")
    day.passes(days=1)
    ada.hears_nothing()


def consents(day: Day, phone: Phone) -> list[tuple[str, bool]]:
    with day.app.database.begin() as session:
        rows = session.scalars(select(Consent).where(Consent.patient_id == phone.id))
        return [(row.source, row.given) for row in rows]
