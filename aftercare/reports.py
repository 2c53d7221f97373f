"""What a clinic asks of its own work: how many, how fast, how often for nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from aftercare.levels import Level
from aftercare.models import CheckIn, Escalation


@dataclass(frozen=True)
class LevelReport:
    """One level's escalations. The times are medians in minutes, None without any."""

    level: str
    opened: int
    acknowledged_after: float | None
    reached_after: float | None
    late: int
    """Not acknowledged (emergency) or reached (urgent, routine) when due."""
    closed: int
    actionable: float | None
    """Share of the closed ones that were worth acting on: elsewhere about 0.4."""


@dataclass(frozen=True)
class CheckInReport:
    """What became of the check-ins that were begun."""

    begun: int
    completed: int
    interrupted: int
    silent: int


def escalations(session: Session, since: datetime, now: datetime) -> list[LevelReport]:
    """The escalations opened since, most pressing level first."""
    rows = session.scalars(select(Escalation).where(Escalation.opened_at >= since)).all()
    levels = (Level.EMERGENCY, Level.URGENT, Level.ROUTINE)
    return [_of_level(level, [r for r in rows if r.level == level], now) for level in levels]


def check_ins(session: Session, since: datetime) -> CheckInReport:
    """The check-ins begun since."""
    counted = session.execute(
        select(CheckIn.state, func.count())
        .where(CheckIn.started_at >= since)
        .group_by(CheckIn.state)
    ).all()
    counts: dict[str, int] = {row.state: row[1] for row in counted}
    return CheckInReport(
        begun=sum(counts.values()),
        completed=counts.get("completed", 0),
        interrupted=counts.get("interrupted", 0),
        silent=counts.get("silent", 0),
    )


def _of_level(level: Level, rows: Sequence[Escalation], now: datetime) -> LevelReport:
    judged = [r.actionable for r in rows if r.actionable is not None]
    return LevelReport(
        level=str(level),
        opened=len(rows),
        acknowledged_after=_median(
            [r.acknowledged_at - r.level_at for r in rows if r.acknowledged_at]
        ),
        reached_after=_median([r.reached_at - r.level_at for r in rows if r.reached_at]),
        late=sum(_late(r, now) for r in rows),
        closed=sum(r.closed_at is not None for r in rows),
        actionable=sum(judged) / len(judged) if judged else None,
    )


def _late(row: Escalation, now: datetime) -> bool:
    done = row.acknowledged_at if row.level == Level.EMERGENCY else row.reached_at or row.closed_at
    return (done or now) > row.due_at


def _median(times: Sequence[timedelta]) -> float | None:
    return median(t.total_seconds() / 60 for t in times) if times else None
