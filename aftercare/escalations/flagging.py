"""Opens an escalation, or raises the one that is open."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from aftercare import audit
from aftercare.calendars import end_of_next_business_day
from aftercare.clinic import Clinic, Policy
from aftercare.escalations.coverage import Roster, assignee, roster
from aftercare.escalations.paging import enqueue_page
from aftercare.levels import Level
from aftercare.locking import lock_patient
from aftercare.models import (
    Episode,
    Escalation,
    EscalationEvent,
    Message,
    Notification,
    Patient,
    Staff,
    Team,
)


@dataclass(frozen=True)
class Reason:
    """One red flag, need or trouble: what it is, how pressing, and the evidence for it."""

    concept: str
    level: Level
    kind: str = "flag"
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Flagged:
    """What flagging changed. `news` when the patient has not been told of this level yet."""

    escalation: Escalation
    news: bool
    staffed: bool


def flag(
    session: Session,
    clinic: Clinic,
    now: datetime,
    patient: Patient,
    reasons: list[Reason],
    message: Message | None = None,
) -> Flagged:
    """Record `reasons` on the patient's open escalation, opening or raising it as needed.

    A reason already recorded for the same message changes nothing, so a text that is read
    twice escalates once. Never lowers a level. Raises LookupError without any staff.
    """
    # One at a time per patient: two texts at the same instant make one escalation.
    lock_patient(session, patient.id)
    episode = _episode(session, patient)
    plan = roster(session, episode.team_id if episode else _any_team(session))
    target = _Target(patient_id=patient.id, episode=episode)
    return _flag(session, clinic, now, target, plan, reasons, message)


def flag_stranger(
    session: Session, clinic: Clinic, now: datetime, reasons: list[Reason], message: Message
) -> Flagged:
    """The same for a text from a number that belongs to no patient of ours."""
    target = _Target(sender_hash=message.phone_hash)
    plan = roster(session, _any_team(session))
    return _flag(session, clinic, now, target, plan, reasons, message)


def note_from_patient(
    session: Session, now: datetime, escalation: Escalation, message: Message
) -> None:
    """Put a further text of the patient on the open escalation, without a new flag."""
    session.add(
        EscalationEvent(escalation_id=escalation.id, at=now, kind="wrote", message_id=message.id)
    )


def open_escalation(session: Session, patient: Patient) -> Escalation | None:
    return session.scalar(
        select(Escalation).where(
            Escalation.patient_id == patient.id, Escalation.closed_at.is_(None)
        )
    )


@dataclass(frozen=True)
class _Target:
    patient_id: Any = None
    sender_hash: str | None = None
    episode: Episode | None = None


def _flag(
    session: Session,
    clinic: Clinic,
    now: datetime,
    target: _Target,
    plan: Roster,
    reasons: list[Reason],
    message: Message | None,
) -> Flagged:
    level = max(reason.level for reason in reasons)
    escalation = _open(session, target)
    fresh = escalation is None
    if escalation is None:
        escalation = _new(clinic.policy, now, target, plan, level)
        session.add(escalation)
        session.flush()
        _event(session, now, escalation, "assigned", staff=escalation.assignee)
    new = [r for r in reasons if not _recorded(session, escalation, r, message)]
    for reason in new:
        _record(session, now, escalation, reason, message)
    raised = (
        bool(new) and not fresh and _raise(session, clinic.policy, now, escalation, plan, level)
    )
    if fresh or raised:
        _plan_pages(session, clinic.policy, now, escalation, plan)
        audit.record(
            session, now, "system", "escalation.opened" if fresh else "escalation.raised",
            f"escalation:{escalation.id}", level=str(level),
        )  # fmt: skip
    return Flagged(escalation, fresh or raised, plan.staffed(now))


def _open(session: Session, target: _Target) -> Escalation | None:
    mine = (
        Escalation.patient_id == target.patient_id
        if target.patient_id
        else Escalation.sender_hash == target.sender_hash
    )
    return session.scalar(select(Escalation).where(mine, Escalation.closed_at.is_(None)))


def _new(policy: Policy, now: datetime, target: _Target, plan: Roster, level: Level) -> Escalation:
    return Escalation(
        patient_id=target.patient_id,
        sender_hash=target.sender_hash,
        episode_id=target.episode.id if target.episode else None,
        level=str(level),
        level_at=now,
        opened_at=now,
        due_at=due_at(policy, now, plan, level),
        assignee=assignee(now, plan, target.episode),
    )


def due_at(policy: Policy, now: datetime, plan: Roster, level: Level) -> datetime:
    """When a human must have acted; facts of the levels table (docs/operations.md, Clocks)."""
    if level is Level.EMERGENCY:
        return now + policy.acknowledge_within
    if level is Level.URGENT:
        if plan.on_duty(now):
            return now + policy.call_within
        soon = plan.next_on_duty(now)
        return (soon[0] if soon else now) + policy.call_within
    return end_of_next_business_day(now, plan.team.zone)


def _raise(
    session: Session,
    policy: Policy,
    now: datetime,
    escalation: Escalation,
    plan: Roster,
    level: Level,
) -> bool:
    """Raise to `level`; a new emergency after the patient was reached begins anew."""
    again = level is Level.EMERGENCY and escalation.reached_at is not None
    if level <= Level(escalation.level) and not again:
        return False
    escalation.level, escalation.level_at = str(level), now
    escalation.due_at = due_at(policy, now, plan, level)
    escalation.acknowledged_at = escalation.acknowledged_by = escalation.reached_at = None
    episode = session.get(Episode, escalation.episode_id) if escalation.episode_id else None
    if escalation.assignee not in plan.on_duty(now):
        escalation.assignee = assignee(now, plan, episode)
    _event(session, now, escalation, "raised", level=level, staff=escalation.assignee)
    return True


def _plan_pages(
    session: Session, policy: Policy, now: datetime, escalation: Escalation, plan: Roster
) -> None:
    level = Level(escalation.level)
    if level is Level.ROUTINE:
        return
    steps = {"primary": (escalation.assignee, now)}
    backup = next(iter(plan.on_duty(now, "backup")), None)
    supervisor = next(iter([*plan.on_duty(now, "supervisor"), *plan.supervisors]), None)
    if level is Level.EMERGENCY:
        if backup and backup is not escalation.assignee:
            steps["backup"] = (backup, now + policy.acknowledge_within)
        if supervisor and supervisor is not escalation.assignee:
            steps["supervisor"] = (supervisor, now + policy.supervisor_after)
    elif supervisor and supervisor is not escalation.assignee:
        steps["supervisor"] = (supervisor, escalation.due_at)
    for tier, (staff, at) in steps.items():
        _plan_page(session, escalation, staff, tier, at, now)


def _plan_page(
    session: Session,
    escalation: Escalation,
    staff: Staff,
    tier: str,
    at: datetime,
    now: datetime,
) -> None:
    # An emergency that begins anew climbs the same ladder again; its events keep the first.
    step = (Notification.escalation_id == escalation.id) & (
        (Notification.level == escalation.level) & (Notification.tier == tier)
    )
    notification = session.scalar(select(Notification).where(step)) or Notification(
        escalation_id=escalation.id, level=escalation.level, tier=tier
    )
    notification.staff_id, notification.due_at = staff.id, at
    notification.state, notification.attempts, notification.sent_at = "due", 0, None
    session.add(notification)
    session.flush()
    if at <= now:
        enqueue_page(session, notification)


def _recorded(
    session: Session, escalation: Escalation, reason: Reason, message: Message | None
) -> bool:
    if message is None:
        return False
    return bool(
        session.scalar(
            select(
                exists().where(
                    EscalationEvent.escalation_id == escalation.id,
                    EscalationEvent.message_id == message.id,
                    EscalationEvent.concept == reason.concept,
                    EscalationEvent.kind == reason.kind,
                    EscalationEvent.level == str(reason.level),
                )
            )
        )
    )


def _record(
    session: Session,
    now: datetime,
    escalation: Escalation,
    reason: Reason,
    message: Message | None,
) -> None:
    event = EscalationEvent(
        escalation_id=escalation.id,
        at=now,
        kind=reason.kind,
        level=str(reason.level),
        concept=reason.concept,
        message_id=message.id if message else None,
    )
    event.detail = json.dumps(reason.evidence, ensure_ascii=False)
    session.add(event)


def _event(
    session: Session,
    now: datetime,
    escalation: Escalation,
    kind: str,
    level: Level | None = None,
    staff: Staff | None = None,
) -> None:
    session.add(
        EscalationEvent(
            escalation_id=escalation.id,
            at=now,
            kind=kind,
            level=str(level) if level else None,
            staff_id=staff.id if staff else None,
        )
    )


def _episode(session: Session, patient: Patient) -> Episode | None:
    return session.scalar(
        select(Episode)
        .where(Episode.patient_id == patient.id)
        .order_by(Episode.discharged_at.desc())
        .limit(1)
    )


def _any_team(session: Session) -> Any:
    team = session.scalar(select(Team.id).order_by(Team.name).limit(1))
    if team is None:
        raise LookupError("no team yet: `aftercare users add` makes the first one")
    return team
