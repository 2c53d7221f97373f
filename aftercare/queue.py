"""The queue: every open escalation with what a case manager needs to choose whom to call."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session, aliased, joinedload, raiseload

from aftercare.levels import Level
from aftercare.models import (
    Answer,
    CheckIn,
    Episode,
    Escalation,
    EscalationEvent,
    Medication,
    Message,
    Staff,
)
from aftercare.reasons import Why, why_of

MOST = 200
"""Rows on one page. Nobody calls two hundred patients from one list: filters find the rest."""
TREND_DAYS = 30


@dataclass(frozen=True)
class Filter:
    """What to show of the queue; an empty field shows everything."""

    assignee: UUID | None = None
    level: Level | None = None
    state: str = ""
    """`open`, `acknowledged` or `reached`."""


@dataclass(frozen=True)
class Point:
    """One measured answer."""

    at: datetime
    value: float
    level: Level


@dataclass(frozen=True)
class Trend:
    """One question's numbers over the days since discharge."""

    question: str
    unit: str | None
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Row:
    """One line of the queue. Its rows are loaded; nothing on it asks the database again."""

    escalation: Escalation
    episode: Episode | None
    flag: EscalationEvent | None
    words: Message | None
    flags: int
    acknowledged_by: Staff | None
    trend: Trend | None = None
    medicines: tuple[Medication, ...] = ()

    @property
    def why(self) -> Why:
        return why_of(self.flag)

    @property
    def fingerprint(self) -> tuple[object, ...]:
        """What can change of a row while it is shown."""
        escalation, patient = self.escalation, self.escalation.patient
        return (
            *(escalation.ref, escalation.level, escalation.state, escalation.due_at),
            *(escalation.assignee_id, escalation.level_at, self.flag and self.flag.seq, self.flags),
            *((patient.status, patient.locale, patient.phone_hash) if patient else ()),
            self.trend and self.trend.points[-1],
        )


@dataclass(frozen=True)
class Queue:
    """The rows in the order of calling, and how many there are in all, by level."""

    rows: tuple[Row, ...]
    counts: Mapping[Level, int]
    unacknowledged: int
    """Emergencies that nobody has taken yet."""
    strangers: int
    """Texts of the last day from numbers of nobody we know."""

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def version(self) -> str:
        """Changes whenever anything that a page shows of the queue does, but for the time."""
        shown = [row.fingerprint for row in self.rows]
        told = repr((shown, sorted(self.counts.items()), self.strangers))
        return sha256(told.encode()).hexdigest()[:16]


def queue(session: Session, now: datetime, wanted: Filter = Filter()) -> Queue:
    """The open escalations, most pressing first, in a fixed number of queries."""
    rows = _rows(session, wanted)
    episodes = {row.episode.id for row in rows if row.episode}
    trends = _trends(session, episodes, now - timedelta(days=TREND_DAYS))
    medicines = _critical_medicines(session, episodes)
    counts, unacknowledged = _counts(session)
    full = tuple(
        replace(
            row,
            trend=_telling(trends.get(row.episode.id, ()), row.why.question),
            medicines=medicines.get(row.episode.id, ()),
        )
        if row.episode
        else row
        for row in rows
    )
    return Queue(full, counts, unacknowledged, _strangers(session, now))


def _rows(session: Session, wanted: Filter) -> list[Row]:
    return [
        Row(escalation, episode, flag, words, flags, taker)
        for escalation, episode, flag, words, flags, taker in session.execute(_query(wanted))
    ]


def _query(
    wanted: Filter,
) -> Select[Escalation, Episode, EscalationEvent, Message, int, Staff]:
    taker = aliased(Staff)
    telling = _telling_flag()
    return (
        select(Escalation, Episode, EscalationEvent, Message, _flag_count(), taker)
        .outerjoin(Episode, Episode.id == Escalation.episode_id)
        .outerjoin(EscalationEvent, EscalationEvent.id == telling)
        .outerjoin(Message, Message.id == EscalationEvent.message_id)
        .outerjoin(taker, taker.id == Escalation.acknowledged_by)
        .where(Escalation.closed_at.is_(None), *_conditions(wanted))
        .order_by(_by_level(), _by_state(), Escalation.due_at, Escalation.ref)
        .limit(MOST)
        .options(joinedload(Escalation.patient), joinedload(Escalation.assignee), raiseload("*"))
    )


