"""Records an answer and assesses it, against the earlier ones as well."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from aftercare.levels import Level, highest
from aftercare.models import Answer, CheckIn, Medication, Message
from aftercare.protocols import Dated, Flag, Question, Value

LONGEST_TREND = timedelta(days=35)
"""No shipped rule compares with an answer older than the 30-day programme."""


@dataclass(frozen=True)
class Assessed:
    """A recorded answer and the red flags it raises, most pressing first."""

    answer: Answer
    flags: tuple[Flag, ...]
    earlier: tuple[Dated, ...]


def record(
    session: Session,
    now: datetime,
    check_in: CheckIn,
    question: Question,
    value: Value | None,
    message: Message | None,
) -> Assessed:
    """Keep the answer to `question`; None means that it was asked twice and not understood.

    An answer given again replaces the first one. Nothing is sent or escalated here.
    """
    earlier = _earlier(session, now, check_in, question)
    flags = (
        () if value is None else question.assess(value, now, earlier, _taking(session, check_in))
    )
    answer = session.scalar(
        select(Answer).where(Answer.check_in_id == check_in.id, Answer.question == question.id)
    ) or Answer(check_in_id=check_in.id, question=question.id, at=now)
    answer.value, answer.unit, answer.at = value, question.unit, now
    answer.message_id = message.id if message else None
    answer.level = str(highest(flag.level for flag in flags) if flags else Level.NONE)
    session.add(answer)
    session.flush()
    return Assessed(answer, flags, earlier)


def _earlier(
    session: Session, now: datetime, check_in: CheckIn, question: Question
) -> tuple[Dated, ...]:
    rows = session.execute(
        select(Answer.value, Answer.at)
        .join(CheckIn)
        .where(
            CheckIn.episode_id == check_in.episode_id,
            CheckIn.id != check_in.id,
            Answer.question == question.id,
            Answer.at > now - LONGEST_TREND,
        )
        .order_by(Answer.at)
    )
    return tuple(Dated(value, at) for value, at in rows if value is not None)


def _taking(session: Session, check_in: CheckIn) -> frozenset[str]:
    kinds = session.scalars(
        select(Medication.kind).where(Medication.episode_id == check_in.episode_id)
    )
    return frozenset(kind for kind in kinds if kind)
