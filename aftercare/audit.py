"""The append-only, hash-chained audit trail."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import event, select, text
from sqlalchemy.orm import Session, SessionTransaction

from aftercare.models import AuditEvent

_CHAIN_LOCK = 4_172_001


def record(
    session: Session, at: datetime, actor: str, action: str, subject: str, **detail: Any
) -> None:
    """Append one event when the transaction commits, and only then.

    `subject` and `detail` hold ids and words of ours, never a patient's.
    """
    told = AuditEvent(at=at, actor=actor, action=action, subject=subject, detail=detail)
    _pending(session).append((session.get_nested_transaction(), told))


type _Told = tuple[SessionTransaction | None, AuditEvent]


def _pending(session: Session) -> list[_Told]:
    kept: list[_Told] = session.info.setdefault("audit", [])
    return kept


@event.listens_for(Session, "before_commit")
def _append(session: Session) -> None:
    """Chain what was told, as the last thing: the lock that keeps the chain one is held no
    longer than the commit takes, and nothing else is waited for while it is."""
    if session.in_nested_transaction() or not _pending(session):
        return
    session.flush()
    # One writer at a time, or two events would follow the same one.
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _CHAIN_LOCK})
    last = session.scalar(select(AuditEvent.hash).order_by(AuditEvent.id.desc()).limit(1))
    for _, told in session.info.pop("audit"):
        told.previous = last or ""
        last = told.hash = _hash(told)
        session.add(told)
        session.flush()


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, undone: SessionTransaction) -> None:
    """What was undone did not happen."""
    session.info["audit"] = [
        (within, told) for within, told in _pending(session) if undone.nested and within != undone
    ]


def broken_link(session: Session) -> int | None:
    """The id of the first event that does not follow from the one before; None when all do."""
    previous = ""
    for row in session.scalars(
        select(AuditEvent).order_by(AuditEvent.id).execution_options(yield_per=500)
    ):
        if row.previous != previous or row.hash != _hash(row):
            return row.id
        previous = row.hash
    return None


def _hash(told: AuditEvent) -> str:
    fields = [
        told.at.astimezone(UTC).isoformat(),
        told.actor,
        told.action,
        told.subject,
        told.detail,
        told.previous,
    ]
    return sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()
