"""Every text in and out. The outbox is the outbound rows that are `queued`."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from aftercare.crypto import Sealed
from aftercare.models.base import Base, Identified
from aftercare.models.patients import Patient


class Message(Identified, Base):
    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_patient", "patient_id", "seq"),
        Index("ix_message_waiting", "at", postgresql_where="state IN ('received', 'screened')"),
        Index("ix_message_outbox", "not_before", postgresql_where="state IN ('queued', 'sending')"),
    )

    seq: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    """The order in which texts were stored."""
    direction: Mapped[str]
    """`in` or `out`."""
    patient_id: Mapped[UUID | None] = mapped_column(ForeignKey("patient.id"))
    caregiver_id: Mapped[UUID | None] = mapped_column(ForeignKey("caregiver.id"))
    phone_sealed: Mapped[bytes]
    phone_hash: Mapped[str] = mapped_column(index=True)
    body_sealed: Mapped[bytes | None]
    """None once the retention period has purged the words."""
    phone = Sealed()
    body = Sealed()
    sid: Mapped[str | None] = mapped_column(unique=True)
    """The carrier's id of the message."""
    kind: Mapped[str]
    """What it is for: `text` inbound; `welcome`, `check_in`, `reply`, `emergency`,
    `reminder`, `education`, `staff` or `notice` outbound."""
    state: Mapped[str]
    """In: `received`, `screened`, `answered`, `handed_over`. Out: `queued`, `sending`, then
    the carrier's own words (`sent`, `delivered`, `failed`, …), `expired` or `canceled`."""
    at: Mapped[datetime]
    """When it was received, or queued."""
    not_before: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    """When it was answered, or handed to the carrier."""
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    """Why it could not be sent: one word of the carrier's closed list."""
    reply_to: Mapped[UUID | None] = mapped_column(ForeignKey("message.id"))
    check_in_id: Mapped[UUID | None] = mapped_column(ForeignKey("check_in.id"))
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    part: Mapped[int] = mapped_column(default=0)
    """Place among the texts that answer one message."""
    media: Mapped[list[str]] = mapped_column(JSONB, default=list)
    """Content types of what came with it; the files stay with the carrier."""
    reading_sealed: Mapped[bytes | None]
    reading = Sealed()
    """How it was read, as JSON: level, concepts, evidence."""
    turn_sealed: Mapped[bytes | None]
    turn = Sealed()
    """What the dialogue made of it, as JSON, so that asking twice answers once."""

    patient: Mapped[Patient | None] = relationship()
    attempt_rows: Mapped[list[SendAttempt]] = relationship(order_by="SendAttempt.at")


class SendAttempt(Identified, Base):
    """One try to hand a message to the carrier, recorded before it is made."""

    __tablename__ = "send_attempt"

    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id"), index=True)
    at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(default="unknown")
    """`unknown` until the carrier's answer is recorded."""


class SenderPace(Base):
    """When the sender may hand over its next segment (procrastinate has no rate limit)."""

    __tablename__ = "sender_pace"

    sender: Mapped[str] = mapped_column(primary_key=True)
    next_at: Mapped[datetime]
