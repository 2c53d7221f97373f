"""The enrolment desk of one clinic, for the tests that enrol.

A test file takes the fixture as its own, `desk = enrolment_desk.desk`: from a plugin it would
be every file's, and take the place of the console's desk.
"""

from datetime import UTC, datetime, time
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from aftercare import feeds, inbound, staffing
from aftercare.clinic import Clinic
from aftercare.clock import SetClock
from aftercare.crypto import ring
from aftercare.db import Database
from aftercare.enrolment import Outcome, enrol_all
from aftercare.inbound import Arrived
from aftercare.models import Base, Message, Patient

NOW = datetime(2026, 6, 2, 17, 0, tzinfo=UTC)  # noon on a Tuesday in Houston
HOUSTON = "America/Chicago"

ANA = {
    "mrn": "0001234",
    "encounter_id": "V-77",
    "first_name": "Ana",
    "last_name": "Peña",
    "dob": "1951-03-27",
    "sex": "F",
    "mobile": "(713) 555-0142",
    "consent_status": "yes",
    "consent_at": "2026-06-01T11:00",
    "consent_source": "paper form",
    "language": "Spanish",
    "zip": "77002",
    "timezone": "",
    "discharge_at": "2026-06-01T15:30",
    "disposition": "01",
    "primary_dx": "I50.22",
    "procedure": "",
    "facility": "Mercy East",
    "case_manager_email": "",
    "caregiver_name": "",
    "caregiver_phone": "",
    "caregiver_relationship": "",
    "caregiver_consent": "",
    "follow_up_at": "",
    "deceased": "",
    "medications": "",
    "daily_consent": "",
}
BEN = ANA | {
    "mrn": "0005678",
    "encounter_id": "V-78",
    "first_name": "Ben",
    "last_name": "Ode",
    "dob": "1948-01-02",
    "sex": "M",
    "mobile": "+1 312 555 0143",
    "language": "English",
    "zip": "60601",
    "primary_dx": "J44.1",
}
AGAIN = ANA | {"encounter_id": "V-90", "discharge_at": "2026-06-20T10:00", "consent_at": ""}


class Desk:
    """The enrolment desk of one clinic: hand it rows, look at what stands in the database."""

    def __init__(self, database: Database, clinic: Clinic, clock: SetClock) -> None:
        self.database, self.clinic, self.clock = database, clinic, clock

    def enrols(self, *rows: dict[str, str], dry_run: bool = False) -> list[Outcome]:
        feed = feeds.read(csv(*rows))
        outcomes = enrol_all(
            self.database, self.clinic, self.clock, feed.records, feed.kind, dry_run=dry_run
        )
        return list(outcomes)

    def refuses(self, row: dict[str, str]) -> str:
        (outcome,) = self.enrols(row)
        assert outcome.status == "refused"
        return "; ".join(map(str, outcome.problems))

    def all[Row: Base](self, kind: type[Row]) -> list[Row]:
        with self.database.begin() as session:
            return list(session.scalars(select(kind)))

    def one[Row: Base](self, kind: type[Row]) -> Row:
        (row,) = self.all(kind)
        return row

    def patient(self, mrn: str) -> Patient:
        with self.database.begin() as session:
            return session.scalars(
                select(Patient).where(Patient.mrn_hash == ring().fingerprint(mrn))
            ).one()

    def edit[Row: Base](self, row: Row, **values: Any) -> None:
        with self.database.begin() as session:
            for name, value in values.items():
                setattr(session.merge(row), name, value)

    def hears(self, sender: str, words: str) -> None:
        """A text comes in and is screened, as the webhook and the worker would."""
        with self.database.begin() as session:
            arrived = Arrived(sid=f"SM{uuid4().hex}", sender=sender, body=words)
            inbound.receive(session, self.clock.now(), arrived)
            text = session.scalars(select(Message).where(Message.sid == arrived.sid)).one()
            inbound.screen(session, self.clinic, self.clock.now(), text.id)

    def everything(self) -> dict[str, int]:
        """How many rows each table holds."""
        with self.database.begin() as session:
            return {
                table.name: session.scalar(select(func.count()).select_from(table)) or 0
                for table in Base.metadata.sorted_tables
            }


@pytest.fixture
def desk(database: Database, clinic: Clinic) -> Desk:
    with database.begin() as session:
        team = staffing.team_named(session, "Care team", HOUSTON)
        carla = staffing.add(
            session, email="carla@mercy.example", name="Carla", role="case_manager",
            team=team, password="a few words in a row",
        )  # fmt: skip
        staffing.cover(session, carla, staffing.Shift(range(5), time(8), time(17)))
    return Desk(database, clinic, SetClock(NOW))


def csv(*rows: dict[str, str]) -> bytes:
    head = list(rows[0])
    lines = [head, *([row[name] for name in head] for row in rows)]
    return "\n".join(";".join(f'"{cell}"' for cell in line) for line in lines).encode()


def statuses(outcomes: list[Outcome]) -> list[str]:
    return [outcome.status for outcome in outcomes]
