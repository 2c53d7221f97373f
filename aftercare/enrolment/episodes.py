"""One discharge's programme: begun, corrected, and stopped by what a feed says."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy import update as update_rows
from sqlalchemy.orm import Session

from aftercare import calendars
from aftercare.checkins import end
from aftercare.clinic import Clinic
from aftercare.crypto import ring
from aftercare.enrolment.discharge import Discharge, Identity
from aftercare.enrolment.medicines import Medicine
from aftercare.escalations import assignee, roster
from aftercare.models import (
    Appointment,
    CheckIn,
    Episode,
    Medication,
    Message,
    Patient,
    Staff,
    Team,
)
from aftercare.outbound.outbox import PROACTIVE
from aftercare.protocols.protocol import Protocol

AFTER_WELCOME = timedelta(hours=1)
"""A first check-in whose morning is over is still asked that day, this long after the welcome."""


class NobodyHere(RuntimeError):
    """There is no team, or nobody in it, to answer for patients."""


def known(session: Session, identity: Identity) -> Episode | None:
    return session.scalar(
        select(Episode).where(Episode.encounter_hash == ring().fingerprint(identity.encounter))
    )


def running(session: Session, patient: Patient) -> Sequence[Episode]:
    """The patient's programmes that are not over."""
    return session.scalars(
        select(Episode).where(
            Episode.patient_id == patient.id, Episode.state.in_(("active", "paused"))
        )
    ).all()


def begin(
    session: Session, clinic: Clinic, now: datetime, patient: Patient, discharge: Discharge
) -> Episode:
    """Open the programme with its check-ins, medicines and next visit. Raises NobodyHere."""
    protocol = _protocol(clinic, discharge)
    manager = _manager(session, discharge)
    team = manager.team if manager else _team(session, discharge.facility)
    _refuse_unanswered(session, now, team)
    episode = Episode(
        patient=patient,
        encounter_hash=ring().fingerprint(discharge.identity.encounter),
        protocol=protocol.id,
        protocol_version=protocol.version,
        state="active",
        team=team,
        case_manager=manager,
        created_at=now,
    )
    episode.encounter = discharge.identity.encounter
    for name, value in _facts(discharge).items():
        setattr(episode, name, value)
    session.add(episode)
    _schedule(clinic, now, episode, protocol, discharge)
    _prescribe(session, episode, discharge.medicines)
    _book(session, episode, discharge)
    session.flush()
    return episode


def update(
    session: Session, clinic: Clinic, now: datetime, episode: Episode, discharge: Discharge
) -> list[str]:
    """Take over what the feed says differently now; the names of what changed."""
    changed = [
        name
        for name, value in _facts(discharge).items()
        if value and getattr(episode, name) != value
    ]
    for name in changed:
        setattr(episode, name, _facts(discharge)[name])
    manager = _manager(session, discharge)
    if manager and manager != episode.case_manager:
        episode.case_manager, episode.team = manager, manager.team
        changed.append("case_manager")
    if discharge.medicines and _prescribed(episode) != sorted(discharge.medicines, key=_by_name):
        _prescribe(session, episode, discharge.medicines)
        changed.append("medications")
    if _book(session, episode, discharge):
        changed.append("follow_up")
    return changed + _follow_protocol(session, clinic, now, episode, discharge)


def reschedule(now: datetime, episode: Episode, zone: str) -> None:
    """Move the check-ins that were not begun to the mornings that are right now."""
    for check_in in episode.check_ins:
        if check_in.state != "scheduled":
            continue
        moment = _morning(episode, check_in.offset_days, zone)
        if moment > now:
            check_in.scheduled_for = moment
        else:
            end(check_in, now, "expired")


def stop(session: Session, now: datetime, episode: Episode, reason: str) -> None:
    """End the programme: nothing more is asked, and what nobody waits for is taken back."""
    episode.state, episode.state_reason = "stopped", reason
    for check_in in episode.check_ins:
        if check_in.state == "scheduled":
            end(check_in, now, "expired")
        elif check_in.state in {"starting", "open"}:
            end(check_in, now, "interrupted")
    session.execute(
        update_rows(Message)
        .where(
            Message.patient_id == episode.patient_id,
            Message.state == "queued",
            Message.kind.in_(PROACTIVE),
        )
        .values(state="canceled", error=reason)
    )


def unknown_manager(session: Session, discharge: Discharge) -> bool:
    """Whether the feed names a case manager who does not work here."""
    return bool(discharge.case_manager) and _manager(session, discharge) is None


