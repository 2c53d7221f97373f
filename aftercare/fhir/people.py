"""The patient, who helps them, what they agreed to, the hospital and this software. Pure."""

from aftercare.fhir.elements import (
    TERMINOLOGY,
    Element,
    Resource,
    concept,
    filled,
    identifier,
    moment,
    our_concept,
    resource,
)
from aftercare.fhir.record import SOFTWARE, Record
from aftercare.models import Caregiver, Consent, Patient

GENDERS = {
    **{"": "unknown", "u": "unknown", "unknown": "unknown"},
    **{"f": "female", "female": "female", "m": "male", "male": "male"},
}
LANGUAGE = "urn:ietf:bcp:47"


def patient_of(record: Record) -> Resource:
    """In the shape of US Core: identifier, name, gender."""
    patient = record.patient
    number = concept(f"{TERMINOLOGY}/v2-0203", "MR", "Medical record number")
    return resource(
        "Patient",
        patient.id,
        identifier=[filled(type=number, **identifier("mrn", patient.mrn))],
        name=[filled(family=patient.last_name, given=[patient.first_name])],
        telecom=_telecom(patient),
        gender=GENDERS.get(patient.sex.casefold(), "other"),
        birthDate=patient.birth_date,
        deceasedBoolean=True if patient.status == "deceased" else None,
        address=[{"postalCode": patient.zip}] if patient.zip else None,
        communication=[{"language": concept(LANGUAGE, patient.locale), "preferred": True}],
        managingOrganization=record.hospital_ref,
    )


def caregiver_of(record: Record, caregiver: Caregiver) -> Resource:
    return resource(
        "RelatedPerson",
        caregiver.id,
        active=True,
        patient=record.patient_ref,
        relationship=[{"text": caregiver.relation}] if caregiver.relation else None,
        name=[{"text": caregiver.name}],
        telecom=[_mobile(caregiver.phone)],
    )


def consents_of(record: Record) -> list[Resource]:
    """Every consent and withdrawal as it happened; the newest of its kind is in force."""
    newest = {consent.kind: consent.id for consent in record.consents}
    return [
        _consent(record, consent, in_force=newest[consent.kind] == consent.id)
        for consent in record.consents
    ]


def hospital_of(record: Record) -> Resource:
    return resource("Organization", record.hospital_id, active=True, name=record.hospital)


def software_of(record: Record) -> Resource:
    """What sends the texts and writes the answers down."""
    return resource(
        "Device",
        SOFTWARE,
        deviceName=[{"name": "Aftercare", "type": "user-friendly-name"}],
        type={"text": "text message check-ins after discharge"},
        owner=record.hospital_ref,
    )


def _consent(record: Record, consent: Consent, *, in_force: bool) -> Resource:
    return resource(
        "Consent",
        consent.id,
        status="active" if in_force else "inactive",
        scope=concept(f"{TERMINOLOGY}/consentscope", "patient-privacy", "Privacy Consent"),
        category=[our_concept("consent", consent.kind)],
        patient=record.patient_ref,
        dateTime=moment(consent.at),
        organization=[record.hospital_ref],
        # Which wording was agreed to is the policy, and the evidence.
        policyRule=our_concept("consent-wording", consent.wording),
        provision={"type": "permit" if consent.given else "deny"},
    )


def _telecom(patient: Patient) -> list[Element]:
    # Somebody else has that number: it must not travel as the patient's.
    return [] if patient.status == "wrong_number" else [_mobile(patient.phone)]


def _mobile(number: str) -> Element:
    return {"system": "phone", "value": number, "use": "mobile"}
