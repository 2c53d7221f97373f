"""Hands a text that was not answered in time to a human, and tells the patient so."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from aftercare.clinic import Clinic
from aftercare.escalations import Reason, flag, flag_stranger
from aftercare.inbound.senders import locked
from aftercare.levels import Level
from aftercare.outbound import queue


def hand_over(session: Session, clinic: Clinic, now: datetime, message_id: UUID) -> None:
    """The text becomes an item of the queue; the patient gets a true sentence.

    One that could not even be screened is urgent: nobody knows what it says.
    """
    message, sender = locked(session, message_id)
    if message.state == "received":
        level = Level.URGENT
    elif message.state == "screened":
        level = Level.ROUTINE
    else:
        return
    reason = Reason("unanswered", level)
    message.state, message.settled_at = "handed_over", now
    if sender is None:
        flag_stranger(session, clinic, now, [reason], message)
        return
    sender.sign(message)
    patient = sender.patient
    flag(session, clinic, now, patient, [reason], message)
    body = clinic.say("trouble", patient.locale)
    queue(session, clinic, now, patient, "notice", body, to=message.phone, reply_to=message)
