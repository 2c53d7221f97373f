"""Finding patients: the list, the search by MRN or phone, and texts that belong to nobody."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

import phonenumbers
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, aliased, raiseload

from aftercare.crypto import ring
from aftercare.models import Caregiver, Episode, Escalation, Message, Patient

PAGE = 50


@dataclass(frozen=True)
class Listed:
    """One patient with their last discharge and what is open."""

    patient: Patient
    episode: Episode | None
    escalation: Escalation | None


@dataclass(frozen=True)
class PatientList:
    rows: Sequence[Listed]
    more: bool


def patients(
    session: Session, page: int, *, active: bool, only: Collection[UUID] | None = None
) -> PatientList:
    """One page of patients, the last discharged first; `active`: whose programme runs."""
    last = _last_episode()
    query = (
        select(Patient, Episode, Escalation)
        .select_from(Patient)
        .outerjoin(Episode, Episode.id == last)
        .outerjoin(
            Escalation,
            (Escalation.patient_id == Patient.id) & Escalation.closed_at.is_(None),
        )
        .order_by(Episode.discharged_at.desc().nulls_last(), Patient.id)
        .offset((page - 1) * PAGE)
        .limit(PAGE + 1)
        .options(raiseload("*"))
    )
    if active:
        query = query.where(Episode.state.in_(("active", "paused")))
    if only is not None:
        query = query.where(Patient.id.in_(only))
    rows = [Listed(*found) for found in session.execute(query)]
    return PatientList(rows[:PAGE], len(rows) > PAGE)


def search(session: Session, words: str, country: str) -> list[UUID]:
    """Patients whose MRN is exactly `words`, or whose phone, or a caregiver's, it is."""
    words = words.strip()
    if not words:
        return []
    fits: list[ColumnElement[bool]] = [Patient.mrn_hash == ring().fingerprint(words)]
    if phone := _phone(words, country):
        theirs = select(Caregiver.patient_id).where(Caregiver.phone_hash == phone)
        fits += [Patient.phone_hash == phone, Patient.id.in_(theirs)]
    return list(session.scalars(select(Patient.id).where(or_(*fits)).limit(PAGE)))


def strangers(
    session: Session, before: int | None = None
) -> tuple[list[tuple[Message, Escalation | None]], int | None]:
    """Texts from numbers of no patient, newest first, with the escalation they opened."""
    query = (
        select(Message, Escalation)
        .select_from(Message)
        .outerjoin(
            Escalation,
            (Escalation.sender_hash == Message.phone_hash) & Escalation.closed_at.is_(None),
        )
        .where(Message.patient_id.is_(None), Message.direction == "in")
        .order_by(Message.seq.desc())
        .limit(PAGE + 1)
        .options(raiseload("*"))
    )
    if before is not None:
        query = query.where(Message.seq < before)
    found: list[tuple[Message, Escalation | None]] = [
        (message, escalation) for message, escalation in session.execute(query)
    ]
    return found[:PAGE], found[PAGE - 1][0].seq if len(found) > PAGE else None


def _last_episode() -> ColumnElement[UUID]:
    episode = aliased(Episode)
    return (
        select(episode.id)
        .where(episode.patient_id == Patient.id)
        .order_by(episode.discharged_at.desc())
        .limit(1)
        .correlate(Patient)
        .scalar_subquery()
    )


def _phone(words: str, country: str) -> str | None:
    try:
        parsed = phonenumbers.parse(words, country)
    except phonenumbers.NumberParseException:
        return None
    number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return ring().fingerprint(number)
