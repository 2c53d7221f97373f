"""The small parts FHIR resources are made of: ids, references, codes, times. Pure."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

type Element = dict[str, Any]
type Resource = dict[str, Any]

OURS = "urn:aftercare"
"""Names our own code systems and identifiers: no address of any installation is in them."""

TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
US_CORE = "http://hl7.org/fhir/us/core/CodeSystem"
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"


def resource(kind: str, id: UUID, **elements: Any) -> Resource:
    """A resource without its empty elements, which FHIR forbids."""
    return {"resourceType": kind, "id": str(id)} | filled(**elements)


def filled(**elements: Any) -> Element:
    """The elements that have a value; `for_` and `class_` lose their line."""
    return {
        name.rstrip("_"): value
        for name, value in elements.items()
        if value not in (None, "", [], {})
    }


def derived(row: UUID, what: str) -> UUID:
    """The id of a further resource made of one row: always the same, never guessable."""
    return uuid5(row, what)


def ref(kind: str, id: UUID) -> Element:
    """A reference to another entry of the same Bundle."""
    return {"reference": f"urn:uuid:{id}", "type": kind}


def known_as(kind: str, system: str, value: str) -> Element:
    """A reference to something that is not in the Bundle, by the name it has elsewhere."""
    return {"type": kind, "identifier": identifier(system, value)}


def identifier(system: str, value: str) -> Element:
    return {"system": f"{OURS}:{system}", "value": value}


def concept(system: str, code: str, display: str = "", *, text: str = "") -> Element:
    """A CodeableConcept with one coding."""
    return filled(coding=[coding(system, code, display)], text=text)


def our_concept(kind: str, code: str) -> Element:
    """A concept of ours: its code is its name."""
    return concept(f"{OURS}:{kind}", code, text=code.replace("_", " "))


def coding(system: str, code: str, display: str = "") -> Element:
    return filled(system=system, code=code, display=display)


def absent(why: str) -> Element:
    """What stands beside a primitive element whose value is left out on purpose."""
    return {"extension": [{"url": ABSENT, "valueCode": why}]}


def moment(at: datetime | None) -> str | None:
    """An instant in UTC, to the millisecond."""
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def number(value: float) -> int | float:
    """182, not 182.0: the precision that was texted."""
    return int(value) if float(value).is_integer() else value


REDACTED = coding(f"{TERMINOLOGY}/v3-ObservationValue", "REDACTED", "redacted")
"""The security label of a resource from which something was taken out."""
