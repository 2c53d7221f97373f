"""Screens a text before Rasa sees it: the red flag, its escalation and the emergency text
are one transaction, and stopping, wrong numbers and deaths are heard at once."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aftercare import jobs
from aftercare.checkins import end, open_check_in, question_of, record
from aftercare.clinic import Clinic
from aftercare.escalations import Flagged, Reason
from aftercare.evidence import reading_json, reasons
from aftercare.inbound.incoming import Incoming
from aftercare.inbound.senders import locked
from aftercare.inbound.standing import change_standing
from aftercare.inbound.strangers import from_stranger
from aftercare.levels import Level
from aftercare.models import CheckIn, Message

A_MOMENT = timedelta(seconds=5)
"""When Rasa works, what came before is answered by then; when not, the question still waits."""


def screen(
    session: Session, clinic: Clinic, now: datetime, message_id: UUID, opt_out_type: str = ""
) -> None:
    """Read a stored text and act on what cannot wait; what can goes to the dialogue.

    Screening twice changes nothing. Raises LookupError without any staff to tell.
    """
    message, sender = locked(session, message_id)
    if message.state != "received":
        return
    if sender is None:
        from_stranger(session, clinic, now, message)
        return
    sender.sign(message)
    check_in = open_check_in(session, sender.patient)
    question = question_of(clinic, check_in) if check_in else None
    if _follows_closely(session, message):
        question = None  # The text before it may answer; the dialogue reads both in order.
    reading = clinic.reader.read(message.body or "", sender.patient.locale, question)
    message.reading = reading_json(reading, question)
    _act(Incoming(session, clinic, now, message, sender, reading, question, opt_out_type), check_in)


def _act(text: Incoming, check_in: CheckIn | None) -> None:
    flagged = escalate(text)
    changed = change_standing(text, flagged)
    _note_unreadable(text)
    if text.reading.level is Level.EMERGENCY:
        interrupt(text, check_in)
        _settle(text, "answered")
    elif changed or not text.body:
        _settle(text, "answered")
    elif text.patient.status != "active":
        # We may not answer, and the text may matter all the same: a human reads it.
        text.flag("wrote_after_stop")
        _settle(text, "handed_over")
    else:
        text.message.state = "screened"
    # Even a settled text wakes the dialogue: an earlier one may wait behind it.
    patient = str(text.patient.id)
    jobs.enqueue(text.session, jobs.TALK, lock=f"talk:{patient}", patient=patient)


def _follows_closely(session: Session, message: Message) -> bool:
    """Whether the dialogue has still to hear what came a moment before."""
    before = select(Message.id).where(
        Message.phone_hash == message.phone_hash,
        Message.direction == "in",
        Message.state.in_(("received", "screened")),
        Message.seq < message.seq,
        Message.at > message.at - A_MOMENT,
    )
    return session.scalar(before.limit(1)) is not None


def _settle(text: Incoming, state: str) -> None:
    text.message.state, text.message.settled_at = state, text.now


def interrupt(text: Incoming, check_in: CheckIn | None) -> None:
    """An emergency ends the check-in; the answer that was one is kept."""
    if check_in is None:
        return
    answered = any(
        evidence.source == "question" and evidence.level is Level.EMERGENCY
        for evidence in text.reading.evidence
    )
    if text.question and text.reading.value is not None and answered:
        record(text.session, text.now, check_in, text.question, text.reading.value, text.message)
    end(check_in, text.now, "interrupted")


def escalate(text: Incoming) -> Flagged | None:
    """Put what is pressing before a human, and tell the patient what to do now."""
    pressing = reasons(text.reading, text.asked, at_least=Level.URGENT)
    if not pressing:
        return None
    if text.patient.status == "opted_out":
        # The carrier refuses even the emergency text: a human has to phone.
        pressing.append(Reason("opted_out_while_open", Level.URGENT))
    flagged = text.flag_all(pressing)
    for other in text.sender.others:
        # One number, several patients: nobody can tell from the text whose chest hurts.
        text.flag_all([*pressing, Reason("shared_number", Level.ROUTINE)], other)
    if text.reading.level is Level.EMERGENCY or flagged.news:
        _tell(text, flagged)
    return flagged


def _tell(text: Incoming, flagged: Flagged) -> None:
    """Answer a red flag: what to do now, or truthfully who will call when."""
    told = text.clinic.reader.told(text.reading)
    if told == "urgent":
        told = "urgent_staffed" if flagged.staffed else "urgent_unstaffed"
    if told:
        text.answer(told, "emergency" if text.reading.level is Level.EMERGENCY else "notice")


def _note_unreadable(text: Incoming) -> None:
    """A picture, a voice note or nothing at all: a human looks, and the patient knows."""
    if text.message.media:
        text.flag_all([Reason("media", Level.ROUTINE, "flag", {"media": text.message.media})])
        text.answer("unread_media")
    elif not text.body:
        text.flag("unread")
        text.answer("handed_over")
