"""A clinic asks of its own work."""

from datetime import timedelta

from aftercare import reports
from aftercare.escalations import Closing, acknowledge, close, reached
from aftercare.models import Escalation
from tests.harness import Day


def test_the_report_counts_how_fast_and_how_often_for_nothing(day: Day) -> None:
    ada, ben = day.patient(), day.patient()
    day.rasa.down = True
    ada.texts("I can't breathe")
    ben.texts("I can't breathe")
    day.clock.advance(minutes=4)
    with day.app.database.begin() as session:
        item = session.get_one(Escalation, day.queue.shows(ada, "emergency").id)
        acknowledge(session, day.clock.now(), day.nurse, item)
        reached(session, day.clock.now(), day.nurse, item, "voice")
        done = Closing("sent_to_emergency", "voice", "called 911", True, None, True)
        close(session, day.clock.now(), day.nurse, item, done)
    day.clock.advance(minutes=10)
    now = day.clock.now()
    with day.app.database.begin() as session:
        emergency = reports.escalations(session, now - timedelta(days=1), now)[0]
    assert (emergency.opened, emergency.closed, emergency.late) == (2, 1, 1)
    assert emergency.acknowledged_after == 4
    assert emergency.actionable == 1
