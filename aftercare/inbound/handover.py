"""Hands a text that was not answered in time to a human, and tells the patient so."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from aftercare.checkins import open_check_in, question_of
from aftercare.clinic import Clinic
from aftercare.escalations import Reason, flag_stranger
from aftercare.inbound.incoming import Incoming
from aftercare.inbound.screening import escalate, interrupt
from aftercare.inbound.senders import Sender, locked
from aftercare.levels import Level
from aftercare.models import Message
from aftercare.triage import Reading


def hand_over(session: Session, clinic: Clinic, now: datetime, message_id: UUID) -> None:
    """The text becomes an item of the queue; the patient gets a true sentence.

    One that could not even be screened is urgent: nobody knows what it says.
    """
    message, sender = locked(session, message_id)
    before = message.state
    if before not in {"received", "screened"}:
        return
    message.state, message.settled_at = "handed_over", now
    if sender is None:
        flag_stranger(session, clinic, now, [Reason("unanswered", Level.URGENT)], message)
    elif before == "received":
        sender.sign(message)
        text = Incoming(session, clinic, now, message, sender, Reading(Level.URGENT, unread=True))
        text.flag("unanswered", Level.URGENT)
        text.answer("trouble")
    else:
        _unheard(session, clinic, now, message, sender)


def _unheard(
    session: Session, clinic: Clinic, now: datetime, message: Message, sender: Sender
) -> None:
    """What the dialogue never heard is read once more, with the question that waits now."""
    check_in = open_check_in(session, sender.patient)
    question = question_of(clinic, check_in) if check_in else None
    reading = clinic.reader.read(message.body or "", sender.patient.locale, question)
    text = Incoming(session, clinic, now, message, sender, reading, question)
    escalate(text)
    text.flag("unanswered")
    if reading.level is Level.EMERGENCY:
        interrupt(text, check_in)
    else:
        text.answer("trouble")
