"""How the console's tests read pages, and let a day go on."""

import re
from datetime import timedelta
from html import unescape

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from aftercare import escalations, outbound
from aftercare.escalations import Reason
from aftercare.levels import Level
from aftercare.models import CheckIn, Escalation, EscalationEvent, Message, Patient
from tests.clinic_seed import NOW, text_row
from tests.console_setup import Desk


def names_in(page: str) -> list[str]:
    """The names in the queue, in its order."""
    return [unescape(name) for name in re.findall(r"data-open>([^<]+)</a></h2>", page)]


def row_of(page: str, name: str) -> str:
    return next(row for row in page.split("<li id=")[1:] if name in row)


def text_of(html: str) -> str:
    """What a reader sees of it, in one line."""
    # What the ticking clock keeps for later is not seen.
    seen = re.sub(r"<[a-z]+[^>]* hidden>.*?</[a-z]+>", "", html, flags=re.DOTALL)
    words = unescape(re.sub(r"<[^>]+>", " ", re.sub(r"</?mark>", "", seen)))
    return re.sub(r" (?=[,.;:”])|(?<=[“(]) ", "", " ".join(words.split()))


def texts(desk: Desk, first_name: str, words: str, concept: str) -> None:
    """The patient writes, and it is an emergency."""
    with desk.app.database.begin() as session:
        patient = session.get_one(Patient, desk.seeded.id(first_name))
        message = outbound.queue(session, desk.app.clinic, NOW, patient, "reply", words)
        message.direction, message.kind, message.state = "in", "text", "answered"
        reason = Reason(concept, Level.EMERGENCY, "flag")
        escalations.flag(session, desk.app.clinic, NOW, patient, [reason], message)


def flag(desk: Desk, first_name: str, concept: str) -> Escalation:
    with desk.app.database.begin() as session:
        patient = session.get_one(Patient, desk.seeded.id(first_name))
        reason = Reason(concept, Level.EMERGENCY, "flag")
        now = desk.clock.now()
        return escalations.flag(session, desk.app.clinic, now, patient, [reason]).escalation


def statements(desk: Desk, path: str) -> int:
    """How many statements the page needs."""
    seen: list[str] = []

    def note(conn: object, cursor: object, statement: str, *rest: object) -> None:
        seen.append(statement)

    engine = desk.app.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        desk.sees(path)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def grow_history(desk: Desk) -> None:
    """Months of texts, check-ins and closed escalations for everybody."""
    with desk.app.database.begin() as session:
        patients = session.scalars(select(Patient)).all()
        for patient in patients:
            for number in range(70):
                text = text_row(NOW, "out", "reply", "delivered", patient.phone, "noted")
                text.patient_id = patient.id
                session.add(text)
                if number < 20:
                    _grow_episode(session, patient, number)
        taken = session.get_one(Escalation, desk.seeded.escalations["María"].id)
        session.add_all(
            EscalationEvent(escalation_id=taken.id, at=NOW, kind="wrote") for _ in range(50)
        )
    with desk.app.database.begin() as session:
        assert len(session.scalars(select(Message)).all()) > 400


def _grow_episode(session: Session, patient: Patient, number: int) -> None:
    days = timedelta(days=40 + number)
    session.add(
        CheckIn(
            episode_id=patient.episodes[0].id,
            offset_days=40 + number,
            scheduled_for=NOW - days,
            state="completed",
        )
    )
    closed = Escalation(
        patient_id=patient.id,
        level="routine",
        level_at=NOW - days,
        opened_at=NOW - days,
        due_at=NOW - days,
        closed_at=NOW - days,
        assignee_id=patient.episodes[0].case_manager_id,
    )
    session.add(closed)
