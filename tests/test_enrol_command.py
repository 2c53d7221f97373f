"""`aftercare enrol` as a hospital's nightly job runs it."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import select
from typer.testing import CliRunner

from aftercare import staffing
from aftercare.cli import command_line
from aftercare.db import Database
from aftercare.enrolment import FIELDS, REQUIRED
from aftercare.feeds.freshen import fresh
from aftercare.models import Message, Patient
from aftercare.settings import ROOT, Settings

DEMO = ROOT / "demo" / "discharges.csv"

type Run = Callable[..., Result]


@pytest.fixture
def run(database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    with database.begin() as session:
        team = staffing.team_named(session, "Care team", "America/New_York")
        carla = staffing.add(
            session, email="carla@mercy.example", name="Carla", role="case_manager",
            team=team, password="a few words in a row",
        )  # fmt: skip
        staffing.cover(session, carla, staffing.Shift(range(5), time(8), time(17)))
    environment = {
        "AFTERCARE_ENV": "test",
        "AFTERCARE_KEYS": settings.keys.get_secret_value(),
        "AFTERCARE_LOOKUP_KEY": settings.lookup_key.get_secret_value(),
        "AFTERCARE_VAR": str(settings.var),
        "DATABASE_URL": database.url,
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return lambda *words: CliRunner().invoke(command_line(), ["enrol", *map(str, words)])


@pytest.fixture
def discharges(tmp_path: Path) -> Path:
    file = tmp_path / "discharges.csv"
    file.write_text(fresh(DEMO, datetime.now(UTC)), encoding="utf-8")
    return file


def test_every_record_is_one_line_and_a_refusal_is_exit_code_one(
    run: Run, discharges: Path
) -> None:
    done = run(discharges)
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["enrolled"] * 9 + ["excluded"] * 2 + ["refused"]
    assert "discharges.csv:13" in lines[-1]
    assert "mobile: is not a phone number" in lines[-1]
    assert done.exit_code == 1
    assert "12 records: 9 enrolled, 2 excluded, 1 refused" in done.stderr


def test_nothing_that_is_printed_tells_who_the_patients_are(run: Run, discharges: Path) -> None:
    printed = run(discharges).output + run(discharges, "--json").output
    for row in discharges.read_text(encoding="utf-8").splitlines()[1:]:
        mrn, stay, first, last, born, _, mobile, *_ = row.split(",")
        assert not [cell for cell in (mrn, stay, first, last, born, mobile) if cell in printed]


def test_a_trial_changes_nothing(run: Run, database: Database, discharges: Path) -> None:
    done = run(discharges, "--dry-run")
    assert "9 enrolled" in done.stderr
    assert "nothing was changed" in done.stderr
    with database.begin() as session:
        assert session.scalars(select(Patient)).all() == []


def test_the_next_night_with_the_same_file_sends_no_second_welcome(
    run: Run, database: Database, discharges: Path
) -> None:
    run(discharges)
    assert "9 unchanged" in run(discharges).stderr
    with database.begin() as session:
        welcomed = session.scalars(select(Message.patient_id)).all()
    assert (len(set(welcomed)), len(welcomed)) == (9, 10)  # one in two languages


def test_json_holds_what_a_job_needs_to_report(run: Run, discharges: Path) -> None:
    rows = [json.loads(line) for line in run(discharges, "--json").stdout.splitlines()]
    assert len(rows) == 12
    assert rows[0] | {"ref": ""} == {
        "file": "discharges.csv",
        "line": 2,
        "status": "enrolled",
        "ref": "",
        "reason": "",
        "problems": [],
        "notes": [],
        "protocol": "heart_failure",
        "check_ins": rows[0]["check_ins"],
    }
    assert rows[-1]["problems"][0]["column"] == "mobile"


def test_a_file_that_cannot_be_read_does_not_keep_the_others_out(
    run: Run, discharges: Path, tmp_path: Path
) -> None:
    hl7 = tmp_path / "adt.hl7"
    hl7.write_text("MSH|^~\\&|EPIC|")
    done = run(hl7, discharges)
    assert done.stdout.startswith("refused    adt.hl7  -         this is HL7 v2")
    assert "9 enrolled" in done.stderr
    assert done.exit_code == 1


def test_a_sound_file_is_exit_code_zero(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "one.csv"
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    cells = ["1", "V1", "Ana", "Peña", "+17135550142", "yes", yesterday, "77002"]
    file.write_text(f"{','.join([*REQUIRED, 'zip'])}\n{','.join(cells)}\n", encoding="cp1252")
    done = run(file)
    assert done.exit_code == 0
    assert "one.csv: not UTF-8" in done.stderr


def test_without_staff_the_sentence_says_what_to_do(
    run: Run, database: Database, discharges: Path
) -> None:
    with database.begin() as session:
        for person in staffing.everyone(session):
            person.active = False
    done = run(discharges)
    assert done.exit_code == 1
    assert "aftercare users add" in done.stderr


@pytest.mark.parametrize("hour", [0, 6, 12, 18, 23])
def test_the_demos_newest_discharge_is_always_yesterday(hour: int) -> None:
    now = datetime(2027, 3, 14, hour, 30, tzinfo=UTC)
    days = {row.split(",")[13][:10] for row in fresh(DEMO, now).splitlines()[1:]}
    yesterday = "2027-03-13" if hour >= 6 else "2027-03-12"
    assert max(days) == yesterday
    assert len(days) == 3


def test_every_column_is_documented_as_it_is() -> None:
    page = (ROOT / "docs" / "enrolment.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \|(?: yes| one of the two|) +\| (.*) \|$", page, re.MULTILINE)
    assert rows == [(field.name, field.means) for field in FIELDS]
