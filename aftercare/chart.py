"""The patient's chart: everything that one page of the console shows of one patient."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, raiseload, selectinload

from aftercare.levels import Level
from aftercare.models import (
    Caregiver,
    CheckIn,
    Consent,
    EducationDelivery,
    Episode,
    Escalation,
    EscalationEvent,
    Message,
    Misreading,
    Need,
    Patient,
    Staff,
)
from aftercare.queue import Trend, trends_of
from aftercare.reasons import Why, why_in, why_of

MESSAGES_SHOWN = 60
CASES_SHOWN = 8


@dataclass(frozen=True)
class Bubble:
    """One text of the conversation, with the words that were weighed in it."""

    message: Message
    why: Why
    staff: Staff | None
    misread: Misreading | None = None


@dataclass(frozen=True)
class Event:
    """One line of an escalation's story."""

    row: EscalationEvent
    staff: Staff | None
    why: Why
    words: Message | None
    misread: Misreading | None


@dataclass(frozen=True)
class Case:
    """An escalation and its story; the flags first say why."""

    escalation: Escalation
    assignee: Staff | None
    acknowledged_by: Staff | None
    events: tuple[Event, ...]

    @property
    def flags(self) -> tuple[Event, ...]:
        """What raised it, most pressing first, then the latest."""
        raised = [event for event in self.events if event.row.kind in ("flag", "need")]
        return tuple(sorted(raised, key=_pressing, reverse=True))


@dataclass(frozen=True)
class Chart:
    """All of one patient. Its rows are loaded; nothing on it asks the database again."""

    patient: Patient
    caregivers: Sequence[Caregiver]
    consent: Consent | None
    episode: Episode | None
    """The last discharge."""
    check_ins: Sequence[CheckIn]
    trends: Sequence[Trend]
    case: Case | None
    closed: Sequence[Case]
    needs: Sequence[Need]
    education: Sequence[EducationDelivery]
    bubbles: Sequence[Bubble]
    more_before: int | None
    """The place in the conversation before which there is more."""


def chart(session: Session, patient_id: UUID, before: int | None = None) -> Chart | None:
    """The chart of one patient, in a fixed number of queries; None when there is nobody."""
    patient = session.scalar(
        select(Patient)
        .where(Patient.id == patient_id)
        .options(selectinload(Patient.caregivers), raiseload("*"))
    )
    if patient is None:
        return None
    episode = session.scalar(_last_episode(patient_id))
    check_ins = list(episode.check_ins) if episode else []
    cases = _cases(session, patient_id)
    bubbles, more_before = conversation(session, patient_id, before)
    return Chart(
        patient=patient,
        caregivers=patient.caregivers,
        consent=_consent(session, patient_id),
        episode=episode,
        check_ins=check_ins,
        trends=trends_of([answer for check_in in check_ins for answer in check_in.answers]),
        case=next((case for case in cases if case.escalation.closed_at is None), None),
        closed=[case for case in cases if case.escalation.closed_at],
        needs=_needs(session, patient_id),
        education=_education(session, episode),
        bubbles=bubbles,
        more_before=more_before,
    )


def conversation(
    session: Session, patient_id: UUID, before: int | None = None
) -> tuple[list[Bubble], int | None]:
    """The last texts before place `before`, oldest first, and where to go on reading back."""
    query = (
        select(Message, Staff, Misreading)
        .outerjoin(Staff, Staff.id == Message.staff_id)
        .outerjoin(Misreading, Misreading.message_id == Message.id)
        .where(Message.patient_id == patient_id)
        .order_by(Message.seq.desc())
        .limit(MESSAGES_SHOWN + 1)
        .options(raiseload("*"))
    )
    if before is not None:
        query = query.where(Message.seq < before)
    found = session.execute(query).all()
    shown = found[:MESSAGES_SHOWN]
    bubbles = [
        Bubble(row, why_in(row.reading), staff, misread) for row, staff, misread in reversed(shown)
    ]
    return bubbles, shown[-1][0].seq if len(found) > MESSAGES_SHOWN else None


