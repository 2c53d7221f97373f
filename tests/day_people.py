"""The people of a clinic's day: its staff, and a patient with a phone."""

from datetime import datetime, time, timedelta
from itertools import count
from typing import Any

from aftercare.crypto import ring
from aftercare.db import Database
from aftercare.models import Coverage, Patient, Staff, Team

_mrns = count(1)


def patient_with(number: str, name: str, locale: str, zone: str, now: datetime) -> Patient:
    mrn = f"MRN{next(_mrns)}"
    patient = Patient(
        mrn_hash=ring().fingerprint(mrn),
        phone_hash=ring().fingerprint(number),
        locale=locale,
        zone=zone,
        status="active",
        created_at=now - timedelta(days=1),
    )
    patient.mrn, patient.first_name, patient.last_name = mrn, name, "Test"
    patient.birth_date, patient.phone = "1950-02-03", number
    return patient


def team_and_staff(database: Database) -> tuple[Team, Staff, Staff, Staff]:
    """A nurse and a backup by day, a supervisor around the clock."""
    with database.begin() as session:
        team = Team(name="Heart", zone="America/New_York")
        session.add(team)
        session.flush()
        roles = {"nurse": "case_manager", "backup": "case_manager", "super": "supervisor"}
        people = [_member(session, team, name, role) for name, role in roles.items()]
        for person, tier in zip(people, ("primary", "backup", "supervisor"), strict=True):
            starts, ends = (time(0), time.max) if tier == "supervisor" else (time(8), time(18))
            days = range(7) if tier == "supervisor" else range(5)
            for weekday in days:
                session.add(
                    Coverage(
                        team_id=team.id, staff_id=person.id, weekday=weekday,
                        starts=starts, ends=ends, tier=tier,
                    )
                )  # fmt: skip
    return team, *people  # type: ignore[return-value]


def _member(session: Any, team: Team, name: str, role: str) -> Staff:
    staff = Staff(
        email=f"{name}@example.org", name=name.title(), role=role, team_id=team.id,
        password_hash="", active=True, locale="en",
    )  # fmt: skip
    session.add(staff)
    session.flush()
    return staff
