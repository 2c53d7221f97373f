"""Which question a check-in asks next, and in which words."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from aftercare.clinic import Clinic
from aftercare.models import Answer, Appointment, CheckIn, Episode, Patient
from aftercare.protocols import Question, Value
from aftercare.protocols.protocol import Protocol


def open_check_in(session: Session, patient: Patient) -> CheckIn | None:
    """The patient's check-in that waits for an answer."""
    return session.scalar(
        select(CheckIn)
        .join(Episode)
        .where(Episode.patient_id == patient.id, CheckIn.state == "open")
        .order_by(CheckIn.asked_at.desc())
        .limit(1)
    )


def begin(session: Session, clinic: Clinic, now: datetime, check_in: CheckIn) -> str | None:
    """Open the check-in; its first text, or None when there is nothing to ask."""
    check_in.state, check_in.started_at = "open", now
    question = ask_next(session, clinic, now, check_in, after=None)
    if question is None:
        return None
    patient = check_in.episode.patient
    opening = clinic.say("check_in_opening", patient.locale)
    return f"{opening} {question_text(session, clinic, now, check_in, question)}"


def ask_next(
    session: Session, clinic: Clinic, now: datetime, check_in: CheckIn, after: str | None
) -> Question | None:
    """Move the check-in on to the question that follows `after`; completes it at the end."""
    session.flush()
    protocol = clinic.protocols.get(check_in.episode.protocol)
    question = protocol.next_question(
        answers_of(session, check_in),
        after,
        known=known(session, now, check_in, protocol),
        day=check_in.offset_days,
    )
    check_in.tries, check_in.unsure, check_in.asked_at, check_in.reminded_at = 0, None, now, None
    if question is None:
        end(check_in, now, "completed")
    else:
        check_in.question = question.id
    return question


def end(check_in: CheckIn, now: datetime, how: str) -> None:
    """`completed`, `interrupted`, `silent` or `expired`."""
    check_in.state, check_in.ended_at = how, now
    check_in.question = check_in.unsure = None


def question_of(clinic: Clinic, check_in: CheckIn) -> Question | None:
    """The question that waits for an answer."""
    if check_in.question is None:
        return None
    return clinic.protocols.get(check_in.episode.protocol).question(check_in.question)


def question_text(
    session: Session,
    clinic: Clinic,
    now: datetime,
    check_in: CheckIn,
    question: Question,
    locale: str | None = None,
) -> str:
    """The question in the patient's language, its dates in the patient's zone."""
    patient = check_in.episode.patient
    locale = locale or patient.locale
    visit = next_visit(session, now, check_in.episode)
    day = clinic.phrasebook.day(locale, patient.zone, visit.at) if visit else ""
    return clinic.phrasebook.say(locale, question.text, visit_day=day)


def answers_of(session: Session, check_in: CheckIn) -> dict[str, Value]:
    """This check-in's answers by question."""
    rows = session.scalars(select(Answer).where(Answer.check_in_id == check_in.id))
    return {row.question: row.value for row in rows if row.value is not None}


def known(
    session: Session, now: datetime, check_in: CheckIn, protocol: Protocol
) -> Mapping[str, Value]:
    """What earlier check-ins answered, and the facts that questions depend on."""
    rows = session.execute(
        select(Answer.question, Answer.value)
        .join(CheckIn)
        .where(
            CheckIn.episode_id == check_in.episode_id,
            CheckIn.id != check_in.id,
            Answer.question.in_([question.id for question in protocol.questions]),
        )
        .order_by(Answer.at)
    )
    facts: dict[str, Value] = {question: value for question, value in rows if value is not None}
    facts["follow_up"] = next_visit(session, now, check_in.episode) is not None and (
        facts.get("ride") is not True
    )
    return facts


def next_visit(session: Session, now: datetime, episode: Episode) -> Appointment | None:
    return session.scalar(
        select(Appointment)
        .where(Appointment.episode_id == episode.id, Appointment.at > now)
        .order_by(Appointment.at)
        .limit(1)
    )
