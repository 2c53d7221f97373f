"""Texts that a case manager says were read wrong."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from aftercare.models.base import Base, Identified


class Misreading(Identified, Base):
    """One text is marked at most once. The mark says nothing of what it was read as: the
    message's own `reading` does."""

    __tablename__ = "misreading"

    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id"), unique=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    """Who said so last."""
    at: Mapped[datetime]
    level: Mapped[str | None]
    """The level that would have been right; None while nobody has said."""
