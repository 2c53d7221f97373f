"""Reads from the database what one episode's Bundle is made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from aftercare.clinic import Clinic
from aftercare.crypto import ring
from aftercare.fhir.record import Record
from aftercare.models import (
    Caregiver,
    CheckIn,
    Consent,
    Episode,
    Escalation,
    EscalationEvent,
    Message,
    Need,
    Patient,
)
from aftercare.protocols import Protocol

type Mine = Callable[[InstrumentedAttribute[datetime]], ColumnElement[bool]]
"""Whether a moment falls into the episode's own time."""


@dataclass(frozen=True)
class Wanted:
    """Which episodes: of one patient (id or MRN), of patients with news since a moment, or all."""

    patient: str | None = None
    since: datetime | None = None


def episodes_of(session: Session, wanted: Wanted) -> list[UUID]:
    """The wanted episodes, oldest first. Raises LookupError for a patient nobody knows."""
    query = select(Episode.id).order_by(Episode.created_at, Episode.id)
    if wanted.patient is not None:
        query = query.where(Episode.patient_id == _patient(session, wanted.patient))
    if wanted.since is not None:
        query = query.where(_news(wanted.since))
    return list(session.scalars(query))


def record_of(session: Session, clinic: Clinic, id: UUID, *, words: bool = False) -> Record:
    """One episode's rows, in the order they happened."""
    episode = session.get_one(Episode, id)
    mine = _time_of(session, episode)
    escalations = _escalations(session, episode, mine)
    return Record(
        hospital=clinic.policy.hospital,
        patient=episode.patient,
        episode=episode,
        caregivers=_caregivers(session, episode),
        consents=_consents(session, episode),
        check_ins=_check_ins(session, episode),
        messages=_messages(session, episode, mine),
        escalations=escalations,
        needs=_needs(session, escalations),
        protocol=_protocol(clinic, episode),
        words=words,
    )


def _patient(session: Session, known_as: str) -> UUID:
    try:
        theirs = Patient.id == UUID(known_as)
    except ValueError:
        theirs = Patient.mrn_hash == ring().fingerprint(known_as)
    id = session.scalar(select(Patient.id).where(theirs))
    if id is None:
        raise LookupError("no patient has this id or record number")
    return id


def _news(since: datetime) -> ColumnElement[bool]:
    """Something of the patient happened since: a text, a consent, work on an escalation, …"""
    patient = Episode.patient_id
    worked = Escalation.id == EscalationEvent.escalation_id
    return or_(
        Episode.created_at >= since,
        exists().where(Message.patient_id == patient, Message.at >= since),
        exists().where(Message.patient_id == patient, Message.settled_at >= since),
        exists().where(Consent.patient_id == patient, Consent.at >= since),
        exists().where(CheckIn.episode_id == Episode.id, CheckIn.ended_at >= since),
        exists().where(Escalation.patient_id == patient, worked, EscalationEvent.at >= since),
    )


def _time_of(session: Session, episode: Episode) -> Mine:
    """From its enrolment to the next one's; what came before any is the first one's."""
    order = (Episode.created_at, Episode.discharged_at, Episode.id)
    of_patient = Episode.patient_id == episode.patient_id
    all_ = session.scalars(select(Episode).where(of_patient).order_by(*order)).all()
    place = next(index for index, row in enumerate(all_) if row.id == episode.id)
    starts = all_[place].created_at if place else None
    ends = all_[place + 1].created_at if place + 1 < len(all_) else None
    return lambda at: and_(
        *([at >= starts] if starts else []), *([at < ends] if ends else []), at.is_not(None)
    )


def _caregivers(session: Session, episode: Episode) -> Sequence[Caregiver]:
    of_patient = Caregiver.patient_id == episode.patient_id
    return session.scalars(select(Caregiver).where(of_patient).order_by(Caregiver.id)).all()


def _consents(session: Session, episode: Episode) -> Sequence[Consent]:
    of_patient = Consent.patient_id == episode.patient_id
    # Of two at the same moment, the withdrawal is the later one.
    order = (Consent.at, Consent.given.desc(), Consent.id)
    return session.scalars(select(Consent).where(of_patient).order_by(*order)).all()


def _check_ins(session: Session, episode: Episode) -> Sequence[CheckIn]:
    return session.scalars(
        select(CheckIn)
        .where(CheckIn.episode_id == episode.id)
        .options(selectinload(CheckIn.answers))
        .order_by(CheckIn.offset_days)
    ).all()


def _messages(session: Session, episode: Episode, mine: Mine) -> Sequence[Message]:
    """Those of its check-ins, and all others of its time."""
    other = and_(Message.check_in_id.is_(None), mine(Message.at))
    return session.scalars(
        select(Message)
        .outerjoin(CheckIn, CheckIn.id == Message.check_in_id)
        .where(
            Message.patient_id == episode.patient_id,
            or_(CheckIn.episode_id == episode.id, other),
        )
        .order_by(Message.seq)
    ).all()


def _escalations(session: Session, episode: Episode, mine: Mine) -> Sequence[Escalation]:
    other = and_(Escalation.episode_id.is_(None), mine(Escalation.opened_at))
    return session.scalars(
        select(Escalation)
        .where(
            Escalation.patient_id == episode.patient_id,
            or_(Escalation.episode_id == episode.id, other),
        )
        .options(selectinload(Escalation.events))
        .order_by(Escalation.ref)
    ).all()


def _needs(session: Session, escalations: Sequence[Escalation]) -> Sequence[Need]:
    theirs = Need.escalation_id.in_([row.id for row in escalations])
    return session.scalars(select(Need).where(theirs).order_by(Need.at, Need.kind, Need.id)).all()


def _protocol(clinic: Clinic, episode: Episode) -> Protocol | None:
    """The protocol in the very version the patient was asked from, if it is still there."""
    found = next((p for p in clinic.protocols if p.id == episode.protocol), None)
    return found if found and found.version == episode.protocol_version else None
