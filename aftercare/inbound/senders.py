"""Whose number a text came from."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aftercare.locking import lock_patients
from aftercare.models import Caregiver, CheckIn, Episode, Message, Patient


@dataclass(frozen=True)
class Sender:
    """The patient a text is about, who wrote it, and whom else the number may mean."""

    patient: Patient
    caregiver: Caregiver | None = None
    others: tuple[Patient, ...] = ()

    @property
    def everyone(self) -> tuple[Patient, ...]:
        """All whom the number may mean: what concerns the number concerns them all."""
        return (self.patient, *self.others)

    @property
    def ids(self) -> list[UUID]:
        return [patient.id for patient in self.everyone]

    def sign(self, message: Message) -> None:
        """Note on the text who wrote it, and about whom."""
        message.patient_id = self.patient.id
        message.caregiver_id = self.caregiver.id if self.caregiver else None


def locked(session: Session, message_id: UUID) -> tuple[Message, Sender | None]:
    """A text and its sender, both locked: the patients first, as everywhere."""
    sender = sender_of(session, session.get_one(Message, message_id))
    if sender:
        lock_patients(session, sender.ids)
    session.flush()
    return (
        session.get_one(Message, message_id, with_for_update=True, populate_existing=True),
        sender,
    )


def sender_of(session: Session, message: Message) -> Sender | None:
    """The patient behind the number: their own, else one they care for; None if unknown.

    Of several patients with one number it is the one whose check-in is open, then the
    one we texted last; the others are named, because only a human can be sure.
    """
    own = session.scalars(select(Patient).where(Patient.phone_hash == message.phone_hash)).all()
    if own:
        first, *others = _by_likelihood(session, own)
        return Sender(first, others=tuple(others))
    caring = session.scalars(
        select(Caregiver).where(Caregiver.phone_hash == message.phone_hash)
    ).all()
    if not caring:
        return None
    first, *others = _by_likelihood(session, [caregiver.patient for caregiver in caring])
    caregiver = next(c for c in caring if c.patient is first)
    return Sender(first, caregiver, tuple(others))


def _by_likelihood(session: Session, patients: Sequence[Patient]) -> list[Patient]:
    if len(patients) == 1:
        return list(patients)
    ids = [patient.id for patient in patients]
    asked = dict(
        session.execute(
            select(Episode.patient_id, func.max(CheckIn.asked_at))
            .join(CheckIn)
            .where(Episode.patient_id.in_(ids), CheckIn.state == "open")
            .group_by(Episode.patient_id)
        ).all()
    )
    texted = dict(
        session.execute(
            select(Message.patient_id, func.max(Message.seq))
            .where(Message.patient_id.in_(ids), Message.direction == "out")
            .group_by(Message.patient_id)
        ).all()
    )
    return sorted(
        patients,
        key=lambda p: (p.id in asked, asked.get(p.id, p.created_at), texted.get(p.id, 0)),
        reverse=True,
    )
