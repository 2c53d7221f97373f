"""Hands queued texts to the carrier: once each, in order, recorded before it is done.

A send is claimed and its attempt committed, then posted, then recorded. Twilio knows no
idempotency key, so an attempt with an unknown outcome is looked up at the carrier before
anything is sent again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from aftercare import segments
from aftercare.calendars import at_wall_time, local, next_allowed
from aftercare.clinic import Clinic
from aftercare.clock import Clock
from aftercare.db import Database
from aftercare.locking import lock_message
from aftercare.models import Message, Patient, SendAttempt, SenderPace
from aftercare.outbound.outbox import PROACTIVE, UNCAPPED, silenced
from aftercare.sms import FailureKind, Retry, SendFailed, Sent, Tell

MOST_ATTEMPTS = 6
LOOK_UP_AFTER = timedelta(seconds=5)
"""A slow carrier may still be at work on a text whose answer we lost."""

BURST = timedelta(seconds=3)

type ToldSomeone = Callable[[Session, datetime, Message], None]
"""What to do, in the same transaction, when a text will not be sent any more."""


class Carrier(Protocol):
    """What delivery needs of `sms.Twilio`."""

    def send(self, to: str, body: str, status_callback: str | None = None) -> Sent: ...

    def find(
        self, to: str, body: str, since: datetime, known: frozenset[str] = frozenset()
    ) -> Sent | None: ...


@dataclass(frozen=True)
class Delivery:
    """The sender: one recipient's outbox at a time."""

    database: Database
    clinic: Clinic
    clock: Clock
    carrier: Carrier
    sender: str
    status_callback: str | None
    tell: ToldSomeone

    def run(self, recipient: str) -> None:
        """Send what is due to `recipient` (a phone's hash), red-flag texts first.

        Stops at the first text that has to be tried again, so that none overtakes it;
        the sweep wakes it when that text is due.
        """
        while message := self._next(recipient):
            if not self._one(message):
                return

    def _one(self, message_id: UUID) -> bool:
        """Take one text a step further. False: come back later."""
        with self.database.begin() as session:
            message = lock_message(session, message_id)
            if message.state not in {"queued", "sending"}:
                return True
            to, body, lost = message.phone, message.body or "", None
            if message.state == "sending":
                lost = _last_attempt(session, message)
            elif (verdict := self._hold_back(session, message)) is not None:
                return verdict
            else:
                attempt = _claim(session, message, self.clock.now())
        if lost:
            return self._look_up(message_id, to, body, lost.at)
        return self._post(message_id, to, body, attempt)

    def _post(self, message_id: UUID, to: str, body: str, attempt: UUID) -> bool:
        # A callback that overtakes our own record still says which try it is about.
        callback = self.status_callback and f"{self.status_callback}?attempt={attempt}"
        try:
            sent = self.carrier.send(to, body, callback)
        except SendFailed as failure:
            return self._failed(message_id, failure.kind)
        self._record(message_id, sent)
        return True

    def _look_up(self, message_id: UUID, to: str, body: str, since: datetime) -> bool:
        """Settle an attempt whose outcome nobody recorded; the next step may send it again."""
        with self.database.begin() as session:
            known = _sids_to_same_number(session, message_id)
        try:
            found = self.carrier.find(to, body, since, known)
        except SendFailed as failure:
            self._later(message_id, failure.kind)
            return False
        if found:
            self._record(message_id, found)
            return True
        return self._failed(message_id, FailureKind.NOT_CONNECTED)

    def _record(self, message_id: UUID, sent: Sent) -> None:
        with self.database.begin() as session:
            message = lock_message(session, message_id)
            settled(session, self.clock.now(), message, _last_attempt(session, message), sent)

    def _failed(self, message_id: UUID, kind: FailureKind) -> bool:
        if not kind.outcome_known:
            return self._later(message_id, kind)
        with self.database.begin() as session:
            message = lock_message(session, message_id)
            attempt = _last_attempt(session, message)
            if attempt.outcome != "unknown":
                return True
            attempt.outcome = message.error = kind.value
            if _may_retry(kind, message.attempts):
                message.state = "queued"
                message.not_before = self.clock.now() + _pause(message)
                return False
            self._give_up(session, message, "failed", kind.value)
        return True

    def _later(self, message_id: UUID, why: FailureKind) -> bool:
        """Look again later what became of it. True when a callback has told by now."""
        with self.database.begin() as session:
            message = lock_message(session, message_id)
            if _last_attempt(session, message).outcome != "unknown":
                return True
            message.error = why.value
            message.not_before = self.clock.now() + max(_pause(message), LOOK_UP_AFTER)
        return False

    def _next(self, recipient: str) -> UUID | None:
        now = self.clock.now()
        with self.database.begin() as session:
            due = session.execute(
                select(Message.id, Message.kind, Message.not_before, Message.attempts)
                .where(
                    Message.phone_hash == recipient,
                    Message.direction == "out",
                    Message.state.in_(("queued", "sending")),
                )
                .order_by(Message.kind != "emergency", Message.seq)
            ).all()
        for id, kind, not_before, attempts in due:
            if not_before is None or not_before <= now:
                return id
            if attempts and kind != "emergency":
                # It waits for its next try: what follows must not overtake it.
                return None
        return None

    def _hold_back(self, session: Session, message: Message) -> bool | None:
        """None: send it. True: it was settled without sending. False: not now."""
        now = self.clock.now()
        patient = session.get(Patient, message.patient_id) if message.patient_id else None
        if message.expires_at and message.expires_at <= now:
            self._give_up(session, message, "expired", "stale")
            return True
        if patient and silenced(message, patient):
            # Stopped after it was queued, while an earlier try of it was under way.
            self._settle(message, "canceled", patient.status)
            return True
        if patient and message.kind not in UNCAPPED and self._over_cap(session, patient, now):
            self._give_up(session, message, "canceled", "daily_cap")
            return True
        not_before = max(self._allowed(patient, message, now), self._my_turn(session, message, now))
        if not_before > now:
            message.not_before = not_before
            return False
        return None

    def _allowed(self, patient: Patient | None, message: Message, now: datetime) -> datetime:
        if patient is None or message.kind not in PROACTIVE or message.reply_to:
            return now
        policy = self.clinic.policy
        return next_allowed(now, patient.zone, policy.quiet_from, policy.quiet_until)

    def _my_turn(self, session: Session, message: Message, now: datetime) -> datetime:
        if message.kind == "emergency":
            return now
        pace = self.clinic.policy.segments_per_second
        return _take_turn(session, self.sender, now, segments.count(message.body).segments / pace)

    def _over_cap(self, session: Session, patient: Patient, now: datetime) -> bool:
        return _sent_today(session, patient, now) >= self.clinic.policy.daily_cap

    def _give_up(self, session: Session, message: Message, state: str, why: str) -> None:
        self._settle(message, state, why)
        self.tell(session, self.clock.now(), message)

    def _settle(self, message: Message, state: str, why: str) -> None:
        message.state, message.error = state, why
        message.settled_at = self.clock.now()


