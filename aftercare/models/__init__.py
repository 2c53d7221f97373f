"""The tables, one module per part of the work."""

from aftercare.models.audit import AuditEvent
from aftercare.models.base import Base
from aftercare.models.episodes import (
    Answer,
    Appointment,
    CheckIn,
    EducationDelivery,
    Episode,
    Medication,
    Need,
)
from aftercare.models.escalations import Escalation, EscalationEvent, Notification
from aftercare.models.messages import Message, SendAttempt, SenderPace
from aftercare.models.misreadings import Misreading
from aftercare.models.patients import Caregiver, Consent, Patient
from aftercare.models.staff import Coverage, Login, Staff, Team

__all__ = [
    "Answer",
    "Appointment",
    "AuditEvent",
    "Base",
    "Caregiver",
    "CheckIn",
    "Consent",
    "Coverage",
    "EducationDelivery",
    "Episode",
    "Escalation",
    "EscalationEvent",
    "Login",
    "Medication",
    "Message",
    "Misreading",
    "Need",
    "Notification",
    "Patient",
    "SendAttempt",
    "SenderPace",
    "Staff",
    "Team",
]
