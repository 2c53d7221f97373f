"""Hands a text that the dialogue could not answer to a human, and tells the patient so."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from aftercare.clinic import Clinic
from aftercare.escalations import Reason, flag
from aftercare.levels import Level
from aftercare.models import Message, Patient
from aftercare.outbound import queue


def hand_over(session: Session, clinic: Clinic, now: datetime, message_id: UUID) -> None:
    """The text becomes an item of the queue; the patient gets a true sentence."""
    message = session.get_one(Message, message_id, with_for_update=True)
    if message.state != "screened" or message.patient_id is None:
        return
    patient = session.get_one(Patient, message.patient_id)
    flag(session, clinic, now, patient, [Reason("unanswered", Level.ROUTINE, "flag")], message)
    body = clinic.say("trouble", patient.locale)
    queue(session, clinic, now, patient, "notice", body, to=message.phone, reply_to=message)
    message.state, message.settled_at = "handed_over", now
