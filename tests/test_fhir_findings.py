"""What a check-in, a red flag and a need become in FHIR."""

import pytest

from aftercare.models import Episode
from tests.fhir_reading import Resource, answers, breathless, closes, of, one, weighed
from tests.harness import Day

# What a check-in becomes


def test_a_check_in_is_a_request_and_its_answers_one_response(day: Day) -> None:
    ada = weighed(day)
    asked = one(day, ada, "CommunicationRequest")
    told = one(day, ada, "QuestionnaireResponse")
    assert asked["status"] == "active"
    assert told["status"] == "in-progress"
    assert told["questionnaire"] == "urn:aftercare:protocol:heart_failure|1"
    assert [item["linkId"] for item in told["item"]] == ["safety", "scale", "weight"]
    assert coded(told, "safety") == "N"
    assert coded(told, "scale") == "Y"


def test_a_weight_is_an_observation_in_pounds(day: Day) -> None:
    ada = weighed(day)
    weight = one(day, ada, "Observation")
    assert [c["code"] for c in weight["code"]["coding"]] == ["29463-7"]
    assert weight["valueQuantity"] == {
        "value": 182,
        "unit": "lb",
        "system": "http://unitsofmeasure.org",
        "code": "[lb_av]",
    }
    response = one(day, ada, "QuestionnaireResponse")
    assert weight["derivedFrom"][0]["reference"] == f"urn:uuid:{response['id']}"


def test_both_blood_pressures_are_one_observation(day: Day) -> None:
    ada = day.patient()
    answers(day, ada, ("diastolic", 79.0, "mmHg"), ("systolic", 131.0, "mmHg"))
    pressure = one(day, ada, "Observation")
    assert pressure["code"]["coding"][0]["code"] == "85354-9"
    assert [
        (part["code"]["coding"][0]["code"], part["valueQuantity"]["value"])
        for part in pressure["component"]
    ] == [("8480-6", 131), ("8462-4", 79)]


@pytest.mark.parametrize(
    ("question", "unit", "code", "ucum"),
    [
        ("temperature", "°F", "8310-5", "[degF]"),
        ("oxygen", "%", "59408-5", "%"),
        ("glucose", "mg/dL", "2339-0", "mg/dL"),
        ("glucose", "mmol/L", "15074-8", "mmol/L"),
    ],
)
def test_a_measured_answer_has_its_loinc_code(
    day: Day, question: str, unit: str, code: str, ucum: str
) -> None:
    ada = day.patient()
    answers(day, ada, (question, 97.5, unit))
    found = one(day, ada, "Observation")
    assert found["code"]["coding"][0]["code"] == code
    assert (found["valueQuantity"]["value"], found["valueQuantity"]["code"]) == (97.5, ucum)


def test_a_number_in_a_strange_unit_is_an_answer_but_no_observation(day: Day) -> None:
    ada = day.patient()
    answers(day, ada, ("weight", 13.0, "stone"))
    assert of(day, ada, "Observation") == []
    item = one(day, ada, "QuestionnaireResponse")["item"][0]
    assert item["answer"] == [{"valueQuantity": {"value": 13, "unit": "stone"}}]


def test_a_question_nobody_could_read_the_answer_to_has_none(day: Day) -> None:
    ada = day.patient()
    answers(day, ada, ("breathing", None, None), ("swelling", "not_sure", None))
    told = one(day, ada, "QuestionnaireResponse")
    assert "answer" not in told["item"][0]
    assert coded(told, "swelling") == "asked-unknown"


def test_answers_to_a_protocol_that_is_no_more_are_still_told(day: Day) -> None:
    ada = weighed(day)
    with day.app.database.begin() as session:
        session.get_one(Episode, ada.episode).protocol = "retired"
    told = one(day, ada, "QuestionnaireResponse")
    assert told["questionnaire"] == "urn:aftercare:protocol:retired|1"
    assert {item["linkId"] for item in told["item"]} == {"safety", "scale", "weight"}


# Red flags and needs


def test_an_emergency_is_a_task_to_do_at_once_and_an_active_flag(day: Day) -> None:
    ada = breathless(day)
    task = one(day, ada, "Task")
    assert (task["priority"], task["status"], task["intent"]) == ("stat", "requested", "order")
    flags = of(day, ada, "Flag")
    assert flags
    assert {flag["status"] for flag in flags} == {"active"}
    named = {row["valueReference"]["reference"] for row in task["input"]}
    assert named == {f"urn:uuid:{flag['id']}" for flag in flags}


def test_a_closed_escalation_is_a_completed_task_and_no_active_flag(day: Day) -> None:
    ada = breathless(day)
    closes(day, ada)
    task = one(day, ada, "Task")
    assert task["status"] == "completed"
    assert task["businessStatus"]["coding"][0]["code"] == "sent_to_emergency"
    assert {flag["status"] for flag in of(day, ada, "Flag")} == {"inactive"}


def test_a_ride_needed_is_a_condition_to_confirm(day: Day) -> None:
    ada = day.patient()
    ada.texts("i have no way to get to my visit")
    need = one(day, ada, "Condition")
    assert need["verificationStatus"]["coding"][0]["code"] == "unconfirmed"
    assert need["code"]["coding"][0]["code"] == "Z59.82"
    task = one(day, ada, "Task")
    assert task["priority"] == "routine"
    assert task["input"][0]["valueReference"]["reference"] == f"urn:uuid:{need['id']}"


def test_a_need_that_has_no_code_is_a_reason_of_the_task_only(day: Day) -> None:
    ada = day.patient()
    ada.texts("can i talk to a nurse")
    assert of(day, ada, "Condition") == []
    reasons = one(day, ada, "Task")["input"]
    assert [row["valueCodeableConcept"]["coding"][0]["code"] for row in reasons] == ["human_wanted"]


def coded(response: Resource, question: str) -> str:
    item = next(item for item in response["item"] if item["linkId"] == question)
    return str(item["answer"][0]["valueCoding"]["code"])