def carrier_state(status: str) -> str:
    """The carrier's word as a message's state: what it has but did not send is `accepted`,
    because `queued` and `sending` are the outbox's own."""
    return "accepted" if status in {"queued", "sending", "scheduled"} else status


def settled(
    session: Session, now: datetime, message: Message, attempt: SendAttempt, sent: Sent
) -> None:
    """Record, once, that the carrier took the try. Its status never goes back."""
    if attempt.outcome != "unknown":
        return
    attempt.outcome = "sent"
    message.sid, message.state = sent.sid, carrier_state(sent.status)
    message.settled_at, message.error = now, None
    session.flush()


def _claim(session: Session, message: Message, now: datetime) -> UUID:
    message.state = "sending"
    message.attempts += 1
    message.not_before = now + LOOK_UP_AFTER
    attempt = SendAttempt(message_id=message.id, at=now)
    session.add(attempt)
    return attempt.id


def _last_attempt(session: Session, message: Message) -> SendAttempt:
    return session.scalars(
        select(SendAttempt)
        .where(SendAttempt.message_id == message.id)
        .order_by(SendAttempt.at.desc(), SendAttempt.id)
        .limit(1)
    ).one()


def _may_retry(kind: FailureKind, attempts: int) -> bool:
    """An outage of the carrier's lasts as long as it lasts: there the text's own end decides."""
    if kind.retry in {Retry.NEVER, Retry.ONCE}:
        return kind.retry is Retry.ONCE and attempts < 2
    return kind.tell is not Tell.CASE_MANAGER or attempts < MOST_ATTEMPTS


def _pause(message: Message) -> timedelta:
    # A red flag's text tries again at once; the rest backs off so as not to feed an overload.
    first, longest = (2, 60) if message.kind == "emergency" else (5, 600)
    return timedelta(seconds=min(first * 2 ** min(message.attempts - 1, 10), longest))


def _sent_today(session: Session, patient: Patient, now: datetime) -> int:
    today = local(now, patient.zone).date()
    midnight = at_wall_time(today, datetime.min.time(), patient.zone)
    count = session.scalar(
        select(func.count())
        .select_from(Message)
        .where(
            Message.patient_id == patient.id,
            Message.direction == "out",
            Message.settled_at >= midnight,
            Message.sid.is_not(None),
        )
    )
    return count or 0


def _sids_to_same_number(session: Session, message_id: UUID) -> frozenset[str]:
    number = select(Message.phone_hash).where(Message.id == message_id).scalar_subquery()
    sids = session.scalars(
        select(Message.sid).where(
            Message.phone_hash == number, Message.sid.is_not(None), Message.direction == "out"
        )
    )
    return frozenset(sid for sid in sids if sid)


def _take_turn(session: Session, sender: str, now: datetime, seconds: float) -> datetime:
    """When the sender's pace lets this text go; takes the place when that is now."""
    # Two senders may meet at the very first text.
    session.execute(insert(SenderPace).values(sender=sender, next_at=now).on_conflict_do_nothing())
    row = session.get_one(SenderPace, sender, with_for_update=True)
    # A short burst is within every carrier's queue; only a longer one is spread out.
    if row.next_at > now + BURST:
        return row.next_at
    row.next_at = max(row.next_at, now) + timedelta(seconds=seconds)
    return now
