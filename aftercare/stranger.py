"""An escalation from a number that belongs to no patient: what it wrote, what was done."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, raiseload

from aftercare.chart import MESSAGES_SHOWN, Bubble, Case, case_of
from aftercare.models import Escalation, Message, Staff
from aftercare.reasons import why_in


@dataclass(frozen=True)
class Stranger:
    """Somebody unknown who wrote, and the escalation about it."""

    phone: str
    case: Case
    bubbles: Sequence[Bubble]


def stranger(session: Session, escalation: Escalation) -> Stranger:
    """What is known of the unknown sender behind `escalation`."""
    found = session.execute(
        select(Message, Staff)
        .outerjoin(Staff, Staff.id == Message.staff_id)
        .where(Message.phone_hash == escalation.sender_hash, Message.patient_id.is_(None))
        .order_by(Message.seq.desc())
        .limit(MESSAGES_SHOWN)
        .options(raiseload("*"))
    ).all()
    bubbles = [Bubble(row, why_in(row.reading), staff) for row, staff in reversed(found)]
    return Stranger(
        phone=bubbles[-1].message.phone if bubbles else "",
        case=case_of(session, escalation),
        bubbles=bubbles,
    )
