"""Escalations: what a human has to act on, and everything that happened to it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from aftercare.crypto import Sealed
from aftercare.models.base import Base, Identified
from aftercare.models.patients import Patient
from aftercare.models.staff import Staff


class Escalation(Identified, Base):
    """At most one is open per patient: further flags append, and may raise it."""

    __tablename__ = "escalation"
    __table_args__ = (
        Index(
            "uq_escalation_open",
            "patient_id",
            unique=True,
            postgresql_where="closed_at IS NULL",
        ),
        Index(
            "uq_escalation_open_sender",
            "sender_hash",
            unique=True,
            postgresql_where="closed_at IS NULL AND sender_hash IS NOT NULL",
        ),
        Index("ix_escalation_due", "due_at", postgresql_where="closed_at IS NULL"),
    )

    ref: Mapped[int] = mapped_column(BigInteger, Identity(start=1001), unique=True)
    """The opaque number that pages carry."""
    patient_id: Mapped[UUID | None] = mapped_column(ForeignKey("patient.id"))
    sender_hash: Mapped[str | None]
    """The number that wrote, when it belongs to no patient of ours."""
    episode_id: Mapped[UUID | None] = mapped_column(ForeignKey("episode.id"))
    level: Mapped[str]
    level_at: Mapped[datetime]
    """When the present level was reached: the clock counts from here."""
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    """Acknowledge (emergency) or call (urgent, routine) by then."""
    assignee_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    reached_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    contact: Mapped[str | None]
    """`voice`, `text`, `in_person`, `attempts` or `welfare_check`."""
    action: Mapped[str | None]
    patient_confirmed: Mapped[bool | None]
    follow_up_on: Mapped[date | None]
    actionable: Mapped[bool | None]

    patient: Mapped[Patient | None] = relationship()
    assignee: Mapped[Staff] = relationship(foreign_keys=[assignee_id])
    events: Mapped[list[EscalationEvent]] = relationship(
        back_populates="escalation", order_by="EscalationEvent.seq"
    )

    @property
    def state(self) -> str:
        """`open`, `acknowledged`, `reached` or `closed`."""
        if self.closed_at:
            return "closed"
        if self.reached_at:
            return "reached"
        return "acknowledged" if self.acknowledged_at else "open"


class EscalationEvent(Identified, Base):
    __tablename__ = "escalation_event"
    __table_args__ = (Index("ix_escalation_event_order", "escalation_id", "seq"),)

    seq: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    escalation_id: Mapped[UUID] = mapped_column(ForeignKey("escalation.id"))
    at: Mapped[datetime]
    kind: Mapped[str]
    """`flag`, `need`, `raised`, `assigned`, `paged`, `page_failed`, `acknowledged`, `attempt`,
    `reached`, `replied`, `noted`, `wrote` (the patient), `undelivered` or `closed`."""
    level: Mapped[str | None]
    concept: Mapped[str | None]
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("message.id"))
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    detail_sealed: Mapped[bytes | None]
    detail = Sealed()
    """Evidence, a note, a reason: whatever may quote the patient."""

    escalation: Mapped[Escalation] = relationship(back_populates="events")
    staff: Mapped[Staff | None] = relationship()


class Notification(Identified, Base):
    """One page to one person about one escalation, due at its step of the ladder."""

    __tablename__ = "notification"
    __table_args__ = (
        Index("ix_notification_due", "due_at", postgresql_where="state = 'due'"),
        Index("uq_notification_step", "escalation_id", "level", "tier", unique=True),
    )

    escalation_id: Mapped[UUID] = mapped_column(ForeignKey("escalation.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    level: Mapped[str]
    tier: Mapped[str]
    """`primary`, `backup` or `supervisor`."""
    due_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(default="due")
    """`due`, `sent`, `failed` or `spared` (acknowledged before it was due)."""
    attempts: Mapped[int] = mapped_column(default=0)

    escalation: Mapped[Escalation] = relationship()
    staff: Mapped[Staff] = relationship()