def case_of(session: Session, escalation: Escalation) -> Case:
    """The story of one escalation."""
    return _stories(session, select(Escalation).where(Escalation.id == escalation.id))[0]


def age(patient: Patient, now: datetime) -> int | None:
    """Full years, where the patient lives; None when the birth date is not known."""
    if not patient.birth_date:
        return None
    born = date.fromisoformat(patient.birth_date)
    today = now.astimezone(ZoneInfo(patient.zone)).date()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def day(episode: Episode, zone: str, now: datetime) -> int:
    """How many midnights ago the patient went home."""
    home = episode.discharged_at.astimezone(ZoneInfo(zone)).date()
    return (now.astimezone(ZoneInfo(zone)).date() - home).days


def _last_episode(patient_id: UUID) -> Select[Episode]:
    return (
        select(Episode)
        .where(Episode.patient_id == patient_id)
        .order_by(Episode.discharged_at.desc())
        .limit(1)
        .options(
            joinedload(Episode.team),
            joinedload(Episode.case_manager),
            selectinload(Episode.medications),
            selectinload(Episode.appointments),
            selectinload(Episode.check_ins).selectinload(CheckIn.answers),
            raiseload("*"),
        )
    )


def _consent(session: Session, patient_id: UUID) -> Consent | None:
    return session.scalar(
        select(Consent)
        .where(Consent.patient_id == patient_id, Consent.kind == "sms")
        .order_by(Consent.at.desc())
        .limit(1)
    )


def _of(patient_id: UUID) -> Select[Escalation]:
    return select(Escalation).where(Escalation.patient_id == patient_id)


def _cases(session: Session, patient_id: UUID) -> list[Case]:
    latest = _of(patient_id).order_by(Escalation.opened_at.desc()).limit(CASES_SHOWN)
    return _stories(session, latest)


def _stories(session: Session, query: Select[Escalation]) -> list[Case]:
    escalations = session.scalars(
        query.options(joinedload(Escalation.assignee), raiseload("*"))
    ).all()
    events = _events(session, [row.id for row in escalations])
    takers = {
        event.staff.id: event.staff for story in events.values() for event in story if event.staff
    }
    return [
        Case(
            row,
            row.assignee,
            takers.get(row.acknowledged_by) if row.acknowledged_by else None,
            tuple(events.get(row.id, ())),
        )
        for row in escalations
    ]


def _events(session: Session, escalations: Iterable[UUID]) -> dict[UUID, list[Event]]:
    found: dict[UUID, list[Event]] = {}
    for row, staff, words, misread in session.execute(
        select(EscalationEvent, Staff, Message, Misreading)
        .outerjoin(Staff, Staff.id == EscalationEvent.staff_id)
        .outerjoin(Message, Message.id == EscalationEvent.message_id)
        .outerjoin(Misreading, Misreading.message_id == EscalationEvent.message_id)
        .where(EscalationEvent.escalation_id.in_(list(escalations)))
        .order_by(EscalationEvent.seq)
        .options(raiseload("*"))
    ):
        event = Event(row, staff, why_of(row), words, misread)
        found.setdefault(row.escalation_id, []).append(event)
    return found


def _needs(session: Session, patient_id: UUID) -> Sequence[Need]:
    return session.scalars(
        select(Need).where(Need.patient_id == patient_id).order_by(Need.at.desc()).limit(20)
    ).all()


def _education(session: Session, episode: Episode | None) -> Sequence[EducationDelivery]:
    if episode is None:
        return ()
    return session.scalars(
        select(EducationDelivery)
        .where(EducationDelivery.episode_id == episode.id)
        .order_by(EducationDelivery.at.desc())
        .limit(20)
    ).all()


def _pressing(event: Event) -> tuple[int, int]:
    return Level(event.row.level or Level.NONE).rank, event.row.seq
