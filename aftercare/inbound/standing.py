"""Stopping, starting, wrong numbers and deaths: whether this number may be texted at all."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from aftercare import audit
from aftercare.checkins import end, open_check_in
from aftercare.escalations import Flagged, open_escalation
from aftercare.inbound.incoming import Incoming
from aftercare.levels import Level
from aftercare.models import Consent, Episode, Patient
from aftercare.outbound import cancel_waiting

WORDING = "sms-1"
"""Version of the consent wording; content/messages.yml, `welcome`."""

ENDS_TEXTS = frozenset({"opt_out", "wrong_number", "deceased"})


def change_standing(text: Incoming, flagged: Flagged | None = None) -> bool:
    """Act on a wish to stop or start, a wrong number or a death. True when nothing is left
    for the dialogue to answer."""
    if "deceased" in text.wants:
        _died(text)
    elif text.sender.caregiver and text.wants & ENDS_TEXTS:
        _helper_leaves(text)
    elif "wrong_number" in text.wants:
        _not_theirs(text)
    elif "opt_out" in text.wants:
        _opted_out(text, flagged)
    elif text.patient.status == "opted_out" and _back_again(text):
        _opted_in(text)
    elif "help" in text.wants and text.bare:
        _asked_for_help(text)
    else:
        return False
    return True


def mirror_opt_out(session: Session, now: datetime, patient: Patient) -> None:
    """The carrier refuses our texts to this patient: they stopped them there."""
    if patient.status == "active":
        _stop(session, now, patient, "opted_out")
        _consent(session, now, patient, given=False, source="carrier")


def _opted_out(text: Incoming, flagged: Flagged | None) -> None:
    stopped = [patient for patient in text.sender.everyone if patient.status == "active"]
    for patient in stopped:
        _stop(text.session, text.now, patient, "opted_out")
        _consent(text.session, text.now, patient, given=False, source="text")
        if open_escalation(text.session, patient):
            # The carrier will refuse every further text: a human has to phone.
            text.flag("opted_out_while_open", Level.URGENT, patient)
    in_danger = flagged and Level(flagged.escalation.level) is Level.EMERGENCY
    if stopped and not text.answered_by_carrier and not in_danger:
        text.last_word("opted_out")


def _opted_in(text: Incoming) -> None:
    for patient in text.sender.everyone:
        if patient.status == "opted_out":
            patient.status = "active"
            _consent(text.session, text.now, patient, given=True, source="text")
            _audit(text.session, text.now, patient, "opted_in")
    if not text.answered_by_carrier:
        text.answer("opted_in")


def _asked_for_help(text: Incoming) -> None:
    # HELP is the carriers' word, and what someone in distress types: both are answered.
    text.flag("asked_help")
    if not text.answered_by_carrier:
        text.answer("help")


def _helper_leaves(text: Incoming) -> None:
    """A caregiver wants no texts: the patient's own go on, and the case manager knows."""
    text.flag("caregiver_stopped")
    if not text.answered_by_carrier:
        text.last_word("opted_out" if "opt_out" in text.wants else "wrong_number")


def _not_theirs(text: Incoming) -> None:
    for patient in text.sender.everyone:
        text.flag("wrong_number", patient=patient)
        _stop(text.session, text.now, patient, "wrong_number")
    text.last_word("wrong_number")


def _died(text: Incoming) -> None:
    """All texts end. Whose death it is, only a human can learn when several share a number."""
    for patient in text.sender.everyone:
        text.flag("deceased", patient=patient)
        if text.sender.others:
            _pause(text, patient)
        else:
            _stop(text.session, text.now, patient, "deceased")
    text.last_word("deceased")


def _pause(text: Incoming, patient: Patient) -> None:
    text.flag("shared_number", patient=patient)
    _withdraw(text.session, text.now, patient, "paused")
    _set_episodes(text.session, patient, "paused", "deceased")


def _stop(session: Session, now: datetime, patient: Patient, status: str) -> None:
    """End every text to this patient. Check-ins stay on record as ended."""
    patient.status = status
    _withdraw(session, now, patient, status)
    if status != "opted_out":
        _set_episodes(session, patient, "stopped", status)
    _audit(session, now, patient, status)


def _withdraw(session: Session, now: datetime, patient: Patient, why: str) -> None:
    cancel_waiting(session, patient, why)
    if check_in := open_check_in(session, patient):
        end(check_in, now, "interrupted")


def _set_episodes(session: Session, patient: Patient, state: str, why: str) -> None:
    running = select(Episode).where(Episode.patient_id == patient.id, Episode.state == "active")
    for episode in session.scalars(running):
        episode.state, episode.state_reason = state, why


def _audit(session: Session, now: datetime, patient: Patient, what: str) -> None:
    who = f"patient:{patient.id}"
    audit.record(session, now, who, f"patient.{what}", who)


def _consent(
    session: Session, now: datetime, patient: Patient, *, given: bool, source: str
) -> None:
    session.add(
        Consent(
            patient_id=patient.id,
            kind="sms",
            given=given,
            at=now,
            source=source,
            wording=WORDING,
            actor=f"patient:{patient.id}",
        )
    )


def _back_again(text: Incoming) -> bool:
    # YES counts only from someone who stopped; from everyone else it is an answer.
    return "opt_in" in text.wants or text.body.lower() in {"start", "yes", "unstop"}
