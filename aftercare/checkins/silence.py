"""What time does to check-ins: begun when due, reminded once, then a human is told."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aftercare import jobs
from aftercare.calendars import in_quiet_hours
from aftercare.checkins.asking import end, question_of, question_text
from aftercare.clinic import Clinic
from aftercare.escalations import Reason, flag, open_escalation
from aftercare.levels import Level
from aftercare.locking import lock_patients
from aftercare.models import CheckIn, Episode, Message
from aftercare.outbound import cancel_check_in, queue

EXPIRES_AFTER = timedelta(hours=6)
"""A check-in that could not be begun by then is not sent: the day is over."""

EARLY_DAYS = 3
"""Silence on the first days becomes a call (facts: 30 % of escalations fall on days 0-5)."""

SILENCES_BEFORE_PAUSE = 3


def due(session: Session, now: datetime) -> Sequence[UUID]:
    """Check-ins whose morning has come, oldest first."""
    return session.scalars(
        select(CheckIn.id)
        .join(Episode)
        .where(
            CheckIn.state.in_(("scheduled", "starting")),
            CheckIn.scheduled_for <= now,
            Episode.state == "active",
        )
        .order_by(CheckIn.scheduled_for)
    ).all()


def start_due(session: Session, clinic: Clinic, now: datetime, check_in_id: UUID) -> None:
    """Hand one due check-in to the dialogue, or say why it will not be sent."""
    check_in = _locked(session, check_in_id)
    patient = check_in.episode.patient
    if check_in.state not in {"scheduled", "starting"}:
        return
    if now >= check_in.scheduled_for + EXPIRES_AFTER:
        _could_not_begin(session, clinic, now, check_in)
    elif patient.status != "active" or _emergency_open(session, check_in):
        # While an emergency is open nobody asks about weight; a human is in charge.
        end(check_in, now, "expired")
    elif not in_quiet_hours(now, patient.zone, clinic.policy.quiet_from, clinic.policy.quiet_until):
        for older in _still_open(session, check_in):
            _go_silent(session, clinic, now, older)
        check_in.state = "starting"
        jobs.enqueue(
            session,
            jobs.START_CHECK_IN,
            lock=f"talk:{patient.id}:begin",
            check_in=str(check_in.id),
        )


def to_remind(session: Session, clinic: Clinic, now: datetime) -> Sequence[UUID]:
    """Check-ins whose question has waited long enough for its one reminder."""
    waits = CheckIn.asked_at <= now - clinic.policy.reminder_after
    return session.scalars(
        select(CheckIn.id).where(CheckIn.state == "open", CheckIn.reminded_at.is_(None), waits)
    ).all()


def remind(session: Session, clinic: Clinic, now: datetime, check_in_id: UUID) -> None:
    """Ask the waiting question once more; in quiet hours not yet."""
    check_in = _locked(session, check_in_id)
    patient, question = check_in.episode.patient, question_of(clinic, check_in)
    if check_in.state != "open" or check_in.reminded_at or question is None:
        return
    if in_quiet_hours(now, patient.zone, clinic.policy.quiet_from, clinic.policy.quiet_until):
        return
    check_in.reminded_at = now
    text = question_text(session, clinic, now, check_in, question)
    body = clinic.say("reminder", patient.locale, question=text)
    queue(session, clinic, now, patient, "reminder", body, check_in=check_in)


def fallen_silent(session: Session, clinic: Clinic, now: datetime) -> Sequence[UUID]:
    """Check-ins that nobody answered, although they were reminded."""
    more = clinic.policy.silent_after - clinic.policy.reminder_after
    return session.scalars(
        select(CheckIn.id).where(CheckIn.state == "open", CheckIn.reminded_at <= now - more)
    ).all()


def fall_silent(session: Session, clinic: Clinic, now: datetime, check_in_id: UUID) -> None:
    """End one of them; on the first days a human calls."""
    check_in = _locked(session, check_in_id)
    if check_in.state == "open":
        _go_silent(session, clinic, now, check_in)


def _go_silent(session: Session, clinic: Clinic, now: datetime, check_in: CheckIn) -> None:
    evidence = {"question": check_in.question, "day": check_in.offset_days,
                "delivered": _delivered(session, check_in)}  # fmt: skip
    end(check_in, now, "silent")
    cancel_check_in(session, check_in)
    session.flush()
    in_a_row = _silences_in_a_row(session, check_in)
    if check_in.offset_days > EARLY_DAYS and in_a_row < SILENCES_BEFORE_PAUSE:
        return
    if in_a_row >= SILENCES_BEFORE_PAUSE:
        check_in.episode.state, check_in.episode.state_reason = "paused", "three_silences"
    reason = Reason("silence", Level.ROUTINE, "flag", evidence | {"in_a_row": in_a_row})
    flag(session, clinic, now, check_in.episode.patient, [reason])


def _could_not_begin(session: Session, clinic: Clinic, now: datetime, check_in: CheckIn) -> None:
    end(check_in, now, "expired")
    reason = Reason(
        "check_in_not_sent", Level.ROUTINE, "flag", {"day": check_in.offset_days}
    )  # fmt: skip
    flag(session, clinic, now, check_in.episode.patient, [reason])


def _emergency_open(session: Session, check_in: CheckIn) -> bool:
    escalation = open_escalation(session, check_in.episode.patient)
    return escalation is not None and (
        Level(escalation.level) is Level.EMERGENCY and escalation.reached_at is None
    )


def _locked(session: Session, check_in_id: UUID) -> CheckIn:
    """The check-in as it is now, after its patient: an answer may be coming in."""
    of = select(Episode.patient_id).join(CheckIn).where(CheckIn.id == check_in_id)
    lock_patients(session, session.scalars(of).all())
    return session.get_one(CheckIn, check_in_id, with_for_update=True, populate_existing=True)


def _still_open(session: Session, check_in: CheckIn) -> Sequence[CheckIn]:
    return session.scalars(
        select(CheckIn)
        .join(Episode)
        .where(
            Episode.patient_id == check_in.episode.patient_id,
            CheckIn.state == "open",
            CheckIn.id != check_in.id,
        )
    ).all()


def _delivered(session: Session, check_in: CheckIn) -> bool:
    """Whether the phone got the question: quiet is not the same as unreached."""
    return bool(
        session.scalar(
            select(Message.id)
            .where(Message.check_in_id == check_in.id, Message.state.in_(("delivered", "read")))
            .limit(1)
        )
    )


def _silences_in_a_row(session: Session, check_in: CheckIn) -> int:
    states = session.scalars(
        select(CheckIn.state)
        .where(CheckIn.episode_id == check_in.episode_id, CheckIn.ended_at.is_not(None))
        .order_by(CheckIn.scheduled_for.desc())
        .limit(SILENCES_BEFORE_PAUSE)
    ).all()
    count = 0
    for state in states:
        if state != "silent":
            break
        count += 1
    return count
