"""One episode as one Bundle: the same rows give the same bytes. Pure."""

import json
from collections.abc import Iterator

from aftercare.fhir.elements import Resource, derived, resource
from aftercare.fhir.people import (
    caregiver_of,
    consents_of,
    hospital_of,
    patient_of,
    software_of,
)
from aftercare.fhir.programme import check_in_of, diagnosis_of, plan_of
from aftercare.fhir.record import Record
from aftercare.fhir.responses import responses_of
from aftercare.fhir.texts import communication_of
from aftercare.fhir.worklist import flags_of, needs_of, task_of


def bundle_of(record: Record) -> Resource:
    """A collection: for reading, not a set of instructions to a server."""
    entries = [{"fullUrl": f"urn:uuid:{row['id']}", "resource": row} for row in _entries(record)]
    return resource(
        "Bundle", derived(record.episode.id, "Bundle"), type="collection", entry=entries
    )


def to_bytes(made: Resource, *, one_line: bool = False) -> bytes:
    shape = {"separators": (",", ":")} if one_line else {"indent": 2}
    return (json.dumps(made, ensure_ascii=False, **shape) + "\n").encode()


def _entries(record: Record) -> Iterator[Resource]:
    yield patient_of(record)
    yield hospital_of(record)
    yield software_of(record)
    yield from (caregiver_of(record, row) for row in record.caregivers)
    yield from consents_of(record)
    yield plan_of(record)
    if record.episode.diagnosis:
        yield diagnosis_of(record)
    for check_in in record.check_ins:
        yield check_in_of(record, check_in)
        yield from responses_of(record, check_in)
    yield from (communication_of(record, row) for row in record.messages)
    for escalation in record.escalations:
        yield task_of(record, escalation)
        yield from flags_of(record, escalation)
    yield from needs_of(record)
