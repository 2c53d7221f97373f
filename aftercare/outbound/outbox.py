"""Puts texts into the outbox: each is a row before it is a text."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from aftercare import jobs
from aftercare.calendars import next_allowed
from aftercare.clinic import Clinic
from aftercare.crypto import ring
from aftercare.models import CheckIn, Message, Patient, Staff

PROACTIVE = frozenset({"welcome", "check_in", "reminder", "education"})
"""Kinds that begin a conversation: never in quiet hours, and dropped when stale."""

UNCAPPED = frozenset({"emergency", "staff", "notice"})
"""Kinds that no cap holds back: they answer a red flag, a wish to stop, or trouble of ours."""

_STALE_AFTER = {
    "welcome": timedelta(days=3),
    "check_in": timedelta(hours=8),
    "reminder": timedelta(hours=4),
    "education": timedelta(days=1),
    "reply": timedelta(hours=6),
    "notice": timedelta(hours=12),
    "staff": timedelta(days=1),
    "emergency": timedelta(days=1),
}


def queue(
    session: Session,
    clinic: Clinic,
    now: datetime,
    patient: Patient,
    kind: str,
    body: str,
    *,
    to: str | None = None,
    reply_to: Message | None = None,
    check_in: CheckIn | None = None,
    staff: Staff | None = None,
    part: int = 0,
) -> Message:
    """Queue `body` for the patient, or for the number `to` that texted for them.

    Nothing is sent to a patient who opted out, died, or never had this number: the row
    is kept as `canceled` with the reason, so that staff see what was not said.
    """
    message = _row(now, to or patient.phone, kind, body)
    message.patient_id = patient.id
    message.reply_to = reply_to.id if reply_to else None
    message.check_in_id = check_in.id if check_in else None
    message.staff_id = staff.id if staff else None
    message.part = part
    if kind in PROACTIVE and reply_to is None:
        policy = clinic.policy
        message.not_before = next_allowed(now, patient.zone, policy.quiet_from, policy.quiet_until)
        message.expires_at = message.not_before + _STALE_AFTER[kind]
    if silenced(message, patient):
        message.state, message.error = "canceled", patient.status
    return _keep(session, message)


def queue_to_stranger(
    session: Session, now: datetime, to: str, kind: str, body: str, reply_to: Message
) -> Message:
    """Queue an answer to a number that belongs to no patient of ours."""
    message = _row(now, to, kind, body)
    message.reply_to = reply_to.id
    return _keep(session, message)


def silenced(message: Message, patient: Patient) -> bool:
    """Whether the patient's wish, a wrong number or a death forbids this text.

    Who writes of an emergency is answered all the same; the carrier may refuse it.
    """
    return patient.status != "active" and message.kind != "emergency" and not is_last_word(message)


def is_last_word(message: Message) -> bool:
    """A notice that answers nothing: only `last_word` makes one."""
    return message.kind == "notice" and message.reply_to is None


def last_word(session: Session, now: datetime, patient: Patient, to: str, body: str) -> Message:
    """Queue the one text that may follow an opt-out, a wrong number or a death."""
    message = _row(now, to, "notice", body)
    message.patient_id = patient.id
    return _keep(session, message)


def cancel_waiting(session: Session, patient: Patient, why: str) -> None:
    """Take back whatever has not left the outbox yet, but what an emergency was answered with."""
    session.execute(
        update(Message)
        .where(
            Message.patient_id == patient.id,
            Message.state == "queued",
            Message.kind != "emergency",
        )
        .values(state="canceled", error=why)
    )


def cancel_check_in(session: Session, check_in: CheckIn) -> None:
    """Take back the questions of a check-in that is over."""
    session.execute(
        update(Message)
        .where(Message.check_in_id == check_in.id, Message.state == "queued")
        .values(state="canceled", error="check_in_over")
    )


def enqueue_send(session: Session, phone_hash: str) -> None:
    """One sender at a time per recipient, so that texts arrive in order."""
    jobs.enqueue(session, jobs.SEND, lock=f"out:{phone_hash}", recipient=phone_hash)


def enqueue_due(session: Session, now: datetime) -> int:
    """Wake the senders of everything that is due: retries, mornings, what a dead worker left."""
    due = session.scalars(
        select(Message.phone_hash)
        .where(Message.state.in_(("queued", "sending")), Message.not_before <= now)
        .distinct()
    ).all()
    for recipient in due:
        enqueue_send(session, recipient)
    return len(due)


def texts_of(session: Session, reply_to: UUID) -> list[Message]:
    """The texts that answered one message, in order."""
    return list(
        session.scalars(select(Message).where(Message.reply_to == reply_to).order_by(Message.seq))
    )


def _row(now: datetime, to: str, kind: str, body: str) -> Message:
    message = Message(
        direction="out",
        kind=kind,
        state="queued",
        at=now,
        not_before=now,
        expires_at=now + _STALE_AFTER[kind],
        phone_hash=ring().fingerprint(to),
        media=[],
    )
    message.phone = to
    message.body = body
    return message


def _keep(session: Session, message: Message) -> Message:
    session.add(message)
    session.flush()
    if message.state == "queued":
        enqueue_send(session, message.phone_hash)
    return message
