"""The patient, those who help them, and what they agreed to."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from aftercare.crypto import Sealed
from aftercare.models.base import Base, Identified

if TYPE_CHECKING:
    from aftercare.models.episodes import Episode


class Patient(Identified, Base):
    """One person. `id` is also the opaque conversation id that Rasa knows."""

    __tablename__ = "patient"

    mrn_sealed: Mapped[bytes]
    mrn_hash: Mapped[str] = mapped_column(unique=True)
    first_name_sealed: Mapped[bytes]
    last_name_sealed: Mapped[bytes]
    birth_date_sealed: Mapped[bytes | None]
    phone_sealed: Mapped[bytes]
    phone_hash: Mapped[str] = mapped_column(index=True)
    mrn = Sealed()
    first_name = Sealed()
    last_name = Sealed()
    birth_date = Sealed()
    phone = Sealed()
    sex: Mapped[str] = mapped_column(default="")
    locale: Mapped[str]
    zone: Mapped[str]
    zip: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(default="active")
    """`active`, `opted_out`, `wrong_number` or `deceased`: may we text them?"""
    created_at: Mapped[datetime]

    caregivers: Mapped[list[Caregiver]] = relationship(back_populates="patient")
    episodes: Mapped[list[Episode]] = relationship(
        back_populates="patient", order_by="Episode.discharged_at.desc()"
    )

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


class Caregiver(Identified, Base):
    """Someone who may text for the patient."""

    __tablename__ = "caregiver"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"), index=True)
    name_sealed: Mapped[bytes]
    phone_sealed: Mapped[bytes]
    phone_hash: Mapped[str] = mapped_column(index=True)
    name = Sealed()
    phone = Sealed()
    relation: Mapped[str] = mapped_column(default="")
    consented: Mapped[bool] = mapped_column(default=False)

    patient: Mapped[Patient] = relationship(back_populates="caregivers")


class Consent(Identified, Base):
    """A consent given or withdrawn: the evidence, kept as it happened."""

    __tablename__ = "consent"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"), index=True)
    kind: Mapped[str]
    """`sms` or `caregiver`."""
    given: Mapped[bool]
    at: Mapped[datetime]
    source: Mapped[str]
    wording: Mapped[str]
    """Version of the wording that was shown or sent."""
    actor: Mapped[str]
