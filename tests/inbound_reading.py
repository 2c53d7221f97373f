"""How the tests of incoming texts read what is on record of a patient."""

from aftercare.models import Episode
from tests.harness import Day, Phone

BREATHLESS = "I can't breathe, my chest hurts"


def answered(day: Day, phone: Phone) -> dict[str, object]:
    with day.app.database.begin() as session:
        row = session.get_one(Episode, phone.episode)
        return {a.question: a.value for c in row.check_ins for a in c.answers}


def episode(day: Day, phone: Phone) -> str:
    with day.app.database.begin() as session:
        return session.get_one(Episode, phone.episode).state
