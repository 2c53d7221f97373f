"""How the tests of the export bring about a stay, and read what it became in FHIR."""

from datetime import UTC, datetime
from typing import Any

from aftercare import fhir
from aftercare.escalations import Closing, acknowledge, close, reached
from aftercare.models import Answer, CheckIn, Escalation
from tests.harness import Day, Phone

BREATHLESS = "I can't breathe, my chest hurts"
type Resource = dict[str, Any]


def weighed(day: Day) -> Phone:
    """Ada, in the middle of a check-in, with a weight."""
    ada = day.patient()
    day.check_in(ada)
    return ada.texts("no").texts("yes").texts("182")


def breathless(day: Day) -> Phone:
    ada = day.patient()
    day.rasa.down = True
    return ada.texts(BREATHLESS)


def closes(day: Day, phone: Phone) -> None:
    with day.app.database.begin() as session:
        item = session.get_one(Escalation, day.queue.shows(phone, "emergency").id)
        acknowledge(session, day.clock.now(), day.nurse, item)
        reached(session, day.clock.now(), day.nurse, item, "voice")
        ended = Closing("sent_to_emergency", "voice", "told her to call", True, None, True)
        close(session, day.clock.now(), day.nurse, item, ended)


def answers(day: Day, phone: Phone, *given: tuple[str, Any, str | None]) -> None:
    """A finished check-in with these answers."""
    now = datetime(2026, 3, 10, 16, tzinfo=UTC)
    with day.app.database.begin() as session:
        check_in = CheckIn(
            episode_id=phone.episode, offset_days=3, scheduled_for=now, state="completed", tries=0
        )
        session.add(check_in)
        session.flush()
        for question, value, unit in given:
            answer = Answer(
                check_in_id=check_in.id, question=question, value=value, unit=unit, at=now
            )
            session.add(answer)


def exported(day: Day, phone: Phone, *, words: bool = False) -> Resource:
    with day.app.database.begin() as session:
        record = fhir.record_of(session, day.app.clinic, phone.episode, words=words)
        return fhir.bundle_of(record)


def text(day: Day, phone: Phone, *, words: bool = False) -> str:
    return fhir.to_bytes(exported(day, phone, words=words)).decode()


def of(day: Day, phone: Phone, kind: str, *, words: bool = False) -> list[Resource]:
    return find(exported(day, phone, words=words), kind)


def one(day: Day, phone: Phone, kind: str) -> Resource:
    (found,) = of(day, phone, kind)
    return found


def find(bundle: Resource, kind: str) -> list[Resource]:
    rows = [entry["resource"] for entry in bundle["entry"]]
    return [row for row in rows if row["resourceType"] == kind]