def _telling_flag() -> ColumnElement[UUID]:
    """The event that says why: the last one of the escalation's present level."""
    event = aliased(EscalationEvent)
    return (
        select(event.id)
        .where(event.escalation_id == Escalation.id, event.kind.in_(("flag", "need")))
        .order_by((event.level == Escalation.level).desc(), event.seq.desc())
        .limit(1)
        .correlate(Escalation)
        .scalar_subquery()
    )


def _flag_count() -> ColumnElement[int]:
    event = aliased(EscalationEvent)
    return (
        select(func.count(event.id))
        .where(event.escalation_id == Escalation.id, event.kind.in_(("flag", "need")))
        .correlate(Escalation)
        .scalar_subquery()
    )


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.assignee:
        conditions.append(Escalation.assignee_id == wanted.assignee)
    if wanted.level:
        conditions.append(Escalation.level == wanted.level)
    if wanted.state:
        conditions.append(_STATES[wanted.state])
    return conditions


_STATES: Mapping[str, ColumnElement[bool]] = {
    "open": and_(Escalation.acknowledged_at.is_(None), Escalation.reached_at.is_(None)),
    "acknowledged": and_(Escalation.acknowledged_at.is_not(None), Escalation.reached_at.is_(None)),
    "reached": Escalation.reached_at.is_not(None),
}
STATES = tuple(_STATES)


def _by_level() -> ColumnElement[int]:
    return case({level: -level.rank for level in Level}, value=Escalation.level)


def _by_state() -> ColumnElement[int]:
    # Of two emergencies, the one that nobody has taken is the one to call first.
    return case((_STATES["open"], 0), (_STATES["acknowledged"], 1), else_=2)


def _counts(session: Session) -> tuple[dict[Level, int], int]:
    found = session.execute(
        select(Escalation.level, func.count(), func.count().filter(_STATES["open"]))
        .where(Escalation.closed_at.is_(None))
        .group_by(Escalation.level)
    ).all()
    counts = {Level(level): count for level, count, _ in found}
    waiting = {Level(level): untaken for level, _, untaken in found}
    return counts, waiting.get(Level.EMERGENCY, 0)


def _strangers(session: Session, now: datetime) -> int:
    return (
        session.scalar(
            select(func.count()).where(
                Message.patient_id.is_(None),
                Message.direction == "in",
                Message.at > now - timedelta(days=1),
            )
        )
        or 0
    )


def _trends(
    session: Session, episodes: Collection[UUID], since: datetime
) -> dict[UUID, list[Trend]]:
    found = session.execute(
        select(CheckIn.episode_id, Answer)
        .join(Answer.check_in)
        .where(
            CheckIn.episode_id.in_(episodes),
            func.jsonb_typeof(Answer.value) == "number",
            Answer.at >= since,
        )
        .order_by(Answer.at)
        .options(raiseload("*"))
    ).all()
    answers: dict[UUID, list[Answer]] = {}
    for episode, answer in found:
        answers.setdefault(episode, []).append(answer)
    return {episode: trends_of(rows) for episode, rows in answers.items()}


def trends_of(answers: Sequence[Answer]) -> list[Trend]:
    """The numbers among `answers` (oldest first), one trend a question, the longest first."""
    by_question: dict[str, list[Answer]] = {}
    for answer in answers:
        if isinstance(answer.value, int | float) and not isinstance(answer.value, bool):
            by_question.setdefault(answer.question, []).append(answer)
    found = [
        Trend(
            question,
            rows[-1].unit,
            tuple(Point(row.at, float(row.value), Level(row.level)) for row in rows),
        )
        for question, rows in by_question.items()
    ]
    return sorted(found, key=lambda trend: -len(trend.points))


def _telling(trends: Sequence[Trend], question: str | None) -> Trend | None:
    """The flagged question's numbers, else those asked most often."""
    flagged = (trend for trend in trends if trend.question == question)
    return next(flagged, None) or next(iter(trends), None)


def _critical_medicines(
    session: Session, episodes: Collection[UUID]
) -> dict[UUID, tuple[Medication, ...]]:
    found: dict[UUID, tuple[Medication, ...]] = {}
    for medicine in session.scalars(
        select(Medication)
        .where(Medication.episode_id.in_(episodes), Medication.kind != "")
        .order_by(Medication.kind)
        .options(raiseload("*"))
    ):
        found[medicine.episode_id] = (*found.get(medicine.episode_id, ()), medicine)
    return found
