"""Pages staff about an escalation: a reference and a link, never who or what."""

from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from aftercare import jobs
from aftercare.clock import Clock
from aftercare.db import Database
from aftercare.models import Escalation, EscalationEvent, Notification, Staff

log = structlog.get_logger()

MOST_ATTEMPTS = 3
RETRY_AFTER = timedelta(seconds=20)


class Pager(Protocol):
    """What paging needs of `notify`: True when at least one address took the page."""

    def page(self, addresses: list[str], level: str, reference: int, escalation: UUID) -> bool: ...


def page_due(session: Session, now: datetime) -> int:
    """Enqueue the pages whose step of the ladder has come."""
    due = session.scalars(
        select(Notification).where(Notification.state == "due", Notification.due_at <= now)
    ).all()
    for notification in due:
        enqueue_page(session, notification)
    return len(due)


def enqueue_page(session: Session, notification: Notification) -> None:
    """One try at a time per page."""
    jobs.enqueue(
        session, jobs.PAGE, lock=f"page:{notification.id}", notification=str(notification.id)
    )


def page(database: Database, clock: Clock, pager: Pager, notification_id: UUID) -> None:
    """Send one page, unless somebody has the escalation already.

    Staff without an address of their own see it in the console; when every address
    refuses, the next person of the ladder is paged at once.
    """
    with database.begin() as session:
        notification = session.get_one(Notification, notification_id, with_for_update=True)
        if notification.state != "due":
            return
        escalation = session.get_one(Escalation, notification.escalation_id)
        if escalation.acknowledged_at or escalation.closed_at:
            notification.state = "spared"
            return
        notification.attempts += 1
        notification.due_at = clock.now() + RETRY_AFTER
        staff = session.get_one(Staff, notification.staff_id)
        addresses = [url.strip() for url in (staff.page_urls or "").split(",") if url.strip()]
        level, reference = escalation.level, escalation.ref
        escalation_id = escalation.id
    taken = _taken(pager, addresses, level, reference, escalation_id)
    with database.begin() as session:
        _settle(session, clock.now(), notification_id, taken)


def _taken(pager: Pager, addresses: list[str], level: str, reference: int, id: UUID) -> bool:
    try:
        return pager.page(addresses, level, reference, id)
    except Exception as error:  # noqa: BLE001  however it failed, somebody else is paged
        log.error("page_failed", escalation=str(id), error=type(error).__name__)
        return False


def _settle(session: Session, now: datetime, notification_id: UUID, taken: bool) -> None:
    notification = session.get_one(Notification, notification_id, with_for_update=True)
    if taken:
        notification.state, notification.sent_at = "sent", now
        _event(session, now, notification, "paged")
        return
    if notification.attempts >= MOST_ATTEMPTS:
        notification.state = "failed"
        _event(session, now, notification, "page_failed")
    _hurry(session, now, notification)


def _hurry(session: Session, now: datetime, failed: Notification) -> None:
    waiting = session.scalar(
        select(Notification)
        .where(
            Notification.escalation_id == failed.escalation_id,
            Notification.state == "due",
            Notification.attempts == 0,
            Notification.id != failed.id,
        )
        .order_by(Notification.due_at)
        .limit(1)
    )
    if waiting and waiting.due_at > now:
        waiting.due_at = now
        enqueue_page(session, waiting)


def _event(session: Session, now: datetime, notification: Notification, kind: str) -> None:
    session.add(
        EscalationEvent(
            escalation_id=notification.escalation_id,
            at=now,
            kind=kind,
            level=notification.level,
            staff_id=notification.staff_id,
        )
    )
