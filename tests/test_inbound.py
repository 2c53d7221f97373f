"""A text comes in: stored once, screened before anything else, never lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from aftercare import inbound
from aftercare.crypto import ring
from aftercare.models import Consent, Episode, Escalation, Message
from aftercare.sweep import sweep
from tests.harness import Day, Phone

BREATHLESS = "I can't breathe, my chest hurts"
PNG = ("image/png",)


def test_a_red_flag_is_answered_and_paged_while_rasa_is_down(day: Day) -> None:
    ada = day.patient()
    day.rasa.down = True
    ada.texts(BREATHLESS).hears("Call 911 now")
    item = day.queue.shows(ada, "emergency")
    assert item.assignee_id == day.nurse.id
    assert day.pager.pages == [("emergency", item.ref)]


def test_the_same_webhook_twice_is_one_text(day: Day) -> None:
    ada = day.patient()
    ada.texts(BREATHLESS, times=3).hears("Call 911 now")
    assert incoming(ada) == [BREATHLESS]


def test_a_text_waits_for_rasa_and_is_answered_when_it_returns(day: Day) -> None:
    ada = day.patient()
    day.rasa.down = True
    ada.texts("thanks").hears_nothing()
    day.passes(minutes=1)
    ada.hears_nothing()
    day.rasa.down = False
    day.passes(seconds=30)
    ada.hears("You are welcome")
    day.queue.shows_nothing(ada)


def test_a_text_rasa_could_not_take_in_two_minutes_is_a_humans(day: Day) -> None:
    ada = day.patient()
    day.rasa.down = True
    ada.texts("thanks")
    day.passes(minutes=2)
    ada.hears("A person will see your text")
    day.queue.shows(ada, "routine", "unanswered")
    day.rasa.down = False
    day.passes(minutes=1)
    ada.hears_nothing()


def test_the_action_server_down_is_rasa_down(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = day.patient()
    conversations = type(day.app.conversations)
    with monkeypatch.context() as broken:
        broken.setattr(conversations, "hear", fails)
        ada.texts("thanks").hears_nothing()
        ada.texts(BREATHLESS).hears("Call 911 now")
        day.queue.shows(ada, "emergency")
    day.passes(minutes=1)
    assert [m.state for m in ada.messages if m.direction == "in"] == ["answered", "answered"]


def test_a_text_whose_screening_keeps_failing_reaches_a_human(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = day.patient()
    monkeypatch.setattr(type(day.app.clinic.reader), "read", fails)
    ada.writes("my chest hurts")
    with pytest.raises(AssertionError, match="jobs failed"):
        day.work()
    day.clock.advance(minutes=2)
    day.sweeps()
    assert day.queue.shows(ada, "urgent", "unanswered").assignee_id == day.nurse.id
    assert incoming(ada, "handed_over") == ["my chest hurts"]


def test_a_text_whose_screening_was_lost_is_screened_again(day: Day) -> None:
    ada = day.patient()
    ada.writes(BREATHLESS)
    forget_jobs(day)
    ada.hears_nothing()
    day.passes(seconds=25)
    ada.hears("Call 911 now")


def test_one_patients_trouble_holds_up_nobody_else(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob = day.patient(), day.patient("Bob")
    day.rasa.down = True
    day.check_in(ada)
    day.check_in(bob)
    start_due = sweep.__globals__["_DUE"][1][1]

    def fails_for_ada(session: object, clinic: object, now: object, id: object) -> None:
        if next(ids) == id:
            raise RuntimeError("trouble")
        start_due(session, clinic, now, id)

    with day.app.database.begin() as session:
        ids = iter([*inbound_ids(session, ada), None, None])
    due = tuple(
        (find, fails_for_ada if act is start_due else act)
        for find, act in sweep.__globals__["_DUE"]
    )
    monkeypatch.setitem(sweep.__globals__, "_DUE", due)
    day.rasa.down = False
    day.passes(seconds=5)
    bob.hears("Mercy check-in.")


def test_an_empty_text_is_seen_by_a_human(day: Day) -> None:
    ada = day.patient()
    ada.texts("").hears("A person from your care team will read")
    day.queue.shows(ada, "routine", "unread")


def test_a_picture_is_seen_by_a_human(day: Day) -> None:
    ada = day.patient()
    ada.texts("", media=PNG).hears("We got your picture")
    day.queue.shows(ada, "routine", "media")
    assert [m.media for m in ada.messages if m.direction == "in"] == [["image/png"]]


def test_a_picture_with_words_is_read_and_seen(day: Day) -> None:
    ada = day.patient()
    ada.texts("my chest hurts", media=PNG).hears("Call 911 now", "We got your picture")
    day.queue.shows(ada, "emergency", "chest_pain", "media")


@pytest.mark.parametrize(
    "text", ["😀", "x" * 1600, "qwrtz plmk\x00vbnx", "purple monkey dishwasher"]
)
def test_what_cannot_be_read_is_asked_again_and_then_read_by_a_human(day: Day, text: str) -> None:
    ada = day.patient()
    ada.texts(text).hears("Please say it in other words")
    ada.texts(text).hears("A person from your care team will read your text")
    day.queue.shows(ada, "routine", "unread")
    assert incoming(ada) == [text, text]


def test_two_texts_at_the_same_instant_are_answered_in_order(day: Day) -> None:
    ada = day.patient()
    day.check_in(ada)
    ada.hears("Mercy check-in.")
    ada.writes("no")
    ada.writes("yes")
    day.work()
    assert answered(day, ada) == {"safety": False, "scale": True}


def test_texts_sent_at_once_are_each_answered_once(day: Day) -> None:
    phones = [day.patient(f"P{n}") for n in range(4)]
    with ThreadPoolExecutor(8) as pool:
        for phone in phones * 2:
            pool.submit(phone.writes, "thanks")
    day.work()
    for phone in phones:
        phone.hears("You are welcome", "You are welcome")


def test_a_later_text_does_not_overtake_one_that_is_not_screened_yet(day: Day) -> None:
    ada = day.patient()
    day.check_in(ada)
    ada.writes("no")
    lost = forget_jobs(day)
    ada.texts("yes")
    assert lost == 1
    assert answered(day, ada) == {}
    day.passes(seconds=25)
    assert answered(day, ada) == {"safety": False, "scale": True}


# Numbers we do not know, and numbers that mean several people


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


# Stopping and starting


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


def test_a_text_the_webhook_missed_is_found_in_the_carriers_books(day: Day) -> None:
    ada = day.patient()
    ada.writes(BREATHLESS)
    forget_messages(day)
    day.clock.advance(minutes=5)
    day.reconcile()
    ada.hears("Call 911 now")
    day.reconcile()
    assert incoming(ada) == [BREATHLESS]
    ada.hears_nothing()


def fails(*_: object, **__: object) -> None:
    raise RuntimeError("broken for this test")


def incoming(phone: Phone, state: str | None = None) -> list[str | None]:
    return [m.body for m in phone.messages if m.direction == "in" and state in (None, m.state)]


def answered(day: Day, phone: Phone) -> dict[str, object]:
    with day.app.database.begin() as session:
        row = session.get_one(Episode, phone.episode)
        return {a.question: a.value for c in row.check_ins for a in c.answers}


def episode(day: Day, phone: Phone) -> str:
    with day.app.database.begin() as session:
        return session.get_one(Episode, phone.episode).state


def consents(day: Day, phone: Phone) -> list[tuple[str, bool]]:
    with day.app.database.begin() as session:
        rows = session.scalars(select(Consent).where(Consent.patient_id == phone.id))
        return [(row.source, row.given) for row in rows]


def sharing(day: Day) -> tuple[Phone, Phone]:
    ada = day.patient("Ada")
    return ada, day.patient("Bob", phone=ada.number)


def inbound_ids(session: object, phone: Phone) -> list[object]:
    row = session.get_one(Episode, phone.episode)  # type: ignore[attr-defined]
    return [check_in.id for check_in in row.check_ins]


def forget_jobs(day: Day) -> int:
    with day.app.database.begin() as session:
        return (
            session.connection()
            .exec_driver_sql("DELETE FROM procrastinate_jobs WHERE status = 'todo'")
            .rowcount
        )


def forget_messages(day: Day) -> None:
    """As if the webhook had not been listening."""
    forget_jobs(day)
    with day.app.database.begin() as session:
        for message in session.scalars(select(Message)):
            session.delete(message)
