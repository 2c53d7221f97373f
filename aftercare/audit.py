"""The append-only, hash-chained audit trail."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from aftercare.models import AuditEvent

_CHAIN_LOCK = 4_172_001


def record(
    session: Session, at: datetime, actor: str, action: str, subject: str, **detail: Any
) -> None:
    """Append one event. `subject` and `detail` hold ids and words of ours, never a patient's."""
    # One writer at a time, or two events would follow the same one.
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _CHAIN_LOCK})
    session.flush()
    last = session.scalar(select(AuditEvent.hash).order_by(AuditEvent.id.desc()).limit(1))
    previous = last or ""
    event = AuditEvent(
        at=at, actor=actor, action=action, subject=subject, detail=detail, previous=previous
    )
    event.hash = _hash(event)
    session.add(event)
    session.flush()


def broken_link(session: Session) -> int | None:
    """The id of the first event that does not follow from the one before; None when all do."""
    previous = ""
    for event in session.scalars(
        select(AuditEvent).order_by(AuditEvent.id).execution_options(yield_per=500)
    ):
        if event.previous != previous or event.hash != _hash(event):
            return event.id
        previous = event.hash
    return None


def _hash(event: AuditEvent) -> str:
    fields = [
        event.at.astimezone(UTC).isoformat(),
        event.actor,
        event.action,
        event.subject,
        event.detail,
        event.previous,
    ]
    return sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()
