"""Measured answers (weight, oxygen, …) as Observations with LOINC and UCUM. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aftercare.fhir.elements import (
    LOINC,
    TERMINOLOGY,
    UCUM,
    Element,
    Resource,
    coding,
    concept,
    derived,
    filled,
    moment,
    number,
    ref,
    resource,
)
from aftercare.fhir.record import Record
from aftercare.models import Answer, CheckIn

UNITS = {
    "lb": "[lb_av]",
    "kg": "kg",
    "%": "%",
    "°F": "[degF]",
    "F": "[degF]",
    "°C": "Cel",
    "C": "Cel",
    "mg/dL": "mg/dL",
    "mmol/L": "mmol/L",
    "mmHg": "mm[Hg]",
    "bpm": "/min",
}
"""A protocol's units in UCUM."""


@dataclass(frozen=True)
class Measure:
    """What is measured: LOINC code and name for each unit it comes in, the main one first."""

    units: Mapping[str, tuple[tuple[str, str], ...]]
    vital: bool = True

    def codings(self, unit: str | None) -> Iterator[Element]:
        for code, name in self.units.get(ucum_of(unit), ()):
            yield coding(LOINC, code, name)


_WEIGHT = (("29463-7", "Body weight"),)
_TEMPERATURE = (("8310-5", "Body temperature"),)
_PULSE = (("8867-4", "Heart rate"),)
# US Core asks for both: the older code is the one other systems look for.
_OXYGEN = (
    ("59408-5", "Oxygen saturation in Arterial blood by Pulse oximetry"),
    ("2708-6", "Oxygen saturation in Arterial blood"),
)
_SYSTOLIC = (("8480-6", "Systolic blood pressure"),)
_DIASTOLIC = (("8462-4", "Diastolic blood pressure"),)
_SUGAR = Measure(
    {
        "mg/dL": (("2339-0", "Glucose [Mass/volume] in Blood"),),
        "mmol/L": (("15074-8", "Glucose [Moles/volume] in Blood"),),
    },
    vital=False,
)

MEASURES = {
    "weight": Measure({"[lb_av]": _WEIGHT, "kg": _WEIGHT}),
    "temperature": Measure({"[degF]": _TEMPERATURE, "Cel": _TEMPERATURE}),
    "oxygen": Measure({"%": _OXYGEN}),
    "pulse": Measure({"/min": _PULSE}),
    "glucose": _SUGAR,
    "sugar": _SUGAR,
    "systolic": Measure({"mm[Hg]": _SYSTOLIC}),
    "diastolic": Measure({"mm[Hg]": _DIASTOLIC}),
}
"""By the question's id: a protocol that measures names its question so."""

PRESSURE = ("systolic", "diastolic")
PANEL = concept(LOINC, "85354-9", "Blood pressure panel with all children optional")
VITAL = concept(f"{TERMINOLOGY}/observation-category", "vital-signs", "Vital Signs")


def observations_of(record: Record, check_in: CheckIn) -> list[Resource]:
    """What the check-in's answers measured; the two blood pressures are one Observation."""
    measured = {a.question: a for a in check_in.answers if _measured(a)}
    pressures = [measured.pop(name) for name in PRESSURE if name in measured]
    found = [_observation(record, check_in, answer) for answer in measured.values()]
    return [*found, *([_pressure(record, check_in, pressures)] if pressures else [])]


def quantity(value: float, unit: str | None) -> Element:
    """The number and its unit, coded where UCUM has a code that we know."""
    code = ucum_of(unit)
    return filled(value=number(value), unit=unit, system=UCUM if code else None, code=code)


def ucum_of(unit: str | None) -> str:
    return UNITS.get(unit or "", "")


def _measured(answer: Answer) -> bool:
    measure = MEASURES.get(answer.question)
    numeric = isinstance(answer.value, int | float) and not isinstance(answer.value, bool)
    return bool(numeric and measure and ucum_of(answer.unit) in measure.units)


def _observation(record: Record, check_in: CheckIn, answer: Answer) -> Resource:
    measure = MEASURES[answer.question]
    return resource(
        "Observation",
        derived(answer.id, "Observation"),
        **_told(record, check_in, answer),
        category=[VITAL] if measure.vital else None,
        code=_code(answer),
        valueQuantity=quantity(answer.value, answer.unit),
    )


def _pressure(record: Record, check_in: CheckIn, answers: list[Answer]) -> Resource:
    return resource(
        "Observation",
        derived(answers[0].id, "Observation"),
        **_told(record, check_in, answers[-1]),
        category=[VITAL],
        code=PANEL,
        component=[{"code": _code(a), "valueQuantity": quantity(a.value, a.unit)} for a in answers],
    )


def _told(record: Record, check_in: CheckIn, answer: Answer) -> Element:
    """When, by whom and where it was told."""
    text = record.texts.get(answer.message_id) if answer.message_id else None
    return {
        "status": "final",
        "subject": record.patient_ref,
        "effectiveDateTime": moment(answer.at),
        "performer": [record.person(text) if text else record.patient_ref],
        "derivedFrom": [ref("QuestionnaireResponse", derived(check_in.id, "answers"))],
    }


def _code(answer: Answer) -> Element:
    return {"coding": list(MEASURES[answer.question].codings(answer.unit))}
