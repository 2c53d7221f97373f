"""Screens a text before Rasa sees it: the red flag, its escalation and the emergency text
are one transaction, and stopping, wrong numbers and deaths are heard at once."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aftercare import jobs
from aftercare.checkins import end, open_check_in, question_of, record
from aftercare.clinic import Clinic
from aftercare.escalations import Flagged, Reason, flag, flag_stranger
from aftercare.evidence import reading_json, reasons
from aftercare.inbound.senders import Sender, sender_of
from aftercare.inbound.standing import change_standing
from aftercare.levels import Level
from aftercare.models import Message, Patient
from aftercare.outbound import queue, queue_to_stranger
from aftercare.triage import Reading

TOLD_STRANGER_EVERY = timedelta(hours=12)


def screen(
    session: Session,
    clinic: Clinic,
    now: datetime,
    message_id: UUID,
    answered_by_carrier: bool = False,
) -> None:
    """Read a stored text and act on what cannot wait; what can goes to the dialogue.

    Screening twice changes nothing. Raises LookupError without any staff to tell.
    """
    message = session.get_one(Message, message_id, with_for_update=True)
    if message.state != "received":
        return
    sender = sender_of(session, message)
    if sender is None:
        _from_stranger(session, clinic, now, message)
        return
    message.patient_id = sender.patient.id
    message.caregiver_id = sender.caregiver.id if sender.caregiver else None
    _from_patient(session, clinic, now, message, sender, answered_by_carrier)


def _from_patient(
    session: Session,
    clinic: Clinic,
    now: datetime,
    message: Message,
    sender: Sender,
    answered_by_carrier: bool,
) -> None:
    patient = session.get_one(Patient, sender.patient.id, with_for_update=True)
    check_in = open_check_in(session, patient)
    question = question_of(clinic, check_in) if check_in else None
    reading = clinic.reader.read(message.body or "", patient.locale, question)
    message.reading = reading_json(reading, question)
    asked = question.id if question else None
    flagged = _escalate(session, clinic, now, message, sender, reading, asked)
    changed = change_standing(
        session, clinic, now, patient, message, reading, answered_by_carrier, flagged
    )
    _note_media(session, clinic, now, patient, message)
    if reading.level is Level.EMERGENCY:
        if check_in and question:
            value = reading.value if reading.confidence >= 0.5 else None
            record(session, now, check_in, question, value, message)
            end(check_in, now, "interrupted")
        message.state, message.settled_at = "answered", now
    elif changed or not (message.body or "").strip():
        message.state, message.settled_at = "answered", now
    elif patient.status != "active":
        _wrote_after_stop(session, clinic, now, patient, message)
    else:
        message.state = "screened"
    # Even a settled text wakes the dialogue: an earlier one may wait behind it.
    jobs.enqueue(session, jobs.TALK, lock=f"talk:{patient.id}", patient=str(patient.id))


def _escalate(
    session: Session,
    clinic: Clinic,
    now: datetime,
    message: Message,
    sender: Sender,
    reading: Reading,
    question: str | None,
) -> Flagged | None:
    pressing = reasons(reading, question, at_least=Level.URGENT)
    if not pressing:
        return None
    flagged = flag(session, clinic, now, sender.patient, pressing, message)
    for other in sender.others:
        # One number, several patients: nobody can tell from the text whose chest hurts.
        flag(session, clinic, now, other, [*pressing, shared_number()], message)
    if reading.level is Level.EMERGENCY or flagged.news:
        tell_patient(session, clinic, now, sender.patient, message, reading, flagged)
    return flagged


def shared_number() -> Reason:
    return Reason("shared_number", Level.ROUTINE, "flag")


def tell_patient(
    session: Session,
    clinic: Clinic,
    now: datetime,
    patient: Patient,
    message: Message,
    reading: Reading,
    flagged: Flagged,
) -> Message | None:
    """Answer a red flag: what to do now, or truthfully who will call when."""
    told = clinic.reader.told(reading)
    if told is None:
        return None
    if told == "urgent":
        told = "urgent_staffed" if flagged.staffed else "urgent_unstaffed"
    body = clinic.say(told, patient.locale)
    kind = "emergency" if reading.level is Level.EMERGENCY else "notice"
    return queue(session, clinic, now, patient, kind, body, to=message.phone, reply_to=message)


def _wrote_after_stop(
    session: Session, clinic: Clinic, now: datetime, patient: Patient, message: Message
) -> None:
    # We may not answer, and the text may matter all the same: a human reads it.
    reason = Reason("wrote_after_stop", Level.ROUTINE, "flag", {"status": patient.status})
    flag(session, clinic, now, patient, [reason], message)
    message.state, message.settled_at = "handed_over", now


def _note_media(
    session: Session, clinic: Clinic, now: datetime, patient: Patient, message: Message
) -> None:
    """A picture, a voice note or nothing at all: a human looks, and the patient knows."""
    empty = not (message.body or "").strip()
    if not message.media and not empty:
        return
    reason = Reason(
        "unread_media" if message.media else "empty_text", Level.ROUTINE, "flag",
        {"media": message.media},
    )  # fmt: skip
    flag(session, clinic, now, patient, [reason], message)
    told = "unread_media" if message.media else "handed_over"
    body = clinic.say(told, patient.locale)
    queue(session, clinic, now, patient, "notice", body, to=message.phone, reply_to=message)


def _from_stranger(session: Session, clinic: Clinic, now: datetime, message: Message) -> None:
    """Nothing of any patient in the answer; an emergency is one whoever writes."""
    reading = clinic.reader.screen(message.body or "", "en")
    message.reading = reading_json(reading, None)
    message.state, message.settled_at = "handed_over", now
    pressing = reasons(reading, None, at_least=Level.URGENT)
    if pressing:
        flag_stranger(session, clinic, now, pressing, message)
    told = clinic.reader.told(reading) if reading.level is Level.EMERGENCY else None
    silent = reading.wants & {"opt_out", "opt_in", "help"} or _told_lately(session, now, message)
    if told is None and silent:
        return
    body = clinic.say(told or "sender_unknown", _spoken(reading))
    queue_to_stranger(session, now, message.phone, "emergency" if told else "notice", body, message)


def _spoken(reading: Reading) -> str:
    wanted = [w.removeprefix("language:") for w in reading.wants if w.startswith("language:")]
    return wanted[0] if wanted else "en"


def _told_lately(session: Session, now: datetime, message: Message) -> bool:
    # Two machines answering each other would never stop.
    return bool(
        session.scalar(
            select(Message.id)
            .where(
                Message.phone_hash == message.phone_hash,
                Message.direction == "out",
                Message.at > now - TOLD_STRANGER_EVERY,
            )
            .limit(1)
        )
    )
