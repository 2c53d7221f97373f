"""A clinic's day goes to another system: one Bundle for each episode."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import select
from typer.testing import CliRunner

from aftercare import audit, fhir
from aftercare.cli import command_line
from aftercare.fhir import Wanted
from aftercare.models import AuditEvent, Episode
from aftercare.settings import Settings
from tests.fhir_reading import Resource, breathless, exported, find, of, text, weighed
from tests.harness import Day

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
