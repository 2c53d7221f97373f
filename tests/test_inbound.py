"""A text comes in: stored once, screened before anything else, never lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from aftercare.models import Episode, Message
from aftercare.sweep import sweep
from tests.harness import Day, Phone
from tests.inbound_reading import BREATHLESS, answered

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
