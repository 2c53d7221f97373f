"""Locks patients and their texts in one order, so that two pieces of work cannot cross."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aftercare.models import Message, Patient

type Ids = Collection[UUID]


def lock_patients(session: Session, ids: Ids) -> Sequence[Patient]:
    """The patients as they are now, theirs alone until the transaction ends; by id.

    Every piece of work locks its patients before anything of theirs.
    """
    session.flush()
    return session.scalars(
        select(Patient)
        .where(Patient.id.in_(ids))
        .order_by(Patient.id)
        # Rows that only refer to the patient may be added meanwhile.
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def lock_patient(session: Session, id: UUID) -> Patient:
    [patient] = lock_patients(session, [id])
    return patient


def lock_message(session: Session, id: UUID) -> Message:
    """The text as it is now, after its patient."""
    owner = session.scalar(select(Message.patient_id).where(Message.id == id))
    if owner:
        lock_patient(session, owner)
    session.flush()
    return session.get_one(Message, id, with_for_update=True, populate_existing=True)
