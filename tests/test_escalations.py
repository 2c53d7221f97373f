"""Escalations: opened, raised, paged up the ladder, worked on and closed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from aftercare import escalations
from aftercare.escalations import CannotClose, Closing, Conflict, Reason, flag
from aftercare.levels import Level
from aftercare.models import Coverage, Escalation, Staff
from tests.harness import Day, Phone

CLOSED = Closing(
    outcome="advice_given",
    contact="voice",
    action="Called, explained the water pill",
    patient_confirmed=True,
    follow_up_on=date(2026, 3, 12),
    actionable=True,
)
SUNDAY_NIGHT = datetime(2026, 3, 16, 3, 0, tzinfo=UTC)


def test_an_unanswered_emergency_climbs_the_ladder(day: Day) -> None:
    ada = in_danger(day)
    assert paged(day, ada) == ["nurse"]
    day.passes(minutes=4, seconds=59)
    assert paged(day, ada) == ["nurse"]
    day.passes(seconds=1)
    assert paged(day, ada) == ["nurse", "backup"]
    day.passes(minutes=5)
    assert paged(day, ada) == ["nurse", "backup", "super"]
    day.passes(hours=1)
    assert len(paged(day, ada)) == 3


def test_who_is_acknowledged_spares_the_others(day: Day) -> None:
    ada = in_danger(day)
    do(day, ada, escalations.acknowledge)
    day.passes(minutes=5)
    day.passes(minutes=5)
    assert paged(day, ada) == ["nurse"]


def test_an_urgent_item_pages_its_case_manager_and_when_due_the_supervisor(day: Day) -> None:
    ada = raised(day, Level.URGENT)
    assert paged(day, ada) == ["nurse"]
    day.passes(hours=2)
    assert paged(day, ada) == ["nurse", "super"]


def test_a_routine_item_pages_nobody(day: Day) -> None:
    ada = raised(day, Level.ROUTINE)
    day.passes(days=3)
    assert paged(day, ada) == []


def test_a_page_that_fails_calls_the_next_person_at_once(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    takes = iter([False])
    monkeypatch.setattr(day.pager, "page", lambda *_: next(takes, True))
    ada = in_danger(day)
    assert paged(day, ada) == ["backup"]
    day.passes(seconds=21)
    assert paged(day, ada) == ["backup", "nurse"]


def test_a_pager_that_breaks_is_a_page_that_failed(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: Any) -> bool:
        raise OSError("no route to host")

    with monkeypatch.context() as broken:
        broken.setattr(day.pager, "page", breaks)
        ada = in_danger(day)
        for _ in range(4):
            day.passes(seconds=21)
    failed = [e for e in day.queue.events(ada) if e.kind == "page_failed"]
    assert len(failed) == 3
    assert day.queue.shows(ada, "emergency")


def test_a_page_says_neither_who_nor_what(day: Day) -> None:
    ada = in_danger(day)
    item = day.queue.shows(ada, "emergency")
    assert day.pager.pages == [("emergency", item.ref)]


def test_an_item_is_never_nobodys(day: Day) -> None:
    with day.app.database.begin() as session:
        for shift in session.query(Coverage):
            session.delete(shift)
    day.clock.set(SUNDAY_NIGHT)
    assert in_danger(day) and day.pager.pages
    with day.app.database.begin() as session:
        item = session.query(Escalation).one()
        assert item.assignee_id == day.nurse.id


def test_at_night_an_item_is_the_one_on_dutys(day: Day) -> None:
    day.clock.set(SUNDAY_NIGHT)
    ada = in_danger(day)
    assert day.queue.shows(ada, "emergency").assignee_id == day.supervisor.id


def test_who_left_gets_no_item(day: Day) -> None:
    with day.app.database.begin() as session:
        session.get_one(Staff, day.nurse.id).active = False
    ada = in_danger(day)
    assert day.queue.shows(ada, "emergency").assignee_id == day.backup.id


def test_without_any_staff_the_text_is_not_lost(day: Day) -> None:
    with day.app.database.begin() as session:
        for person in session.query(Staff):
            person.active = False
    ada = day.patient()
    with pytest.raises(AssertionError, match="jobs failed"):
        ada.texts("my chest hurts")
    assert [m.state for m in ada.messages] == ["received"]


def test_a_patient_has_one_open_item_that_is_raised_and_never_lowered(day: Day) -> None:
    ada = raised(day, Level.ROUTINE)
    first = day.queue.shows(ada, "routine")
    flagged(day, ada, Level.URGENT)
    flagged(day, ada, Level.ROUTINE)
    second = day.queue.shows(ada, "urgent")
    assert (second.id, second.ref) == (first.id, first.ref)
    assert second.due_at < first.due_at
    flagged(day, ada, Level.EMERGENCY)
    flagged(day, ada, Level.URGENT)
    assert day.queue.shows(ada, "emergency").id == first.id


def test_a_raise_asks_to_be_acknowledged_again(day: Day) -> None:
    ada = raised(day, Level.URGENT)
    do(day, ada, escalations.acknowledge)
    flagged(day, ada, Level.EMERGENCY)
    day.work()
    item = day.queue.shows(ada, "emergency")
    assert item.acknowledged_at is None
    assert day.pager.pages[-1] == ("emergency", item.ref)


def test_an_emergency_after_the_patient_was_reached_begins_anew(day: Day) -> None:
    ada = in_danger(day)
    do(day, ada, escalations.reached, "voice")
    day.passes(hours=1)
    ada.texts("my chest hurts again")
    item = day.queue.shows(ada, "emergency")
    assert (item.acknowledged_at, item.reached_at) == (None, None)
    assert day.pager.pages == [("emergency", item.ref)] * 2
    day.passes(minutes=5)
    assert paged(day, ada) == ["nurse", "nurse", "backup"]


def test_after_closing_a_new_flag_opens_a_new_item(day: Day) -> None:
    ada = raised(day, Level.URGENT)
    first = day.queue.shows(ada, "urgent")
    do(day, ada, escalations.close, CLOSED)
    day.queue.shows_nothing(ada)
    flagged(day, ada, Level.ROUTINE)
    assert day.queue.shows(ada, "routine").id != first.id


def test_thanks_do_not_open_a_closed_item_again(day: Day) -> None:
    ada = raised(day, Level.URGENT)
    do(day, ada, escalations.close, CLOSED)
    ada.texts("thanks").hears("You are welcome")
    day.queue.shows_nothing(ada)


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({"outcome": "fine"}, "outcome"),
        ({"contact": ""}, "contact"),
        ({"action": "  "}, "action"),
        ({"patient_confirmed": None}, "patient_confirmed"),
        ({"actionable": None}, "actionable"),
    ],
)
def test_an_item_closes_with_a_complete_record_only(
    day: Day, changed: dict[str, Any], missing: str
) -> None:
    ada = raised(day, Level.ROUTINE)
    with pytest.raises(CannotClose) as refused:
        do(day, ada, escalations.close, replaced(**changed))
    assert set(refused.value.reasons) == {missing}
    day.queue.shows(ada, "routine")


@pytest.mark.parametrize(
    ("contact", "tried", "closes"),
    [
        ("voice", False, True),
        ("in_person", False, True),
        ("welfare_check", False, True),
        ("text", False, False),
        ("attempts", False, False),
        ("attempts", True, True),
    ],
)
def test_an_emergency_ends_with_a_voice_tries_or_a_welfare_check(
    day: Day, contact: str, tried: bool, closes: bool
) -> None:
    ada = in_danger(day)
    if tried:
        do(day, ada, escalations.attempt, "voice", "no answer, left a message")
    closing = replaced(contact=contact)
    if closes:
        do(day, ada, escalations.close, closing)
        day.queue.shows_nothing(ada)
    else:
        with pytest.raises(CannotClose, match="voice contact"):
            do(day, ada, escalations.close, closing)


def test_the_second_to_take_an_item_is_told_who_was_first(day: Day) -> None:
    ada = in_danger(day)
    do(day, ada, escalations.acknowledge, by=day.backup)
    with pytest.raises(Conflict, match="Backup was first"):
        do(day, ada, escalations.acknowledge, by=day.nurse)
    assert day.queue.shows(ada, "emergency").assignee_id == day.backup.id


def test_two_who_take_an_item_at_the_same_moment_are_one(day: Day) -> None:
    ada = in_danger(day)
    id = day.queue.shows(ada, "emergency").id
    with day.app.database.begin() as one, day.app.database.begin() as other:
        mine, theirs = one.get_one(Escalation, id), other.get_one(Escalation, id)
        escalations.acknowledge(one, day.clock.now(), day.nurse, mine)
        one.commit()
        with pytest.raises(Conflict):
            escalations.acknowledge(other, day.clock.now(), day.backup, theirs)


def test_a_closed_item_takes_no_more_work(day: Day) -> None:
    ada = raised(day, Level.URGENT)
    item = day.queue.shows(ada, "urgent")
    do(day, ada, escalations.close, CLOSED)
    with day.app.database.begin() as session:
        row = session.get_one(Escalation, item.id)
        for act, words in (
            (escalations.acknowledge, ()),
            (escalations.attempt, ("voice", "called")),
            (escalations.reached, ("voice",)),
            (escalations.close, (CLOSED,)),
        ):
            with pytest.raises(Conflict):
                act(session, day.clock.now(), day.nurse, row, *words)


def test_a_case_managers_reply_reaches_the_phone(day: Day) -> None:
    ada = in_danger(day).skips()
    with day.app.database.begin() as session:
        item = session.get_one(Escalation, day.queue.shows(ada, "emergency").id)
        escalations.reply(
            session, day.app.clinic, day.clock.now(), day.nurse, item, "An ambulance is coming."
        )
    day.work()
    ada.hears("An ambulance is coming.")


def test_nobody_who_stopped_is_replied_to(day: Day) -> None:
    ada = in_danger(day)
    ada.texts("STOP")
    with day.app.database.begin() as session:
        item = session.get_one(Escalation, day.queue.shows(ada, "emergency").id)
        with pytest.raises(ValueError, match="call instead"):
            escalations.reply(
                session, day.app.clinic, day.clock.now(), day.nurse, item, "Are you well?"
            )


def test_two_texts_at_once_open_one_item(day: Day) -> None:
    ada = day.patient()
    ada.writes("my chest hurts")
    ada.writes("I can't breathe")
    day.work()
    day.queue.shows(ada, "emergency", "chest_pain", "breathing")
    assert len(day.pager.pages) == 1


def test_an_urgent_clock_out_of_hours_begins_with_the_next_shift(day: Day) -> None:
    with day.app.database.begin() as session:
        session.query(Coverage).filter(Coverage.tier == "supervisor").delete()
    day.clock.set(SUNDAY_NIGHT)  # Sunday 23:00 in New York
    ada = raised(day, Level.URGENT)
    monday_8 = datetime(2026, 3, 16, 12, 0, tzinfo=UTC)
    assert day.queue.shows(ada, "urgent").due_at == monday_8 + timedelta(hours=2)


def in_danger(day: Day) -> Phone:
    return day.patient().texts("my chest hurts")


def raised(day: Day, level: Level) -> Phone:
    ada = day.patient()
    flagged(day, ada, level)
    day.work()
    return ada


def flagged(day: Day, phone: Phone, level: Level) -> None:
    with day.app.database.begin() as session:
        reason = Reason(f"a_{level}_thing", level)
        flag(session, day.app.clinic, day.clock.now(), phone.row, [reason])


def do(day: Day, phone: Phone, act: Any, *words: Any, by: Staff | None = None) -> None:
    item = day.queue.of(phone)
    assert item
    with day.app.database.begin() as session:
        act(session, day.clock.now(), by or day.nurse, session.get_one(Escalation, item.id), *words)


def paged(day: Day, phone: Phone) -> list[str]:
    """Who was paged about the patient, in order."""
    names = {day.nurse.id: "nurse", day.backup.id: "backup", day.supervisor.id: "super"}
    return [names[e.staff_id] for e in day.queue.events(phone) if e.kind == "paged" and e.staff_id]


def replaced(**changed: Any) -> Closing:
    return Closing(**{**CLOSED.__dict__, **changed})
