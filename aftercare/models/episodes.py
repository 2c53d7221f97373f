"""One discharge's programme: its check-ins, answers, needs and education."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from aftercare.crypto import Sealed
from aftercare.models.base import Base, Identified
from aftercare.models.patients import Patient
from aftercare.models.staff import Staff, Team


class Episode(Identified, Base):
    __tablename__ = "episode"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"), index=True)
    encounter_hash: Mapped[str] = mapped_column(unique=True)
    encounter_sealed: Mapped[bytes]
    encounter = Sealed()
    protocol: Mapped[str]
    protocol_version: Mapped[str]
    state: Mapped[str] = mapped_column(default="active")
    """`active`, `paused`, `completed` or `stopped`."""
    state_reason: Mapped[str] = mapped_column(default="")
    discharged_at: Mapped[datetime]
    facility: Mapped[str] = mapped_column(default="")
    attending: Mapped[str] = mapped_column(default="")
    diagnosis: Mapped[str] = mapped_column(default="")
    """ICD-10-CM code of the principal diagnosis."""
    procedure: Mapped[str] = mapped_column(default="")
    payer: Mapped[str] = mapped_column(default="")
    team_id: Mapped[UUID] = mapped_column(ForeignKey("team.id"))
    case_manager_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]

    patient: Mapped[Patient] = relationship(back_populates="episodes")
    team: Mapped[Team] = relationship()
    case_manager: Mapped[Staff | None] = relationship()
    medications: Mapped[list[Medication]] = relationship(back_populates="episode")
    appointments: Mapped[list[Appointment]] = relationship(
        back_populates="episode", order_by="Appointment.at"
    )
    check_ins: Mapped[list[CheckIn]] = relationship(
        back_populates="episode", order_by="CheckIn.scheduled_for"
    )


class Medication(Identified, Base):
    __tablename__ = "medication"

    episode_id: Mapped[UUID] = mapped_column(ForeignKey("episode.id"), index=True)
    name_sealed: Mapped[bytes]
    name = Sealed()
    dose: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(default="")
    """Class whose missed dose is urgent (`anticoagulant`, `insulin`, …), or empty."""

    episode: Mapped[Episode] = relationship(back_populates="medications")


class Appointment(Identified, Base):
    __tablename__ = "appointment"

    episode_id: Mapped[UUID] = mapped_column(ForeignKey("episode.id"), index=True)
    at: Mapped[datetime]
    place: Mapped[str] = mapped_column(default="")

    episode: Mapped[Episode] = relationship(back_populates="appointments")


class CheckIn(Identified, Base):
    """One check-in. This row is the truth; Rasa's slots are scratch."""

    __tablename__ = "check_in"
    __table_args__ = (
        UniqueConstraint("episode_id", "offset_days"),
        Index("ix_check_in_due", "scheduled_for", postgresql_where="state = 'scheduled'"),
        Index("ix_check_in_open", "asked_at", postgresql_where="state IN ('starting', 'open')"),
    )

    episode_id: Mapped[UUID] = mapped_column(ForeignKey("episode.id"))
    offset_days: Mapped[int]
    scheduled_for: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="scheduled")
    """`scheduled`, `starting`, `open`, then `completed`, `interrupted`, `silent` or `expired`."""
    question: Mapped[str | None]
    """Id of the question that waits for an answer."""
    tries: Mapped[int] = mapped_column(default=0)
    """How often the waiting question was asked again."""
    unsure_sealed: Mapped[bytes | None]
    unsure = Sealed()
    """An implausible value that waits for a yes or no."""
    started_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    """When the waiting question was asked: the clock of reminder and silence."""
    reminded_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    episode: Mapped[Episode] = relationship(back_populates="check_ins")
    answers: Mapped[list[Answer]] = relationship(back_populates="check_in", order_by="Answer.at")


class Answer(Identified, Base):
    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("check_in_id", "question"),)

    check_in_id: Mapped[UUID] = mapped_column(ForeignKey("check_in.id"))
    question: Mapped[str]
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("message.id"))
    value: Mapped[Any] = mapped_column(JSONB)
    """In the question's own unit; None when it was asked twice and not understood."""
    unit: Mapped[str | None]
    level: Mapped[str] = mapped_column(default="none")
    at: Mapped[datetime]

    check_in: Mapped[CheckIn] = relationship(back_populates="answers")


class Need(Identified, Base):
    """Something other than a symptom that stands in the way: a ride, money, food."""

    __tablename__ = "need"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"), index=True)
    kind: Mapped[str]
    code: Mapped[str] = mapped_column(default="")
    """ICD-10-CM Z code that the text proposes; a clinician confirms it."""
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("message.id"))
    escalation_id: Mapped[UUID] = mapped_column(ForeignKey("escalation.id"), index=True)
    at: Mapped[datetime]


class EducationDelivery(Identified, Base):
    __tablename__ = "education_delivery"
    __table_args__ = (UniqueConstraint("episode_id", "module", "message_id"),)

    episode_id: Mapped[UUID] = mapped_column(ForeignKey("episode.id"), index=True)
    module: Mapped[str]
    locale: Mapped[str]
    source_hash: Mapped[str]
    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id"))
    at: Mapped[datetime]
