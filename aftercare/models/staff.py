"""Who works here, when they are on duty, and who is logged in."""

from datetime import datetime, time
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from aftercare.crypto import Sealed
from aftercare.models.base import Base, Identified


class Team(Identified, Base):
    __tablename__ = "team"

    name: Mapped[str] = mapped_column(unique=True)
    zone: Mapped[str]
    """IANA zone of the team's office hours."""


class Staff(Identified, Base):
    __tablename__ = "staff"

    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    """`case_manager`, `supervisor` or `admin`."""
    locale: Mapped[str] = mapped_column(default="en")
    team_id: Mapped[UUID] = mapped_column(ForeignKey("team.id"))
    password_hash: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    page_urls_sealed: Mapped[bytes | None]
    page_urls = Sealed()
    """Apprise addresses, comma-separated; None pages through the console only."""

    team: Mapped[Team] = relationship()


class Coverage(Identified, Base):
    """A shift that returns every week: who answers for the team, and in which order."""

    __tablename__ = "coverage"
    __table_args__ = (UniqueConstraint("staff_id", "weekday", "starts", "tier"),)

    team_id: Mapped[UUID] = mapped_column(ForeignKey("team.id"), index=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    weekday: Mapped[int]
    """0 is Monday."""
    starts: Mapped[time]
    ends: Mapped[time]
    tier: Mapped[str]
    """`primary`, `backup` or `supervisor`."""

    staff: Mapped[Staff] = relationship()


class Login(Identified, Base):
    """One browser's session. The cookie carries only the id's secret; here lies its hash."""

    __tablename__ = "login"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    secret_hash: Mapped[str] = mapped_column(unique=True)
    csrf: Mapped[str]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]

    staff: Mapped[Staff] = relationship()
