"""Texts, to and from the patient, as Communications. Pure."""

from aftercare.fhir.elements import (
    REDACTED,
    TERMINOLOGY,
    Element,
    Resource,
    concept,
    known_as,
    moment,
    our_concept,
    ref,
    resource,
)
from aftercare.fhir.record import Record
from aftercare.models import Message

SENT_STATES = {
    "queued": "preparation",
    "sending": "in-progress",
    "accepted": "in-progress",
    "sent": "completed",
    "delivered": "completed",
    "read": "completed",
    "undelivered": "not-done",
    "failed": "not-done",
    "expired": "not-done",
    "canceled": "not-done",
}
MEDIUM = concept(f"{TERMINOLOGY}/v3-ParticipationMode", "WRITTEN", "written", text="SMS")


def communication_of(record: Record, message: Message) -> Resource:
    return (_heard if message.direction == "in" else _said)(record, message)


def _heard(record: Record, message: Message) -> Resource:
    return resource(
        "Communication",
        message.id,
        meta=_label(record, message),
        status="completed",
        category=[our_concept("message-kind", message.kind)],
        medium=[MEDIUM],
        subject=record.patient_ref,
        received=moment(message.at),
        recipient=[record.hospital_ref],
        sender=record.person(message),
        payload=_payload(record, message),
    )


def _said(record: Record, message: Message) -> Resource:
    status = SENT_STATES.get(message.state, "unknown")
    asked = message.check_in_id in {row.id for row in record.check_ins}
    answers = record.text(message.reply_to)
    return resource(
        "Communication",
        message.id,
        meta=_label(record, message),
        basedOn=[ref("CommunicationRequest", message.check_in_id)]  # type: ignore[arg-type]
        if asked
        else None,
        inResponseTo=[answers] if answers else None,
        status=status,
        statusReason=our_concept("message-state", message.error or message.state)
        if status == "not-done"
        else None,
        category=[our_concept("message-kind", message.kind)],
        medium=[MEDIUM],
        subject=record.patient_ref,
        sent=moment(message.settled_at) if status == "completed" else None,
        recipient=[record.person(message)],
        sender=_sender(record, message),
        payload=_payload(record, message),
    )


def _sender(record: Record, message: Message) -> Element:
    if message.staff_id is None:
        return record.software_ref
    return known_as("Practitioner", "staff", str(message.staff_id))


def _payload(record: Record, message: Message) -> list[Element]:
    """The words, if they are asked for and still kept."""
    return [{"contentString": message.body}] if record.words and message.body else []


def _label(record: Record, message: Message) -> Element | None:
    """Says of words that were left out that they were."""
    kept = message.body_sealed is not None
    return {"security": [REDACTED]} if kept and not record.words else None
