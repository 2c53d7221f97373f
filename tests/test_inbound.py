"""A patient's text comes in."""

from tests.harness import Day


def test_a_red_flag_is_answered_and_paged_while_rasa_is_down(day: Day) -> None:
    ada = day.patient()
    day.rasa.down = True
    ada.texts("I can't breathe, my chest hurts")
    ada.hears("Call 911 now")
    item = day.queue.shows(ada, "emergency")
    assert item.assignee_id == day.nurse.id
    assert day.pager.pages == [("emergency", item.ref)]


def test_the_same_webhook_twice_is_one_text(day: Day) -> None:
    ada = day.patient()
    ada.texts("I can't breathe", times=2)
    ada.hears("Call 911 now")
    assert sum(m.direction == "in" for m in ada.messages) == 1
