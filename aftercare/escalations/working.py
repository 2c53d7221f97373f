"""What a case manager does with an escalation, from acknowledging it to closing it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from aftercare import audit
from aftercare.clinic import Clinic
from aftercare.levels import Level
from aftercare.models import Escalation, EscalationEvent, Message, Patient, Staff
from aftercare.outbound import queue

CONTACTS = ("voice", "text", "in_person", "attempts", "welfare_check")
OUTCOMES = (
    "advice_given",
    "visit_booked",
    "sent_to_emergency",
    "medicine_changed",
    "need_met",
    "no_action_needed",
    "not_reached",
    "other",
)


class Conflict(Exception):
    """Somebody else was first. `by` is their name."""

    def __init__(self, by: str) -> None:
        super().__init__(f"{by} was first")
        self.by = by


class CannotClose(Exception):
    """The record is not complete. `reasons` says what is missing, field by field."""

    def __init__(self, reasons: dict[str, str]) -> None:
        super().__init__("; ".join(reasons.values()))
        self.reasons = reasons


@dataclass(frozen=True)
class Closing:
    """What has to be on record before an escalation is closed."""

    outcome: str
    contact: str
    action: str
    patient_confirmed: bool | None
    follow_up_on: date | None
    actionable: bool | None
    note: str = ""


def acknowledge(session: Session, now: datetime, staff: Staff, escalation: Escalation) -> None:
    """Take the escalation: it is this person's from now on. Raises Conflict."""
    _compare_and_set(
        session,
        escalation,
        Escalation.acknowledged_at.is_(None),
        acknowledged_at=now,
        acknowledged_by=staff.id,
        assignee_id=staff.id,
    )
    _did(session, now, staff, escalation, "acknowledged")


def attempt(
    session: Session, now: datetime, staff: Staff, escalation: Escalation, contact: str, words: str
) -> None:
    """Record a try that did not reach the patient."""
    _still_open(escalation)
    _did(session, now, staff, escalation, "attempt", words, contact=contact)


def reached(
    session: Session, now: datetime, staff: Staff, escalation: Escalation, contact: str
) -> None:
    """The patient was reached by `contact`. Acknowledges as well, when nobody had."""
    if escalation.acknowledged_at is None:
        acknowledge(session, now, staff, escalation)
    _compare_and_set(session, escalation, Escalation.reached_at.is_(None), reached_at=now)
    escalation.contact = contact
    _did(session, now, staff, escalation, "reached", contact=contact)


def reply(
    session: Session,
    clinic: Clinic,
    now: datetime,
    staff: Staff,
    escalation: Escalation,
    words: str,
) -> Message:
    """Text the patient in the case manager's own words.

    Raises ValueError when there is nothing to say or nobody who may be texted.
    """
    _still_open(escalation)
    patient = session.get(Patient, escalation.patient_id) if escalation.patient_id else None
    if not words.strip():
        raise ValueError("write the text first")
    if patient is None or patient.status != "active":
        why = "unknown number" if patient is None else patient.status.replace("_", " ")
        raise ValueError(f"this patient cannot be texted ({why}): call instead")
    body = clinic.messages.say("staff_reply", patient.locale, text=words.strip())
    message = queue(session, clinic, now, patient, "staff", body, staff=staff)
    _did(session, now, staff, escalation, "replied", message=message)
    return message


def note(session: Session, now: datetime, staff: Staff, escalation: Escalation, words: str) -> None:
    """Write down what others must know."""
    if not words.strip():
        raise ValueError("write the note first")
    _did(session, now, staff, escalation, "noted", words.strip())


def close(
    session: Session, now: datetime, staff: Staff, escalation: Escalation, closing: Closing
) -> None:
    """Close it. Raises CannotClose naming what is missing, Conflict when it is closed already."""
    if reasons := _missing(session, escalation, closing):
        raise CannotClose(reasons)
    _compare_and_set(
        session,
        escalation,
        Escalation.closed_at.is_(None),
        closed_at=now,
        outcome=closing.outcome,
        contact=closing.contact,
        action=closing.action.strip(),
        patient_confirmed=closing.patient_confirmed,
        follow_up_on=closing.follow_up_on,
        actionable=closing.actionable,
    )
    _did(
        session,
        now,
        staff,
        escalation,
        "closed",
        closing.note.strip() or None,
        outcome=closing.outcome,
        actionable=closing.actionable,
    )


def _missing(session: Session, escalation: Escalation, closing: Closing) -> dict[str, str]:
    reasons = {}
    if closing.outcome not in OUTCOMES:
        reasons["outcome"] = "choose how it ended"
    if closing.contact not in CONTACTS:
        reasons["contact"] = "choose how the patient was contacted"
    if not closing.action.strip():
        reasons["action"] = "write what was done"
    if closing.patient_confirmed is None:
        reasons["patient_confirmed"] = "say whether the patient confirmed"
    if closing.actionable is None:
        reasons["actionable"] = "say whether the flag was worth acting on"
    if closing.contact not in reasons and Level(escalation.level) is Level.EMERGENCY:
        reasons |= _missing_for_emergency(session, escalation, closing)
    return reasons


def _missing_for_emergency(
    session: Session, escalation: Escalation, closing: Closing
) -> dict[str, str]:
    # An emergency ends with a voice, with tries on record, or with someone sent to look.
    if closing.contact in {"voice", "in_person", "welfare_check"}:
        return {}
    tried = session.scalar(
        select(EscalationEvent.id)
        .where(EscalationEvent.escalation_id == escalation.id, EscalationEvent.kind == "attempt")
        .limit(1)
    )
    if closing.contact == "attempts" and tried:
        return {}
    return {
        "contact": "an emergency closes with voice contact, recorded attempts, or a welfare check"
    }


def _still_open(escalation: Escalation) -> None:
    if escalation.closed_at:
        raise Conflict("a colleague who closed it")


def _compare_and_set(
    session: Session, escalation: Escalation, expected: ColumnElement[bool], **values: Any
) -> None:
    changed = session.execute(
        update(Escalation)
        .where(Escalation.id == escalation.id, Escalation.closed_at.is_(None), expected)
        .values(**values)
        .returning(Escalation.id)
    ).scalar()
    session.refresh(escalation)
    if changed is None:
        first = session.get(Staff, escalation.acknowledged_by or escalation.assignee_id)
        raise Conflict(first.name if first else "somebody else")


def _did(
    session: Session,
    now: datetime,
    staff: Staff,
    escalation: Escalation,
    kind: str,
    words: str | None = None,
    message: Message | None = None,
    **detail: Any,
) -> None:
    event = EscalationEvent(
        escalation_id=escalation.id,
        at=now,
        kind=kind,
        staff_id=staff.id,
        message_id=message.id if message else None,
    )
    event.detail = words
    session.add(event)
    audit.record(
        session, now, f"staff:{staff.id}", f"escalation.{kind}", f"escalation:{escalation.id}",
        **detail,
    )  # fmt: skip
