"""A clinic's day goes to another system: one Bundle for each episode."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import select
from typer.testing import CliRunner

from aftercare import audit, fhir
from aftercare.cli import command_line
from aftercare.escalations import Closing, acknowledge, close, reached
from aftercare.fhir import Wanted
from aftercare.models import Answer, AuditEvent, CheckIn, Episode, Escalation
from aftercare.settings import Settings
from tests.harness import Day, Phone

BREATHLESS = "I can't breathe, my chest hurts"
type Resource = dict[str, Any]


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


# People, consent, words


def test_the_patient_has_what_us_core_asks_for(day: Day) -> None:
    ada = day.patient("Ada", locale="es")
    patient = one(day, ada, "Patient")
    assert patient["name"] == [{"family": "Test", "given": ["Ada"]}]
    assert patient["gender"] == "unknown"
    assert patient["identifier"][0]["value"] == ada.row.mrn
    assert patient["communication"][0]["language"]["coding"][0]["code"] == "es"


def test_a_wrong_number_does_not_travel_as_the_patients(day: Day) -> None:
    ada = day.patient()
    with day.app.database.begin() as session:
        session.merge(ada.row).status = "wrong_number"
    assert "telecom" not in one(day, ada, "Patient")


def test_a_stop_is_a_consent_that_denies(day: Day) -> None:
    ada = day.patient()
    ada.texts("STOP")
    day.clock.advance(hours=1)
    ada.texts("START")
    kept = [(row["status"], row["provision"]["type"]) for row in of(day, ada, "Consent")]
    assert kept == [("inactive", "deny"), ("active", "permit")]


def test_what_was_written_stays_here_unless_it_is_asked_for(day: Day) -> None:
    ada = breathless(day)
    closes(day, ada)
    without, with_words = text(day, ada), text(day, ada, words=True)
    for written in (BREATHLESS, "Call 911", "told her to call"):
        assert written not in without
        assert written in with_words
    for row in of(day, ada, "Communication"):
        assert row["meta"]["security"][0]["code"] == "REDACTED"


def test_an_answer_in_words_is_words(day: Day) -> None:
    ada = day.patient()
    answers(day, ada, ("anything_else", "my son left", None))
    assert "my son left" not in text(day, ada)
    answer = one(day, ada, "QuestionnaireResponse")["item"][0]["answer"][0]
    assert answer["_valueString"]["extension"][0]["valueCode"] == "masked"
    assert "my son left" in text(day, ada, words=True)


def test_what_was_purged_is_gone_with_words_too(day: Day) -> None:
    ada = breathless(day)
    with day.app.database.begin() as session:
        for message in ada.messages:
            session.merge(message).body_sealed = None
    told = of(day, ada, "Communication", words=True)
    assert told
    assert not any("payload" in row for row in told)


def test_texts_in_and_out_say_whom_they_are_from(day: Day) -> None:
    ada = day.patient()
    eve = day.caregiver(ada)
    eve.texts("thanks")
    heard, *said = of(day, ada, "Communication")
    assert heard["sender"]["type"] == "RelatedPerson"
    assert said
    for answer in said:
        assert answer["sender"]["type"] == "Device"
        assert answer["recipient"][0]["type"] == "RelatedPerson"
        assert answer["inResponseTo"][0]["reference"] == f"urn:uuid:{heard['id']}"


# The Bundle as a whole


def test_every_reference_leads_to_an_entry_and_no_id_is_there_twice(day: Day) -> None:
    ada = weighed(day)
    ada.texts("i have no way to get to my visit")
    day.caregiver(ada)
    bundle = exported(day, ada)
    places = {entry["fullUrl"]: entry["resource"]["resourceType"] for entry in bundle["entry"]}
    assert len(places) == len(bundle["entry"])
    leading = references(bundle)
    assert leading
    assert {place: places.get(place) for place, _ in leading} == dict(leading)
    assert {"Patient", "CarePlan", "Provenance", "Task"} <= {
        entry["resource"]["resourceType"] for entry in bundle["entry"]
    }


def test_the_same_records_give_the_same_bytes(day: Day) -> None:
    ada = weighed(day)
    first = text(day, ada)
    day.clock.advance(days=3)
    assert text(day, ada) == first


def test_two_stays_share_no_text_and_no_check_in(day: Day) -> None:
    ada = weighed(day)
    day.clock.advance(days=9)
    with day.app.database.begin() as session:
        old = session.get_one(Episode, ada.episode)
        again = Episode(
            patient_id=ada.id,
            encounter_hash="again",
            protocol="copd",
            protocol_version="1",
            discharged_at=day.clock.now(),
            team_id=old.team_id,
            created_at=day.clock.now(),
        )
        again.encounter = "E2"
        session.add(again)
    before = of(day, ada, "Communication")
    ada.texts("thanks")
    assert of(day, ada, "Communication") == before
    ada.episode = again.id
    new = of(day, ada, "Communication")
    assert {row["id"] for row in before}.isdisjoint(row["id"] for row in new)
    assert len(before) + len(new) == len(ada.messages)
    assert of(day, ada, "QuestionnaireResponse") == []


def test_every_episode_is_in_the_audit_trail_by_ids_only(day: Day) -> None:
    ada = breathless(day)
    list(
        fhir.export(
            day.app.database, day.app.clinic, day.clock, [ada.episode], f"staff:{day.nurse.id}"
        )
    )
    with day.app.database.begin() as session:
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "patient.exported")
        ).one()
        assert event.actor == f"staff:{day.nurse.id}"
        assert event.subject == f"patient:{ada.id}"
        assert event.detail == {"episode": str(ada.episode), "form": "fhir", "words": False}
        assert audit.broken_link(session) is None


def test_only_patients_with_something_new_since_a_day(day: Day) -> None:
    ada, ben = day.patient(), day.patient()
    day.clock.advance(days=2)
    now = day.clock.now()
    ben.texts("thanks")
    assert chosen(day, since=now) == [ben.episode]
    assert set(chosen(day, since=now - timedelta(days=3))) == {ada.episode, ben.episode}


def test_a_questionnaire_has_every_question_of_its_protocol(day: Day) -> None:
    protocol = day.app.clinic.protocols.get("heart_failure")
    made = fhir.questionnaire_of(protocol)
    assert [item["linkId"] for item in made["item"]] == [q.id for q in protocol.questions]
    weight = next(item for item in made["item"] if item["linkId"] == "weight")
    assert weight["code"][0]["code"] == "29463-7"
    assert made["status"] == "draft", "nobody has signed it off"


# The command


type Run = Callable[..., Result]


@pytest.fixture
def run(day: Day, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    environment = {
        "AFTERCARE_ENV": "test",
        "AFTERCARE_KEYS": settings.keys.get_secret_value(),
        "AFTERCARE_LOOKUP_KEY": settings.lookup_key.get_secret_value(),
        "AFTERCARE_VAR": str(settings.var),
        "DATABASE_URL": day.app.database.url,
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return lambda *words: CliRunner().invoke(command_line(), ["export", "fhir", *map(str, words)])


def test_the_command_writes_files_that_only_their_owner_can_read(
    day: Day, run: Run, tmp_path: Path
) -> None:
    ada = weighed(day)
    day.patient()
    done = run("--patient", ada.row.mrn, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    file = tmp_path / "out" / f"episode-{ada.episode}.json"
    assert json.loads(file.read_text())["type"] == "collection"
    assert len(list((tmp_path / "out").glob("episode-*"))) == 1
    assert (tmp_path / "out" / "questionnaire-heart_failure.json").exists()
    assert file.stat().st_mode & 0o077 == 0


def test_json_lines_are_one_bundle_a_line(day: Day, run: Run, tmp_path: Path) -> None:
    ada, ben = day.patient(), day.patient()
    assert run("--json-lines", "--out", tmp_path).exit_code == 0
    lines = (tmp_path / "episodes.ndjson").read_text().splitlines()
    plans = [find(json.loads(line), "CarePlan")[0]["id"] for line in lines]
    assert set(plans) == {str(ada.episode), str(ben.episode)}


def test_a_patient_nobody_knows_is_refused(run: Run, tmp_path: Path) -> None:
    done = run("--patient", "MRN-NOBODY", "--out", tmp_path)
    assert done.exit_code == 1
    assert "no patient has this id" in done.stderr
    assert list(tmp_path.iterdir()) == []


def weighed(day: Day) -> Phone:
    """Ada, in the middle of a check-in, with a weight."""
    ada = day.patient()
    day.check_in(ada)
    return ada.texts("no").texts("yes").texts("182")


def breathless(day: Day) -> Phone:
    ada = day.patient()
    day.rasa.down = True
    return ada.texts(BREATHLESS)


def closes(day: Day, phone: Phone) -> None:
    with day.app.database.begin() as session:
        item = session.get_one(Escalation, day.queue.shows(phone, "emergency").id)
        acknowledge(session, day.clock.now(), day.nurse, item)
        reached(session, day.clock.now(), day.nurse, item, "voice")
        ended = Closing("sent_to_emergency", "voice", "told her to call", True, None, True)
        close(session, day.clock.now(), day.nurse, item, ended)


def answers(day: Day, phone: Phone, *given: tuple[str, Any, str | None]) -> None:
    """A finished check-in with these answers."""
    now = datetime(2026, 3, 10, 16, tzinfo=UTC)
    with day.app.database.begin() as session:
        check_in = CheckIn(
            episode_id=phone.episode, offset_days=3, scheduled_for=now, state="completed", tries=0
        )
        session.add(check_in)
        session.flush()
        for question, value, unit in given:
            answer = Answer(
                check_in_id=check_in.id, question=question, value=value, unit=unit, at=now
            )
            session.add(answer)


def exported(day: Day, phone: Phone, *, words: bool = False) -> Resource:
    with day.app.database.begin() as session:
        record = fhir.record_of(session, day.app.clinic, phone.episode, words=words)
        return fhir.bundle_of(record)


def text(day: Day, phone: Phone, *, words: bool = False) -> str:
    return fhir.to_bytes(exported(day, phone, words=words)).decode()


def of(day: Day, phone: Phone, kind: str, *, words: bool = False) -> list[Resource]:
    return find(exported(day, phone, words=words), kind)


def one(day: Day, phone: Phone, kind: str) -> Resource:
    (found,) = of(day, phone, kind)
    return found


def find(bundle: Resource, kind: str) -> list[Resource]:
    rows = [entry["resource"] for entry in bundle["entry"]]
    return [row for row in rows if row["resourceType"] == kind]


def coded(response: Resource, question: str) -> str:
    item = next(item for item in response["item"] if item["linkId"] == question)
    return str(item["answer"][0]["valueCoding"]["code"])


def references(part: Any) -> list[tuple[str, str]]:
    """Every reference in it and the kind of resource it says it leads to."""
    if isinstance(part, dict):
        mine = [(part["reference"], part["type"])] if _leads_inside(part) else []
        return mine + [found for value in part.values() for found in references(value)]
    return (
        [found for value in part for found in references(value)] if isinstance(part, list) else []
    )


def _leads_inside(part: Resource) -> bool:
    return isinstance(part.get("reference"), str)


def chosen(day: Day, **wanted: Any) -> list[Any]:
    with day.app.database.begin() as session:
        return fhir.episodes_of(session, Wanted(**wanted))
