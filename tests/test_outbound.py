"""Texts go out: once each, in order, at an hour that may be, whatever the carrier does."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from aftercare.models import Message, SendAttempt
from aftercare.outbound import Delivery, queue
from tests.harness import Day, Phone

BREATHLESS = "I can't breathe"
CALL = "Call 911 now"


def test_a_text_goes_out_once_and_is_seen_to_arrive(day: Day) -> None:
    ada = day.patient()
    say(day, ada, "hello")
    ada.hears("hello")
    assert outgoing(ada) == [("hello", "delivered")]
    day.passes(hours=1)
    ada.hears_nothing()


@pytest.mark.parametrize(
    "fault", ["slow_down", "error", "error_but_taken", "timeout", "timeout_but_taken"]
)
def test_a_text_the_carrier_stumbles_over_arrives_once(day: Day, fault: str) -> None:
    ada = day.patient()
    day.line.phones.plan(fault, to=ada.number)
    say(day, ada, "hello")
    for _ in range(3):
        day.passes(seconds=10)
    ada.hears("hello")
    assert outgoing(ada) == [("hello", "delivered")]


@pytest.mark.parametrize("fault", ["error_but_taken", "timeout_but_taken"])
def test_a_text_that_was_taken_after_all_is_not_sent_again(day: Day, fault: str) -> None:
    ada = day.patient()
    day.line.phones.manner(delivery="held")
    day.line.phones.plan(fault, to=ada.number)
    say(day, ada, "hello")
    for _ in range(3):
        day.passes(seconds=10)
    assert [a.outcome for a in attempts(day)] == ["sent"]
    day.line.phones.deliver(to=ada.number)
    ada.hears("hello")


def test_a_carrier_that_is_down_for_ten_minutes_loses_nothing(day: Day) -> None:
    ada = day.patient()
    day.line.phones.plan("slow_down", to=ada.number, times=7)
    say(day, ada, "hello")
    for _ in range(20):
        day.passes(minutes=1)
    ada.hears("hello")
    day.queue.shows_nothing(ada)


def test_a_look_up_that_fails_is_made_again_before_anything_is_sent(day: Day) -> None:
    ada = day.patient()
    day.line.phones.plan("timeout_but_taken", to=ada.number)
    day.line.phones.plan("error", asked="look_up", times=2)
    day.line.phones.manner(delivery="held")
    say(day, ada, "hello")
    for _ in range(4):
        day.passes(seconds=20)
    day.line.phones.deliver(to=ada.number)
    ada.hears("hello")


def test_a_worker_killed_after_sending_sends_no_second_text(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = day.patient()
    day.line.phones.manner(delivery="held")
    with monkeypatch.context() as killed:
        killed.setattr(Delivery, "_record", dies)
        with pytest.raises(AssertionError, match="jobs failed"):
            say(day, ada, "hello")
    forget_failures(day)
    assert outgoing(ada) == [("hello", "sending")]
    day.passes(seconds=10)
    day.line.phones.deliver(to=ada.number)
    ada.hears("hello")
    assert outgoing(ada) == [("hello", "delivered")]


def test_a_callback_that_overtakes_our_record_settles_the_text(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = day.patient()
    with monkeypatch.context() as killed:
        killed.setattr(Delivery, "_record", dies)
        with pytest.raises(AssertionError, match="jobs failed"):
            say(day, ada, "hello")
    day.line.phones.settle()
    assert outgoing(ada) == [("hello", "delivered")]
    forget_failures(day)
    day.passes(seconds=30)
    ada.hears("hello")


def test_a_worker_killed_before_sending_leaves_the_text_to_the_next(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = day.patient()
    with monkeypatch.context() as killed:
        killed.setattr(Delivery, "_post", dies)
        with pytest.raises(AssertionError, match="jobs failed"):
            say(day, ada, "hello")
    forget_failures(day)
    for _ in range(3):
        day.passes(seconds=10)
    ada.hears("hello")


@pytest.mark.parametrize("manner", [{"order": "reversed"}, {"twice": True}])
def test_callbacks_out_of_order_or_twice_never_take_a_text_back(
    day: Day, manner: dict[str, object]
) -> None:
    ada = day.patient()
    day.line.phones.manner(**manner)
    say(day, ada, "hello")
    ada.hears("hello")
    assert outgoing(ada) == [("hello", "delivered")]


def test_a_status_nobody_knows_changes_nothing(day: Day) -> None:
    ada = day.patient()
    say(day, ada, "hello")
    [text] = [m for m in ada.messages if m.direction == "out"]
    day.line.phones.call_back(str(text.sid), "teleported")
    day.line.phones.call_back(str(text.sid), "queued")
    assert outgoing(ada) == [("hello", "delivered")]


def test_a_phone_that_was_off_is_tried_again_and_then_a_human_is_told(day: Day) -> None:
    ada = day.patient()
    day.line.phones.plan("undelivered", code=30003, to=ada.number, times=3)
    say(day, ada, "hello")
    ada.hears_nothing()
    day.queue.shows_nothing(ada)
    day.passes(minutes=31)
    day.queue.shows_nothing(ada)
    day.passes(minutes=31)
    day.queue.shows(ada, "routine", "undelivered")
    day.passes(minutes=31)
    ada.hears_nothing()
    assert len(attempts(day)) == 3


def test_a_phone_that_comes_back_gets_its_text(day: Day) -> None:
    ada = day.patient()
    day.line.phones.plan("undelivered", code=30003, to=ada.number)
    say(day, ada, "hello")
    day.passes(minutes=31)
    ada.hears("hello")
    day.queue.shows_nothing(ada)


def test_an_emergency_text_that_did_not_arrive_is_told_at_once(day: Day) -> None:
    ada = day.patient()
    day.line.phones.plan("undelivered", code=30003, to=ada.number)
    ada.texts(BREATHLESS).hears_nothing()
    day.queue.shows(ada, "emergency", "breathing", "undelivered")


@pytest.mark.parametrize("code", [21211, 21614, 30006, 30007])
def test_a_number_that_cannot_be_texted_is_a_humans_to_call(day: Day, code: int) -> None:
    ada = day.patient()
    kind = "refused" if code < 30000 else "undelivered"
    day.line.phones.plan(kind, code=code, to=ada.number)
    say(day, ada, "hello")
    day.passes(hours=1)
    day.queue.shows(ada, "routine", "undelivered")
    ada.hears_nothing()


def test_an_opt_out_at_the_carrier_is_mirrored_and_a_human_is_told(day: Day) -> None:
    ada = day.patient()
    day.line.phones.plan("refused", code=21610, to=ada.number)
    say(day, ada, "hello")
    assert ada.row.status == "opted_out"
    day.queue.shows(ada, "routine", "undelivered")
    say(day, ada, "hello again")
    assert outgoing(ada) == [("hello", "failed"), ("hello again", "canceled")]


def test_what_waits_is_taken_back_by_a_stop(day: Day) -> None:
    ada = day.patient()
    day.line.phones.plan("slow_down", to=ada.number)
    say(day, ada, "hello")
    ada.texts("STOP").skips()
    for _ in range(3):
        day.passes(seconds=20)
    ada.hears_nothing()
    assert outgoing(ada) == [("hello", "canceled")]


def test_a_try_under_way_when_the_patient_stops_is_not_made_again(day: Day) -> None:
    ada = day.patient()
    day.line.phones.plan("timeout", to=ada.number)
    say(day, ada, "hello")
    ada.texts("please stop texting me").skips()
    for _ in range(3):
        day.passes(seconds=20)
    assert outgoing(ada)[0] == ("hello", "canceled")
    day.queue.shows_nothing(ada)


def test_the_next_text_does_not_overtake_one_that_is_tried_again(day: Day) -> None:
    ada = day.patient()
    day.line.phones.plan("slow_down", to=ada.number)
    say(day, ada, "first")
    say(day, ada, "second")
    ada.hears_nothing()
    day.passes(seconds=10)
    ada.hears("first", "second")


def test_an_emergency_text_overtakes_everything(day: Day) -> None:
    ada = day.patient()
    day.line.phones.plan("slow_down", to=ada.number)
    say(day, ada, "first")
    ada.texts(BREATHLESS).hears(CALL)
    day.passes(seconds=10)
    ada.hears("first")


def test_one_patients_trouble_does_not_hold_another_up(day: Day) -> None:
    ada, bob = day.patient(), day.patient("Bob")
    day.line.phones.plan("timeout", to=ada.number)
    say(day, ada, "hello Ada")
    say(day, bob, "hello Bob")
    bob.hears("hello Bob")


# The hour


def test_a_welcome_waits_for_the_morning_where_the_patient_lives(day: Day) -> None:
    day.clock.set(datetime(2026, 3, 11, 2, 0, tzinfo=UTC))  # 22:00 in New York, 19:00 in LA
    ada, leo = day.patient(), day.patient("Leo", zone="America/Los_Angeles")
    say(day, ada, "welcome Ada", "welcome")
    say(day, leo, "welcome Leo", "welcome")
    ada.hears_nothing()
    leo.hears("welcome Leo")
    day.passes(hours=10, minutes=59)  # 8:59 in New York
    ada.hears_nothing()
    day.passes(minutes=1)
    ada.hears("welcome Ada")


def test_the_morning_comes_an_hour_sooner_when_clocks_go_forward(day: Day) -> None:
    day.clock.set(datetime(2026, 3, 8, 2, 0, tzinfo=UTC))  # Saturday 21:00 EST
    ada = day.patient()
    say(day, ada, "welcome", "welcome")
    day.passes(hours=10, minutes=59)  # Sunday 8:59 EDT
    ada.hears_nothing()
    day.passes(minutes=1)
    ada.hears("welcome")


def test_an_answer_goes_out_at_any_hour(day: Day) -> None:
    ada = day.patient()
    day.clock.set(datetime(2026, 3, 11, 6, 0, tzinfo=UTC))
    ada.texts(BREATHLESS).hears(CALL)
    ada.texts("HELP").hears("Reply STOP to unsubscribe")


def test_what_is_stale_after_an_outage_is_not_sent(day: Day) -> None:
    ada = day.patient()
    say(day, ada, "hello", "reminder", work=False)
    day.clock.advance(hours=5)
    day.work()
    ada.hears_nothing()
    assert outgoing(ada) == [("hello", "expired")]
    day.queue.shows_nothing(ada)


def test_a_stale_answer_is_told_to_a_human(day: Day) -> None:
    ada = day.patient()
    say(day, ada, "hello", work=False)
    day.clock.advance(hours=7)
    day.work()
    day.queue.shows(ada, "routine", "undelivered")


def test_the_daily_cap_holds_back_all_but_what_is_pressing(day: Day) -> None:
    ada = day.patient()
    cap = day.app.clinic.policy.daily_cap
    for n in range(cap + 1):
        say(day, ada, f"text {n}", work=False)
    day.work()
    assert len(ada.heard) == cap
    ada.skips()
    ada.texts(BREATHLESS).hears(CALL)
    day.clock.advance(days=1)
    say(day, ada, "a new day")
    ada.hears("a new day")


def test_a_burst_is_spread_over_the_lines_pace(day: Day) -> None:
    pace = day.app.clinic.policy.segments_per_second
    phones = [day.patient(f"P{n}") for n in range(4)]
    for phone in phones:
        for n in range(4):
            say(day, phone, f"{n} " + "x" * 1500, work=False)
    day.work()
    assert sum(len(phone.heard) for phone in phones) < 16
    for _ in range(3):
        day.passes(seconds=160 / pace)
    assert sum(len(phone.heard) for phone in phones) == 16


def say(day: Day, phone: Phone, body: str, kind: str = "reply", work: bool = True) -> None:
    with day.app.database.begin() as session:
        row = session.get_one(type(phone.row), phone.id)
        queue(session, day.app.clinic, day.clock.now(), row, kind, body)
    if work:
        day.work()


def outgoing(phone: Phone) -> list[tuple[str | None, str]]:
    return [(m.body, m.state) for m in phone.messages if m.direction == "out"]


def attempts(day: Day) -> list[SendAttempt]:
    with day.app.database.begin() as session:
        return list(session.scalars(select(SendAttempt).join(Message)))


def dies(*_: object, **__: object) -> None:
    raise RuntimeError("killed for this test")


def forget_failures(day: Day) -> None:
    """What the engine does with a dead worker's jobs: here the sweep finds the rows instead."""
    with day.app.database.begin() as session:
        session.connection().exec_driver_sql("DELETE FROM procrastinate_jobs")
