"""Stopping, starting, wrong numbers and deaths: whether this number may be texted at all."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from aftercare import audit
from aftercare.checkins import end, open_check_in
from aftercare.clinic import Clinic
from aftercare.escalations import Flagged, Reason, flag, open_escalation
from aftercare.levels import Level
from aftercare.models import Consent, Episode, Message, Patient
from aftercare.outbound import cancel_waiting, last_word, queue
from aftercare.triage import Reading

WORDING = "sms-1"
"""Version of the consent wording; content/messages.yml, `welcome`."""

CARRIER_WORDS = frozenset(
    ("stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout",
     "start", "yes", "unstop", "help", "info")
)  # fmt: skip
"""Bare words that Twilio answers by itself (facts: shared default lists, 2026)."""


def change_standing(
    session: Session,
    clinic: Clinic,
    now: datetime,
    patient: Patient,
    message: Message,
    reading: Reading,
    answered_by_carrier: bool,
    flagged: Flagged | None,
) -> bool:
    """Act on a wish to stop or start, a wrong number or a death. True when nothing is left
    for the dialogue to answer."""
    silent = answered_by_carrier or (clinic.policy.optout_by_carrier and _bare(message))
    if "deceased" in reading.wants:
        _died(session, clinic, now, patient, message)
    elif "wrong_number" in reading.wants:
        _not_theirs(session, clinic, now, patient, message)
    elif "opt_out" in reading.wants:
        _opted_out(session, clinic, now, patient, message, silent, flagged)
    elif patient.status == "opted_out" and ("opt_in" in reading.wants or _back_again(message)):
        _opted_in(session, clinic, now, patient, message, silent)
    elif "help" in reading.wants and _bare(message):
        _asked_for_help(session, clinic, now, patient, message, silent)
    else:
        return False
    return True


def _opted_out(
    session: Session,
    clinic: Clinic,
    now: datetime,
    patient: Patient,
    message: Message,
    silent: bool,
    flagged: Flagged | None,
) -> None:
    if patient.status == "opted_out":
        return
    _stop(session, now, patient, "opted_out", message)
    _consent(session, now, patient, False)
    if not silent and not (flagged and Level(flagged.escalation.level) is Level.EMERGENCY):
        body = clinic.say("opted_out", patient.locale)
        last_word(session, now, patient, message.phone, body)
    if open_escalation(session, patient):
        # The carrier will refuse every further text: a human has to phone.
        reason = Reason("opted_out_while_open", Level.URGENT, "flag")
        flag(session, clinic, now, patient, [reason], message)


def _opted_in(
    session: Session,
    clinic: Clinic,
    now: datetime,
    patient: Patient,
    message: Message,
    silent: bool,
) -> None:
    patient.status = "active"
    _consent(session, now, patient, True)
    audit.record(session, now, f"patient:{patient.id}", "patient.opted_in", f"patient:{patient.id}")
    if not silent:
        body = clinic.say("opted_in", patient.locale)
        queue(session, clinic, now, patient, "notice", body, to=message.phone, reply_to=message)


def _asked_for_help(
    session: Session,
    clinic: Clinic,
    now: datetime,
    patient: Patient,
    message: Message,
    silent: bool,
) -> None:
    # HELP is the carriers' word, and what someone in distress types: both are answered.
    flag(session, clinic, now, patient, [Reason("asked_help", Level.ROUTINE, "flag")], message)
    if not silent:
        body = clinic.say("help", patient.locale)
        queue(session, clinic, now, patient, "notice", body, to=message.phone, reply_to=message)


def _not_theirs(
    session: Session, clinic: Clinic, now: datetime, patient: Patient, message: Message
) -> None:
    flag(session, clinic, now, patient, [Reason("wrong_number", Level.ROUTINE, "flag")], message)
    _stop(session, now, patient, "wrong_number", message)
    last_word(session, now, patient, message.phone, clinic.say("wrong_number", patient.locale))


def _died(
    session: Session, clinic: Clinic, now: datetime, patient: Patient, message: Message
) -> None:
    flag(session, clinic, now, patient, [Reason("deceased", Level.ROUTINE, "flag")], message)
    _stop(session, now, patient, "deceased", message)
    last_word(session, now, patient, message.phone, clinic.say("deceased", patient.locale))


def _stop(session: Session, now: datetime, patient: Patient, status: str, message: Message) -> None:
    """End every text to this patient. Check-ins stay on record as ended."""
    patient.status = status
    cancel_waiting(session, patient, status)
    if check_in := open_check_in(session, patient):
        end(check_in, now, "interrupted")
    if status != "opted_out":
        for episode in session.scalars(select(Episode).where(Episode.patient_id == patient.id)):
            episode.state, episode.state_reason = "stopped", status
    audit.record(
        session, now, f"patient:{patient.id}", f"patient.{status}", f"patient:{patient.id}",
        message=str(message.id),
    )  # fmt: skip


def _consent(session: Session, now: datetime, patient: Patient, given: bool) -> None:
    session.add(
        Consent(
            patient_id=patient.id,
            kind="sms",
            given=given,
            at=now,
            source="text",
            wording=WORDING,
            actor=f"patient:{patient.id}",
        )
    )


def _back_again(message: Message) -> bool:
    # YES counts only from someone who stopped; from everyone else it is an answer.
    return (message.body or "").strip().lower() in {"start", "yes", "unstop"}


def _bare(message: Message) -> bool:
    return (message.body or "").strip().lower() in CARRIER_WORDS
