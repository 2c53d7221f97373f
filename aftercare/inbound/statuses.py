"""What the carrier says became of our texts, and who has to know."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aftercare.clinic import Clinic
from aftercare.escalations import Reason, flag
from aftercare.inbound.standing import mirror_opt_out
from aftercare.levels import Level
from aftercare.locking import lock_message
from aftercare.models import Message, Patient, SendAttempt
from aftercare.outbound import carrier_state, settled
from aftercare.sms import FailureKind, Retry, Sent, failure_of, progress

TRY_UNREACHABLE_AGAIN = timedelta(minutes=30)
MOST_ATTEMPTS = 3

PRESSING = frozenset({"emergency", "staff", "notice"})
"""Kinds a human has to hear of at once when they do not arrive; half an hour is too late."""

UNMISSED = frozenset({"reminder", "education"})
"""Kinds that may grow stale without anybody having to do something."""


@dataclass(frozen=True)
class Status:
    """A status callback. `attempt` is our own id of the try it belongs to, if it names one."""

    sid: str
    status: str
    code: int | None = None
    attempt: UUID | None = None


def status_changed(session: Session, clinic: Clinic, now: datetime, told: Status) -> bool:
    """Record a status callback, which may come late, twice or out of order.

    False when it is about no text of ours, or about a try that was given up.
    """
    message = _found(session, now, told)
    if message is None:
        return False
    before = message.state
    message.state = progress(before, carrier_state(told.status))
    if message.state == before or message.state not in {"failed", "undelivered"}:
        return True
    kind = failure_of(told.code)
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
    if message.patient_id is None or (message.state == "expired" and message.kind in UNMISSED):
        return
    patient = session.get_one(Patient, message.patient_id)
    refused = message.error == FailureKind.OPTED_OUT
    if refused and patient.status != "active" and message.kind not in PRESSING:
        return
    if refused:
        mirror_opt_out(session, now, patient)
    level = Level.URGENT if message.kind in {"emergency", "staff"} else Level.ROUTINE
    evidence = {"kind": message.kind, "error": message.error, "state": message.state}
    flag(session, clinic, now, patient, [Reason("undelivered", level, "flag", evidence)], message)


def _found(session: Session, now: datetime, told: Status) -> Message | None:
    """Our text, locked: by the carrier's id, or by the try that the callback names, because a
    callback can overtake our own record of what the carrier answered."""
    known = session.scalar(
        select(Message.id).where(Message.sid == told.sid, Message.direction == "out")
    )
    if known:
        message = lock_message(session, known)
        return message if message.sid == told.sid else None
    attempt = session.get(SendAttempt, told.attempt) if told.attempt else None
    if attempt is None:
        return None
    message = lock_message(session, attempt.message_id)
    session.refresh(attempt)
    if message.sid == told.sid:
        return message
    if attempt.outcome != "unknown" or message.state != "sending":
        return None
    settled(session, now, message, attempt, Sent(told.sid, "accepted"))
    return message


def _again(kind: FailureKind, message: Message, now: datetime) -> bool:
    fresh = message.expires_at is None or message.expires_at > now + TRY_UNREACHABLE_AGAIN
    most = 2 if kind.retry is Retry.ONCE else MOST_ATTEMPTS
    return (
        kind.retry is not Retry.NEVER
        and message.attempts < most
        and fresh
        and message.kind not in PRESSING
    )
