"""The programme as a CarePlan, the diagnosis it is for, and its check-ins. Pure."""

from html import escape
from uuid import UUID

from aftercare.fhir.elements import (
    ICD10,
    TERMINOLOGY,
    US_CORE,
    Resource,
    concept,
    derived,
    moment,
    our_concept,
    ref,
    resource,
)
from aftercare.fhir.questionnaire import canonical
from aftercare.fhir.record import Record
from aftercare.models import CheckIn

PLAN_STATES = {
    "active": "active",
    "paused": "on-hold",
    "completed": "completed",
    "stopped": "revoked",
}
CHECK_IN_STATES = {
    "scheduled": "active",
    "starting": "active",
    "open": "active",
    "completed": "completed",
    "interrupted": "completed",
    "silent": "completed",
    "expired": "revoked",
    "canceled": "revoked",
}
"""A request to text is fulfilled once the text was sent, answered or not."""


def plan_of(record: Record) -> Resource:
    """The CarePlan: what the patient's programme is, and the check-ins it is made of."""
    episode = record.episode
    return resource(
        "CarePlan",
        episode.id,
        text={"status": "generated", "div": _narrative(record)},
        instantiatesCanonical=[canonical(episode.protocol, episode.protocol_version)],
        status=PLAN_STATES.get(episode.state, "unknown"),
        intent="plan",
        category=[concept(f"{US_CORE}/careplan-category", "assess-plan")],
        title=_title(record),
        subject=record.patient_ref,
        encounter=record.encounter,
        period={"start": moment(episode.discharged_at)},
        created=moment(episode.created_at),
        author=record.hospital_ref,
        addresses=[ref("Condition", _diagnosis(record))] if episode.diagnosis else None,
        activity=[{"reference": check_in_ref(row)} for row in record.check_ins],
    )


def diagnosis_of(record: Record) -> Resource:
    """The discharge diagnosis as the feed gave it."""
    return resource(
        "Condition",
        _diagnosis(record),
        category=[concept(f"{TERMINOLOGY}/condition-category", "encounter-diagnosis")],
        code=concept(ICD10, record.episode.diagnosis),
        subject=record.patient_ref,
        encounter=record.encounter,
        recordedDate=moment(record.episode.created_at),
    )


def check_in_of(record: Record, check_in: CheckIn) -> Resource:
    """One check-in, planned or done: a CommunicationRequest."""
    return resource(
        "CommunicationRequest",
        check_in.id,
        basedOn=[record.plan_ref],
        status=CHECK_IN_STATES.get(check_in.state, "unknown"),
        statusReason=our_concept("check-in-state", check_in.state),
        category=[our_concept("message-kind", "check_in")],
        subject=record.patient_ref,
        occurrenceDateTime=moment(check_in.scheduled_for),
        authoredOn=moment(record.episode.created_at),
        requester=record.hospital_ref,
        recipient=[record.patient_ref],
        sender=record.software_ref,
        reasonCode=[{"text": f"check-in of day {check_in.offset_days} after discharge"}],
    )


def check_in_ref(check_in: CheckIn) -> Resource:
    return ref("CommunicationRequest", check_in.id)


def _diagnosis(record: Record) -> UUID:
    return derived(record.episode.id, "Condition")


def _title(record: Record) -> str:
    known = record.protocol
    return known.title if known else record.episode.protocol.replace("_", " ").capitalize()


def _narrative(record: Record) -> str:
    days = ", ".join(str(row.offset_days) for row in record.check_ins)
    asked = f" Check-ins by text message on these days after discharge: {days}." if days else ""
    told = escape(f"{_title(record)}: programme after discharge.{asked}")
    return f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{told}</p></div>'
