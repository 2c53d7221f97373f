"""Who is on duty, and whose work an escalation becomes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aftercare.calendars import at_wall_time, local
from aftercare.models import Coverage, Episode, Staff, Team

TIERS = ("primary", "backup", "supervisor")


@dataclass(frozen=True)
class Roster:
    """A team's week, and the people who are on duty at one moment."""

    team: Team
    shifts: Sequence[Coverage]
    supervisors: Sequence[Staff]

    def on_duty(self, now: datetime, tier: str | None = None) -> list[Staff]:
        """Whose shift `now` (UTC) falls into, in the order of the tiers."""
        wall = local(now, self.team.zone)
        found = [
            shift
            for shift in self.shifts
            if shift.staff.active
            and (tier is None or shift.tier == tier)
            and _covers(shift, wall.weekday(), wall)
        ]
        found.sort(key=lambda shift: (TIERS.index(shift.tier), shift.staff.email))
        return list(dict.fromkeys(shift.staff for shift in found))

    def staffed(self, now: datetime) -> bool:
        """Whether someone will call today: is a case manager on duty now, or later today?"""
        wall = local(now, self.team.zone)
        return any(
            shift.weekday == wall.weekday() and _end(shift) > wall.time()
            for shift in self.shifts
            if shift.staff.active and shift.tier != "supervisor"
        )

    def next_on_duty(self, now: datetime) -> tuple[datetime, Staff] | None:
        """When the next shift begins, and whose it is: who takes what comes out of hours."""
        today = local(now, self.team.zone).date()
        upcoming = [
            (at_wall_time(today + timedelta(days=ahead), shift.starts, self.team.zone), shift)
            for ahead in range(8)
            for shift in self.shifts
            if shift.staff.active and shift.weekday == (today + timedelta(days=ahead)).weekday()
        ]
        later = [(at, shift) for at, shift in upcoming if at > now]
        if not later:
            return None
        at, shift = min(later, key=lambda pair: (pair[0], TIERS.index(pair[1].tier)))
        return at, shift.staff


def roster(session: Session, team_id: UUID) -> Roster:
    shifts = session.scalars(select(Coverage).where(Coverage.team_id == team_id)).all()
    supervisors = session.scalars(
        select(Staff)
        .where(Staff.active, Staff.role.in_(("supervisor", "admin")))
        .order_by(Staff.team_id != team_id, Staff.role.desc(), Staff.email)
    ).all()
    return Roster(session.get_one(Team, team_id), shifts, supervisors)


def assignee(now: datetime, plan: Roster, episode: Episode | None) -> Staff:
    """The one person who answers for an escalation: never nobody, never someone off duty
    while anybody is on duty.

    Raises LookupError when the hospital has no active staff at all.
    """
    on_duty = plan.on_duty(now)
    own = episode.case_manager if episode else None
    if own in on_duty:
        return own
    if on_duty:
        return on_duty[0]
    if soon := plan.next_on_duty(now):
        return soon[1]
    if own and own.active:
        return own
    if plan.supervisors:
        return plan.supervisors[0]
    raise LookupError("no active case manager or supervisor: `aftercare users add` one")


def _covers(shift: Coverage, weekday: int, wall: datetime) -> bool:
    now = wall.time()
    if shift.starts < shift.ends:
        return shift.weekday == weekday and shift.starts <= now < shift.ends
    # A night shift belongs to the day it begins on.
    return (shift.weekday == weekday and now >= shift.starts) or (
        (shift.weekday + 1) % 7 == weekday and now < shift.ends
    )


def _end(shift: Coverage) -> time:
    return shift.ends if shift.starts < shift.ends else time.max
