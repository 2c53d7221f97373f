"""The audit trail's table. The database itself refuses to change or delete its rows."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Identity
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from aftercare.models.base import Base


class AuditEvent(Base):
    __tablename__ = "audit_event"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    """`staff:<id>`, `system`, `patient:<id>` or `feed:<name>`."""
    action: Mapped[str]
    subject: Mapped[str]
    """`patient:<id>`, `escalation:<id>`, …: ids only, never a name or words."""
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    previous: Mapped[str]
    hash: Mapped[str]
