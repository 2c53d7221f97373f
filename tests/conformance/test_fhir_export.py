"""The export against a FHIR validator that was first tried on resources broken on purpose."""

import json
from pathlib import Path
from typing import Any

import pytest

from aftercare import fhir
from aftercare.clinic import Clinic
from aftercare.db import Database
from aftercare.fhir import Wanted
from aftercare.fhir.elements import absent
from aftercare.settings import ROOT
from tests.clinic_seed import seed
from tests.conformance.fhir_validator import problems

FIXTURES = ROOT.parent / "shared" / "fixtures" / "fhir" / "validator_mutations"
TRIED = sorted(FIXTURES.glob("*.json"))

NOT_CAUGHT = {
    "bad_bundle_tx_no_request": "a rule of transactions: ours are collections",
    "bad_patient_contact_invariant_pat1": "a FHIRPath invariant; we write no Patient.contact",
    "bad_patient_uscore_no_name": "a rule of US Core, tested in tests/test_fhir_people.py",
}

type Resource = dict[str, Any]


@pytest.mark.skipif(not TRIED, reason="../shared/fixtures/fhir is not beside this clone")
@pytest.mark.parametrize("file", TRIED, ids=lambda file: file.stem)
def test_the_validator_tells_good_from_bad(file: Path) -> None:
    found = problems(json.loads(file.read_text()))
    if file.stem.startswith("ok_"):
        assert found == []
    else:
        assert bool(found) == (file.stem not in NOT_CAUGHT), found


@pytest.fixture(params=[False, True], ids=["without words", "with words"])
def bundles(request: pytest.FixtureRequest, database: Database, clinic: Clinic) -> list[Resource]:
    """Every episode of a clinic's Tuesday."""
    with database.begin() as session:
        seed(session, clinic)
    with database.begin() as session:
        return [
            fhir.bundle_of(fhir.record_of(session, clinic, id, words=request.param))
            for id in fhir.episodes_of(session, Wanted())
        ]


def test_every_bundle_of_a_clinics_tuesday_is_valid(bundles: list[Resource]) -> None:
    wrong = [
        (row["resourceType"], problem)
        for bundle in bundles
        for row in [bundle, *resources(bundle)]
        for problem in problems(row)
    ]
    assert wrong == []


def test_a_clinics_tuesday_has_every_kind_of_resource_we_write(bundles: list[Resource]) -> None:
    kinds = {row["resourceType"] for bundle in bundles for row in resources(bundle)}
    assert kinds == {
        *("CarePlan", "Communication", "CommunicationRequest", "Condition", "Consent", "Device"),
        *("Flag", "Observation", "Organization", "Patient", "Provenance"),
        *("QuestionnaireResponse", "RelatedPerson", "Task"),
    }


def test_answers_fit_the_questionnaire_they_name(bundles: list[Resource], clinic: Clinic) -> None:
    asked = {row["url"]: row for row in map(fhir.questionnaire_of, clinic.protocols)}
    for bundle in bundles:
        for row in resources(bundle):
            if row["resourceType"] == "QuestionnaireResponse":
                assert misfits(row, asked[row["questionnaire"].partition("|")[0]]) == []


def test_words_withheld_from_an_answer_leave_it_valid() -> None:
    withheld = {"_valueString": absent("masked")}
    item = {"linkId": "anything_else", "answer": [withheld]}
    response = {"resourceType": "QuestionnaireResponse", "status": "completed", "item": [item]}
    assert problems(response) == []


def test_every_questionnaire_is_valid(clinic: Clinic) -> None:
    for protocol in clinic.protocols:
        made = fhir.questionnaire_of(protocol)
        assert problems(made) == []
        ids = [item["linkId"] for item in made["item"]]
        assert len(ids) == len(set(ids))


def resources(bundle: Resource) -> list[Resource]:
    return [entry["resource"] for entry in bundle["entry"]]


def misfits(response: Resource, questionnaire: Resource) -> list[str]:
    """Answers to a question that is not asked, out of order, or of another type."""
    items = {item["linkId"]: item for item in questionnaire["item"]}
    given = [item["linkId"] for item in response["item"]]
    wrong = [] if given == [id for id in items if id in given] else [f"order: {given}"]
    for item in response["item"]:
        for answer in item.get("answer", []):
            if fault := misfit(answer, items[item["linkId"]]):
                wrong.append(f"{item['linkId']}: {fault}")
    return wrong


def misfit(answer: Resource, item: Resource) -> str | None:
    types = {"choice": "valueCoding", "quantity": "valueQuantity", "decimal": "valueDecimal"}
    value = answer.get(types[item["type"]])
    if value is None:
        return f"{answer} is no {item['type']}"
    if item["type"] == "choice" and {"valueCoding": value} not in item["answerOption"]:
        return f"{value} is no option"
    return None
