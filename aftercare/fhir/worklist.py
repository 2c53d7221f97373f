"""Escalations as Tasks, their red flags as Flags, needs as Conditions to confirm. Pure."""

from datetime import datetime

from aftercare.fhir.elements import (
    ICD10,
    OURS,
    TERMINOLOGY,
    US_CORE,
    Element,
    Resource,
    coding,
    concept,
    derived,
    filled,
    identifier,
    known_as,
    moment,
    our_concept,
    ref,
    resource,
)
from aftercare.fhir.record import Record
from aftercare.levels import Level
from aftercare.models import Escalation, EscalationEvent, Need

PRIORITY = {"emergency": "stat", "urgent": "urgent", "routine": "routine"}
STATES = {
    "open": "requested",
    "acknowledged": "accepted",
    "reached": "in-progress",
    "closed": "completed",
}


def task_of(record: Record, escalation: Escalation) -> Resource:
    """What a case manager has to do, how soon, and how it ended."""
    return resource(
        "Task",
        escalation.id,
        identifier=[identifier("escalation", str(escalation.ref))],
        basedOn=[record.plan_ref],
        status=STATES[escalation.state],
        businessStatus=our_concept("outcome", escalation.outcome) if escalation.outcome else None,
        intent="order",
        priority=PRIORITY.get(escalation.level, "routine"),
        code=our_concept("task", "escalation"),
        for_=record.patient_ref,
        executionPeriod=filled(
            start=moment(escalation.acknowledged_at), end=moment(escalation.closed_at)
        ),
        authoredOn=moment(escalation.opened_at),
        lastModified=moment(_changed(escalation)),
        requester=record.software_ref,
        owner=known_as("Practitioner", "staff", str(escalation.assignee_id)),
        note=[{"text": escalation.action}] if record.words and escalation.action else None,
        restriction={"period": {"end": moment(escalation.due_at)}},
        input=_reasons(record, escalation),
        output=_contact(escalation),
    )


def flags_of(record: Record, escalation: Escalation) -> list[Resource]:
    """One Flag for each red flag (urgent or emergency), active while the escalation is open."""
    return [_flag(record, escalation, event) for event in _red_flags(escalation).values()]


def needs_of(record: Record) -> list[Resource]:
    """The needs that a text named and that have a Z code, which a clinician confirms."""
    return [_need(record, need) for need in record.needs if need.code]


def _need(record: Record, need: Need) -> Resource:
    words = record.text(need.message_id)
    return resource(
        "Condition",
        need.id,
        clinicalStatus=concept(f"{TERMINOLOGY}/condition-clinical", "active"),
        verificationStatus=concept(f"{TERMINOLOGY}/condition-ver-status", "unconfirmed"),
        category=[
            concept(f"{US_CORE}/condition-category", "health-concern"),
            concept(f"{US_CORE}/us-core-category", "sdoh"),
        ],
        code={
            "coding": [coding(ICD10, need.code), coding(f"{OURS}:need", need.kind)],
            "text": need.kind,
        },
        subject=record.patient_ref,
        recordedDate=moment(need.at),
        evidence=[{"detail": [words]}] if words else None,
    )


def _flag(record: Record, escalation: Escalation, event: EscalationEvent) -> Resource:
    return resource(
        "Flag",
        derived(escalation.id, f"Flag:{event.concept}"),
        status="inactive" if escalation.closed_at else "active",
        category=[concept(f"{TERMINOLOGY}/flag-category", "clinical", "Clinical")],
        code=our_concept("concept", str(event.concept)),
        subject=record.patient_ref,
        period=filled(start=moment(event.at), end=moment(escalation.closed_at)),
        author=record.software_ref,
    )


def _reasons(record: Record, escalation: Escalation) -> list[Element]:
    """Why it was raised: its Flags, its needs, then the other reasons by name."""
    flags = [ref("Flag", derived(escalation.id, f"Flag:{c}")) for c in _red_flags(escalation)]
    mine = [need for need in record.needs if need.code and need.escalation_id == escalation.id]
    named = {*_red_flags(escalation), *(need.kind for need in mine)}
    others = {
        event.concept: None
        for event in escalation.events
        if event.kind in ("flag", "need") and event.concept and event.concept not in named
    }
    return [
        *(_input("red flag", valueReference=flag) for flag in flags),
        *(_input("need", valueReference=ref("Condition", need.id)) for need in mine),
        *(_input("reason", valueCodeableConcept=our_concept("concept", c)) for c in others if c),
    ]


def _red_flags(escalation: Escalation) -> dict[str, EscalationEvent]:
    """The first time each was seen."""
    found: dict[str, EscalationEvent] = {}
    for event in escalation.events:
        if event.kind == "flag" and event.concept and Level(event.level or "none") >= Level.URGENT:
            found.setdefault(event.concept, event)
    return found


def _contact(escalation: Escalation) -> list[Element]:
    if not escalation.contact:
        return []
    contact = our_concept("contact", escalation.contact)
    return [{"type": {"text": "contact"}, "valueCodeableConcept": contact}]


def _input(kind: str, **value: Element) -> Element:
    return {"type": {"text": kind}} | value


def _changed(escalation: Escalation) -> datetime:
    return max([escalation.opened_at, *(event.at for event in escalation.events)])
