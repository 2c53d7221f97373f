"""Staff: who works here, their passwords, and the shifts they cover."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import time
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from aftercare.models import Coverage, Login, Staff, Team

ROLES = ("case_manager", "supervisor", "admin")
TIERS = ("primary", "backup", "supervisor")
SHORTEST_PASSWORD = 12
"""NIST SP 800-63B asks for length, not for kinds of characters; 128 bounds the hashing."""
LONGEST_PASSWORD = 128


class Refused(ValueError):
    """What was asked cannot be done; says why in words for the person who asked."""


@dataclass(frozen=True)
class Shift:
    """A shift that returns every week on `weekdays` (0 is Monday), in the team's zone."""

    weekdays: Iterable[int]
    starts: time
    ends: time
    tier: str = "primary"


def add(
    session: Session,
    *,
    email: str,
    name: str,
    role: str,
    team: Team,
    password: str,
    locale: str = "en",
) -> Staff:
    """Make one member of staff. Raises Refused."""
    email = email.strip().casefold()
    if role not in ROLES:
        raise Refused(f"role must be one of {', '.join(ROLES)}")
    if "@" not in email:
        raise Refused(f"{email!r} is not an email address")
    if find(session, email) is not None:
        raise Refused(f"{email} is there already")
    staff = Staff(email=email, name=name.strip(), role=role, locale=locale, team_id=team.id)
    staff.active = True
    staff.password_hash = hashed(password)
    session.add(staff)
    session.flush()
    return staff


def team_named(session: Session, name: str, zone: str | None = None) -> Team:
    """The team called `name`; made, with its `zone`, when it is not there. Raises Refused."""
    team = session.scalar(select(Team).where(Team.name == name))
    if team is not None:
        return team
    if zone is None:
        raise Refused(f"there is no team {name!r} yet: name its time zone to make it")
    _check_zone(zone)
    team = Team(name=name, zone=zone)
    session.add(team)
    session.flush()
    return team


def find(session: Session, email: str) -> Staff | None:
    return session.scalar(
        select(Staff).where(Staff.email == email.strip().casefold()).options(joinedload(Staff.team))
    )


def everyone(session: Session) -> Sequence[Staff]:
    return session.scalars(
        select(Staff).options(joinedload(Staff.team)).order_by(Staff.email)
    ).all()


def change_password(session: Session, staff: Staff, password: str) -> None:
    """Set the password and log the person off everywhere. Raises Refused."""
    staff.password_hash = hashed(password)
    session.execute(delete(Login).where(Login.staff_id == staff.id))


def cover(session: Session, staff: Staff, shift: Shift) -> list[Coverage]:
    """Put `staff` on `shift`; asked again, only its end changes. Raises Refused."""
    if shift.tier not in TIERS:
        raise Refused(f"tier must be one of {', '.join(TIERS)}")
    return [_covered(session, staff, shift, weekday) for weekday in sorted(set(shift.weekdays))]


def shifts(session: Session, staff_id: UUID) -> Sequence[Coverage]:
    return session.scalars(
        select(Coverage)
        .where(Coverage.staff_id == staff_id)
        .order_by(Coverage.weekday, Coverage.starts)
    ).all()


def hashed(password: str) -> str:
    """The stored form of `password`: slow on purpose. Raises Refused for one too short."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Refused(
            f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters: "
            "a few words in a row are easy to keep"
        )
    return _hasher().hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether `password` is the one that was hashed. As slow for nobody as for somebody."""
    try:
        _hasher().verify(password_hash or _nobody(), password[:LONGEST_PASSWORD])
    except (Argon2Error, InvalidHashError):
        return False
    return password_hash is not None


def _covered(session: Session, staff: Staff, shift: Shift, weekday: int) -> Coverage:
    there = session.scalar(
        select(Coverage).where(
            Coverage.staff_id == staff.id,
            Coverage.weekday == weekday,
            Coverage.starts == shift.starts,
            Coverage.tier == shift.tier,
        )
    )
    row = there or Coverage(
        team_id=staff.team_id,
        staff_id=staff.id,
        weekday=weekday,
        starts=shift.starts,
        tier=shift.tier,
    )
    row.ends = shift.ends
    session.add(row)
    session.flush()
    return row


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError) as error:
        raise Refused(f"{zone!r} is no time zone: write it like America/New_York") from error


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobody() -> str:
    return _hasher().hash("the password of nobody at all")
