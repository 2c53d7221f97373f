"""Tables nobody here wrote: every row is enrolled or refused with a reason, and twice is once."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from aftercare import feeds, staffing
from aftercare.clinic import Clinic
from aftercare.clock import SetClock
from aftercare.db import Database
from aftercare.enrolment import Outcome, Record, enrol_all
from aftercare.feeds import NotReadable
from aftercare.settings import ROOT

FIXTURES = ROOT.parent / "shared" / "fixtures" / "csv"
TABLES = ("clinosim_inpatient_encounters.csv", "clinosim_patients_head.csv")
SOON_AFTER = datetime(2026, 6, 11, 17, tzinfo=UTC)

pytestmark = pytest.mark.skipif(
    not FIXTURES.is_dir(), reason="../shared/fixtures/csv is not beside this clone"
)


@pytest.fixture
def staffed(database: Database) -> Database:
    with database.begin() as session:
        team = staffing.team_named(session, "Care team", "America/New_York")
        carla = staffing.add(
            session, email="carla@mercy.example", name="Carla", role="case_manager",
            team=team, password="a few words in a row",
        )  # fmt: skip
        staffing.cover(session, carla, staffing.Shift(range(5), time(8), time(17)))
    return database


@pytest.mark.parametrize("name", TABLES)
def test_a_table_without_phones_and_consent_is_refused_by_the_columns_it_lacks(name: str) -> None:
    with pytest.raises(NotReadable, match=r"lacks the columns .*mobile, consent_status"):
        feeds.read((FIXTURES / name).read_bytes())


@pytest.mark.parametrize("name", TABLES)
def test_with_the_missing_columns_every_row_is_enrolled_or_refused_with_a_reason(
    name: str, staffed: Database, clinic: Clinic
) -> None:
    data, rows = completed(FIXTURES / name)
    outcomes = enrolled(staffed, clinic, data)
    assert len(outcomes) == rows
    for outcome in outcomes:
        assert outcome.status in {"enrolled", "unchanged", "updated", "excluded", "refused"}
        assert outcome.status != "refused" or all(problem.mend for problem in outcome.problems)
        assert outcome.status != "excluded" or outcome.reason


@pytest.mark.parametrize("name", TABLES)
def test_the_second_time_changes_nothing(name: str, staffed: Database, clinic: Clinic) -> None:
    data, _ = completed(FIXTURES / name)
    enrolled(staffed, clinic, data)
    again = enrolled(staffed, clinic, data)
    assert {outcome.status for outcome in again} <= {"unchanged", "excluded", "refused"}


def test_a_stay_that_goes_on_is_refused_and_a_readmission_ends_the_first_stay(
    staffed: Database, clinic: Clinic
) -> None:
    data, _ = completed(FIXTURES / TABLES[0])
    # Back in hospital on line 2, for the first time on line 3, still in on line 4.
    assert [outcome.status for outcome in enrolled(staffed, clinic, data)] == [
        "enrolled",
        "excluded",
        "refused",
        "enrolled",
    ]


def test_every_patient_of_the_register_comes_in_once(staffed: Database, clinic: Clinic) -> None:
    data, _ = completed(FIXTURES / TABLES[1])
    with (FIXTURES / TABLES[1]).open(encoding="utf-8") as file:
        patients = {row["patient_id"] for row in csv.DictReader(file)}
    statuses = [outcome.status for outcome in enrolled(staffed, clinic, data)]
    assert statuses.count("enrolled") == len(patients)
    assert set(statuses) == {"enrolled", "unchanged"}


def enrolled(database: Database, clinic: Clinic, data: bytes) -> list[Outcome]:
    records: Iterator[Record] = iter(feeds.read(data).records)
    return list(enrol_all(database, clinic, SetClock(SOON_AFTER), records, "csv"))


def completed(file: Path) -> tuple[bytes, int]:
    """The table with invented values in the columns it lacks, and how many rows it has."""
    with file.open(encoding="utf-8") as source:
        rows = list(csv.DictReader(source))
    everybody = sorted({row["patient_id"] for row in rows})
    out = io.StringIO()
    more = _more(rows[0], 0)
    table = csv.DictWriter(out, [*rows[0], *more])
    table.writeheader()
    for row in rows:
        table.writerow(row | _more(row, everybody.index(row["patient_id"])))
    return out.getvalue().encode(), len(rows)


def _more(row: dict[str, str], number: int) -> dict[str, str]:
    made = {
        "encounter_id": f"{row['patient_id']}-1",
        "given_name": "Ana",
        "family_name": "Muster",
        "discharge_datetime": "2026-06-09T10:00",
    }
    missing = {name: value for name, value in made.items() if name not in row}
    return missing | {
        "mobile": f"+1713555{100 + number:04d}",
        "consent_status": "yes",
        "timezone": "America/Chicago",
    }