def _facts(discharge: Discharge) -> dict[str, object]:
    return {
        "discharged_at": discharge.discharged_at,
        "diagnosis": discharge.diagnosis,
        "procedure": discharge.procedure,
        "facility": discharge.facility,
        "attending": discharge.attending,
        "payer": discharge.payer,
    }


def _protocol(clinic: Clinic, discharge: Discharge) -> Protocol:
    return clinic.protocols.for_diagnosis(discharge.diagnosis, discharge.procedure or None)


def _follow_protocol(
    session: Session, clinic: Clinic, now: datetime, episode: Episode, discharge: Discharge
) -> list[str]:
    """Another diagnosis means another protocol, unless its questions were asked already."""
    protocol = _protocol(clinic, discharge)
    begun = any(check_in.state != "scheduled" for check_in in episode.check_ins)
    if protocol.id == episode.protocol or begun or not discharge.diagnosis:
        return []
    for check_in in list(episode.check_ins):
        session.delete(check_in)
    session.flush()
    session.expire(episode, ["check_ins"])
    episode.protocol, episode.protocol_version = protocol.id, protocol.version
    _schedule(clinic, now, episode, protocol, discharge)
    return ["protocol"]


def _schedule(
    clinic: Clinic, now: datetime, episode: Episode, protocol: Protocol, discharge: Discharge
) -> None:
    consents = {protocol.daily.consent} if protocol.daily and discharge.daily else set()
    for day in protocol.days(consents):
        moment = _first_chance(clinic, now, episode, day, discharge.zone)
        if moment is not None:
            episode.check_ins.append(
                CheckIn(offset_days=day, scheduled_for=moment, state="scheduled", tries=0)
            )


def _first_chance(
    clinic: Clinic, now: datetime, episode: Episode, day: int, zone: str
) -> datetime | None:
    """The day's morning, a later hour of today, or None for a day that is gone."""
    morning = _morning(episode, day, zone)
    if morning > now:
        return morning
    later = now + AFTER_WELCOME
    today = calendars.local(now, zone).date()
    quiet_from, quiet_until = clinic.policy.quiet_from, clinic.policy.quiet_until
    if (
        calendars.local(morning, zone).date() == today == calendars.local(later, zone).date()
        and not calendars.in_quiet_hours(now, zone, quiet_from, quiet_until)
        and not calendars.in_quiet_hours(later, zone, quiet_from, quiet_until)
    ):
        return later
    return None


def _morning(episode: Episode, day: int, zone: str) -> datetime:
    return calendars.check_in_moment(episode.discharged_at, day, zone, str(episode.patient.id))


def _prescribe(session: Session, episode: Episode, medicines: Sequence[Medicine]) -> None:
    for old in list(episode.medications):
        episode.medications.remove(old)
        session.delete(old)
    for medicine in medicines:
        row = Medication(episode=episode, dose=medicine.dose, kind=medicine.kind)
        row.name = medicine.name
        session.add(row)


def _prescribed(episode: Episode) -> list[Medicine]:
    rows = [Medicine(row.name, row.dose, row.kind) for row in episode.medications]
    return sorted(rows, key=_by_name)


def _by_name(medicine: Medicine) -> tuple[str, str, str]:
    return medicine.name, medicine.dose, medicine.kind


def _book(session: Session, episode: Episode, discharge: Discharge) -> bool:
    """The next visit; a feed tells one, so a new time moves it. False when nothing differs."""
    if discharge.follow_up_at is None:
        return False
    visit = episode.appointments[0] if episode.appointments else Appointment(episode=episode)
    if (visit.at, visit.place) == (discharge.follow_up_at, discharge.follow_up_place):
        return False
    visit.at, visit.place = discharge.follow_up_at, discharge.follow_up_place
    session.add(visit)
    return True


def _manager(session: Session, discharge: Discharge) -> Staff | None:
    if not discharge.case_manager:
        return None
    return session.scalar(select(Staff).where(Staff.email == discharge.case_manager, Staff.active))


def _team(session: Session, facility: str) -> Team:
    """The team called like the facility, else the first one by name."""
    teams = session.scalars(select(Team).order_by(Team.name)).all()
    if not teams:
        raise NobodyHere("there is no team to answer for patients yet: see aftercare users add")
    named = (team for team in teams if team.name.casefold() == facility.casefold())
    return next(named, teams[0])


def _refuse_unanswered(session: Session, now: datetime, team: Team) -> None:
    """Nobody is texted while a red flag would find no one."""
    try:
        assignee(now, roster(session, team.id), None)
    except LookupError as error:
        raise NobodyHere(f"nobody answers for the team {team.name}: {error}") from error
