"""What time makes due, and what a lost job left behind: every due thing is also a row."""

from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy import select

from aftercare import jobs
from aftercare.checkins import due, fall_silent, remind, start_due
from aftercare.clinic import Clinic
from aftercare.clock import Clock
from aftercare.conversations import wake
from aftercare.db import Database
from aftercare.escalations import page_due
from aftercare.inbound import Arrived, receive, status_changed
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
    """Find everything that is due and has no job. Each part is a transaction of its own, so
    that one patient's trouble holds nobody else up."""
    now = clock.now()
    with database.begin() as session:
        page_due(session, now)
        enqueue_due(session, now)
        for message in session.scalars(
            select(Message).where(Message.state == "received", Message.at < now - LOST_AFTER)
        ):
            jobs.enqueue(
                session,
                jobs.SCREEN,
                lock=f"screen:{message.id}",
                message=str(message.id),
                answered_by_carrier=False,
            )
    wake(database, clock)
    with database.begin() as session:
        check_ins = due(session, now)
    for check_in in check_ins:
        with database.begin() as session:
            start_due(session, clinic, now, check_in)
    with database.begin() as session:
        fall_silent(session, clinic, now)
        remind(session, clinic, now)


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
                status_changed(session, clinic, now, sent.sid, sent.status, sent.error_code)
    except SendFailed as failure:
        log.warning("carrier_books_closed", why=failure.kind.value)
