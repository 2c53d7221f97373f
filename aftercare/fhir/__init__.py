"""What happened in a patient's programme as FHIR R4: one Bundle for each episode."""

from aftercare.fhir.bundle import bundle_of, to_bytes
from aftercare.fhir.exporting import Exported, export
from aftercare.fhir.questionnaire import questionnaire_of
from aftercare.fhir.reading import Wanted, episodes_of, record_of
from aftercare.fhir.record import Record

__all__ = [
    "Exported",
    "Record",
    "Wanted",
    "bundle_of",
    "episodes_of",
    "export",
    "questionnaire_of",
    "record_of",
    "to_bytes",
]
