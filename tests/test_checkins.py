"""Check-ins are begun on their day, reminded once, and never left hanging."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from aftercare.models import Answer, CheckIn, Episode
from tests.harness import Day, Phone

OPENING = "Mercy check-in."


def test_a_check_in_begins_with_the_safety_question(day: Day) -> None:
    ada = day.patient()
    day.check_in(ada)
    ada.hears("Mercy check-in. Right now, do you have trouble breathing")
    day.passes(minutes=5)
    ada.hears_nothing()


def test_a_check_in_speaks_the_patients_language(day: Day) -> None:
    ada = day.patient(locale="es")
    day.check_in(ada)
    assert "check-in" not in ada.heard[0]
    assert "SÍ" in ada.heard[0] or "SI" in ada.heard[0]


def test_a_check_in_waits_for_rasa_and_begins_once(day: Day) -> None:
    ada = day.patient()
    day.rasa.down = True
    day.check_in(ada)
    ada.hears_nothing()
    day.passes(minutes=30)
    day.rasa.down = False
    day.passes(seconds=5)
    ada.hears(OPENING)
    day.passes(minutes=5)
    ada.hears_nothing()


def test_a_check_in_that_could_not_begin_all_day_is_a_humans(day: Day) -> None:
    ada = day.patient()
    day.rasa.down = True
    day.check_in(ada)
    day.passes(hours=6)
    ada.hears_nothing()
    day.queue.shows(ada, "routine", "check_in_not_sent")
    day.rasa.down = False
    day.passes(hours=1)
    ada.hears_nothing()


def test_no_check_in_begins_at_night(day: Day) -> None:
    ada = day.patient()
    day.clock.set(datetime(2026, 3, 11, 12, 59, tzinfo=UTC))  # 8:59 in New York
    day.check_in(ada)
    ada.hears_nothing()
    day.passes(minutes=1)
    ada.hears(OPENING)


def test_the_dead_the_stopped_and_the_paused_are_not_asked(day: Day) -> None:
    ada, bob = day.patient(), day.patient("Bob")
    ada.texts("STOP").skips()
    with day.app.database.begin() as session:
        session.get_one(Episode, bob.episode).state = "paused"
    day.check_in(ada)
    day.check_in(bob)
    ada.hears_nothing()
    bob.hears_nothing()
    assert states(day, ada) == ["expired"]
    assert states(day, bob) == ["scheduled"]


def test_who_stops_while_the_check_in_is_being_begun_is_not_asked(day: Day) -> None:
    ada = day.patient()
    day.rasa.down = True
    day.check_in(ada)
    ada.texts("STOP").skips()
    day.rasa.down = False
    day.passes(seconds=5)
    ada.hears_nothing()
    assert states(day, ada) == ["expired"]


def test_after_an_emergency_was_reached_check_ins_go_on(day: Day) -> None:
    from aftercare.escalations import reached
    from aftercare.models import Escalation

    ada = day.patient()
    ada.texts("my chest hurts").skips()
    item = day.queue.shows(ada, "emergency")
    with day.app.database.begin() as session:
        reached(session, day.clock.now(), day.nurse, session.get_one(Escalation, item.id), "voice")
    day.check_in(ada)
    ada.hears(OPENING)


def test_four_hours_of_silence_get_one_reminder(day: Day) -> None:
    ada = day.patient()
    day.check_in(ada)
    ada.skips()
    day.passes(hours=3, minutes=59)
    ada.hears_nothing()
    day.passes(minutes=1)
    ada.hears("We have not heard from you yet. Right now")
    day.passes(hours=3)
    ada.hears_nothing()


def test_silence_on_the_first_days_is_a_call(day: Day) -> None:
    ada = day.patient()
    day.check_in(ada)
    day.passes(hours=4)
    day.queue.shows_nothing(ada)
    day.passes(hours=4)
    day.queue.shows(ada, "routine", "silence")
    assert states(day, ada) == ["silent"]


def test_silence_later_is_a_call_after_three_and_then_a_pause(day: Day) -> None:
    ada = day.patient(discharged=timedelta(days=6))
    for day_ in (6, 10):
        day.check_in(ada, day=day_)
        day.passes(hours=4)
        day.passes(hours=4)
        day.queue.shows_nothing(ada)
        day.passes(hours=16)
    day.check_in(ada, day=14)
    day.passes(hours=4)
    day.passes(hours=4)
    day.queue.shows(ada, "routine", "silence")
    with day.app.database.begin() as session:
        row = session.get_one(Episode, ada.episode)
        assert (row.state, row.state_reason) == ("paused", "three_silences")


def test_an_answer_ends_the_count_of_silences(day: Day) -> None:
    ada = day.patient(discharged=timedelta(days=6))
    for day_ in (6, 10):
        day.check_in(ada, day=day_)
        day.passes(hours=4)
        day.passes(hours=4)
        day.passes(hours=16)
    day.check_in(ada, day=14)
    for text in ("no", "yes", "182", "no", "no", "no", "no", "yes", "0"):
        ada.texts(text)
    day.passes(days=1)
    day.check_in(ada, day=21)
    day.passes(hours=4)
    day.passes(hours=4)
    day.queue.shows_nothing(ada)


def test_the_reminder_of_an_evening_question_comes_in_the_morning(day: Day) -> None:
    ada = day.patient()
    day.check_in(ada)
    day.clock.set(datetime(2026, 3, 10, 23, 0, tzinfo=UTC))  # 19:00 in New York
    ada.texts("no").skips()
    day.passes(hours=5)  # midnight
    day.passes(hours=5)
    ada.hears_nothing()
    assert states(day, ada) == ["open"]
    day.passes(hours=4)  # 9:00
    ada.hears("We have not heard from you yet. Do you have a scale")
    day.passes(hours=4)
    assert states(day, ada) == ["silent"]


def test_the_next_check_in_ends_the_one_before(day: Day) -> None:
    ada = day.patient()
    day.check_in(ada)
    ada.texts("no")
    day.passes(hours=1)
    day.check_in(ada, day=2)
    assert states(day, ada) == ["silent", "open"]
    ada.skips()
    ada.texts("no")
    assert answers(day, ada) == [(1, "safety", False), (2, "safety", False)]


def test_quiet_is_not_the_same_as_undelivered(day: Day) -> None:
    ada, bob = day.patient(), day.patient("Bob")
    day.line.phones.plan("undelivered", code=30003, to=bob.number, times=9)
    day.check_in(ada)
    day.check_in(bob)
    for _ in range(8):
        day.passes(hours=1)
    said = {
        phone.number: next(e.detail for e in day.queue.events(phone) if e.concept == "silence")
        for phone in (ada, bob)
    }
    assert '"delivered": true' in (said[ada.number] or "")
    assert '"delivered": false' in (said[bob.number] or "")


def states(day: Day, phone: Phone) -> list[str]:
    with day.app.database.begin() as session:
        return [c.state for c in session.get_one(Episode, phone.episode).check_ins]


def answers(day: Day, phone: Phone) -> list[tuple[int, str, object]]:
    with day.app.database.begin() as session:
        rows = session.execute(
            select(CheckIn.offset_days, Answer.question, Answer.value)
            .join(Answer)
            .where(CheckIn.episode_id == phone.episode)
            .order_by(Answer.at, CheckIn.offset_days)
        )
        return [tuple(row) for row in rows]  # type: ignore[misc]
