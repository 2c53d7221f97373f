"""What the carrier says became of our texts, and who has to know."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from aftercare.clinic import Clinic
from aftercare.escalations import Reason, flag
from aftercare.levels import Level
from aftercare.models import Message, Patient
from aftercare.outbound import carrier_state
from aftercare.sms import FailureKind, Retry, failure_of, progress

TRY_UNREACHABLE_AGAIN = timedelta(minutes=30)
MOST_ATTEMPTS = 3


def status_changed(
    session: Session, clinic: Clinic, now: datetime, sid: str, status: str, code: int | None
) -> bool:
    """Record a status callback, which may come late, twice or out of order.

    False when no text of ours has this sid (yet: the callback can overtake our own record,
    and the carrier's copy is fetched when the sweep misses it).
    """
    message = session.scalar(select(Message).where(Message.sid == sid).with_for_update())
    if message is None or message.direction == "in":
        return False
    before = message.state
    message.state = progress(before, carrier_state(status))
    if message.state == before or message.state not in {"failed", "undelivered"}:
        return True
    kind = failure_of(code)
    message.error = kind.value
    if _again(kind, message, now):
        # A new try is a new text at the carrier: the old sid's callbacks no longer concern it.
        message.state, message.sid = "queued", None
        message.not_before = now + TRY_UNREACHABLE_AGAIN
    else:
        undeliverable(session, clinic, now, message)
    return True


def undeliverable(session: Session, clinic: Clinic, now: datetime, message: Message) -> None:
    """A text will not arrive: the case manager learns which, and phones instead."""
    if message.patient_id is None:
        return
    patient = session.get_one(Patient, message.patient_id)
    if message.error == FailureKind.OPTED_OUT and patient.status == "active":
        patient.status = "opted_out"
    level = Level.URGENT if message.kind in {"emergency", "staff"} else Level.ROUTINE
    evidence = {"kind": message.kind, "error": message.error, "state": message.state}
    flag(session, clinic, now, patient, [Reason("undelivered", level, "flag", evidence)], message)


def _again(kind: FailureKind, message: Message, now: datetime) -> bool:
    fresh = message.expires_at is None or message.expires_at > now + TRY_UNREACHABLE_AGAIN
    most = 2 if kind.retry is Retry.ONCE else MOST_ATTEMPTS
    return kind.retry is not Retry.NEVER and message.attempts < most and fresh
