"""What time makes due, and what a lost job left behind: every due thing is also a row."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from aftercare import jobs
from aftercare.checkins import due, fall_silent, fallen_silent, remind, start_due, to_remind
from aftercare.clinic import Clinic
from aftercare.clock import Clock
from aftercare.conversations import wake
from aftercare.db import Database
from aftercare.escalations import page_due
from aftercare.inbound import Arrived, Status, hand_over, receive, status_changed
from aftercare.models import Message
from aftercare.outbound import enqueue_due
from aftercare.sms import Received, SendFailed, Sent

log = structlog.get_logger()

LOST_AFTER = timedelta(seconds=20)
"""A text whose screening job should have run by now."""

RECONCILE_WINDOW = timedelta(minutes=30)
QUIET_CARRIER = timedelta(minutes=10)


class Books(Protocol):
    """The carrier's own books, as `sms.Twilio` opens them."""

    def inbound_since(self, moment: datetime) -> list[Received]: ...

    def fetch(self, sid: str) -> Sent: ...


def sweep(database: Database, clinic: Clinic, clock: Clock) -> None:
    """Find everything that is due and has no job."""
    now = clock.now()
    with database.begin() as session:
        page_due(session, now)
    with database.begin() as session:
        enqueue_due(session, now)
    with database.begin() as session:
        _screen_again(session, now)
    wake(database, clock)
    for find, act in _DUE:
        _each(database, clinic, now, find, act)


def _screen_again(session: Session, now: datetime) -> None:
    for message in session.scalars(
        select(Message.id).where(Message.state == "received", Message.at < now - LOST_AFTER)
    ):
        jobs.enqueue(
            session, jobs.SCREEN, lock=f"screen:{message}", message=str(message), opt_out_type=""
        )


def _unscreened(session: Session, clinic: Clinic, now: datetime) -> Sequence[UUID]:
    """Texts whose screening fails again and again: a human has to read them."""
    late = Message.at <= now - clinic.policy.unread_after
    return session.scalars(select(Message.id).where(Message.state == "received", late)).all()


def _due(session: Session, clinic: Clinic, now: datetime) -> Sequence[UUID]:
    return due(session, now)


type Find = Callable[[Session, Clinic, datetime], Sequence[UUID]]
type Act = Callable[[Session, Clinic, datetime, UUID], None]

_DUE: tuple[tuple[Find, Act], ...] = (
    (_unscreened, hand_over),
    (_due, start_due),
    (fallen_silent, fall_silent),
    (to_remind, remind),
)


def _each(database: Database, clinic: Clinic, now: datetime, find: Find, act: Act) -> None:
    """Act on each in a transaction of its own: one patient's trouble holds nobody else up."""
    with database.begin() as session:
        found = find(session, clinic, now)
    for id in found:
        try:
            with database.begin() as session:
                act(session, clinic, now, id)
        except Exception as error:  # noqa: BLE001  the others must not wait for this one
            log.error("due_failed", what=act.__name__, id=str(id), error=type(error).__name__)


def reconcile(database: Database, clinic: Clinic, clock: Clock, books: Books) -> None:
    """Compare with the carrier's books: texts a webhook missed, receipts that never came."""
    now = clock.now()
    try:
        for text in books.inbound_since(now - RECONCILE_WINDOW):
            media = ("unknown",) * text.media
            with database.begin() as session:
                if receive(session, now, Arrived(text.sid, text.sender, text.body, media)):
                    log.warning("webhook_missed", sid=text.sid)
        with database.begin() as session:
            quiet = session.scalars(
                select(Message.sid).where(
                    Message.state.in_(("accepted", "scheduled", "sending", "sent")),
                    Message.sid.is_not(None),
                    Message.settled_at < now - QUIET_CARRIER,
                    Message.settled_at > now - timedelta(days=1),
                )
            ).all()
        for sid in quiet:
            sent = books.fetch(str(sid))
            with database.begin() as session:
                told = Status(sent.sid, sent.status, sent.error_code)
                status_changed(session, clinic, now, told)
    except SendFailed as failure:
        log.warning("carrier_books_closed", why=failure.kind.value)
