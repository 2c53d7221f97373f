"""Enrols one record: the patient, the consent, the programme and the welcome, all or nothing."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from aftercare import audit
from aftercare.clinic import Clinic
from aftercare.crypto import ring
from aftercare.enrolment import episodes, leaving, medicines, patients
from aftercare.enrolment.discharge import Discharge, Identity, check_wanted, identify, read
from aftercare.enrolment.languages import ASK
from aftercare.enrolment.outcome import Excluded, Outcome, Problem, Refused, Status
from aftercare.enrolment.record import Record
from aftercare.escalations import Reason, flag
from aftercare.levels import Level
from aftercare.models import Episode, Patient


def enrol(session: Session, clinic: Clinic, now: datetime, record: Record, feed: str) -> Outcome:
    """Take one record of the feed called `feed` (`csv`); the same record again changes nothing.

    Raises NobodyHere when there is no team, or nobody in it, who would answer.
    """
    ref = ""
    try:
        identity = identify(record)
        ref = reference(identity)
        lock(session, identity)
        outcome = _wanted_or_not(session, clinic, now, record, identity, feed)
    except Refused as refused:
        problems = tuple(
            Problem(record.column(problem.column), problem.mend) for problem in refused.problems
        )
        outcome = Outcome("refused", problems=problems)
    return replace(outcome, line=record.line, ref=ref)


def _wanted_or_not(
    session: Session, clinic: Clinic, now: datetime, record: Record, identity: Identity, feed: str
) -> Outcome:
    try:
        check_wanted(record)
        discharge = read(record, now, clinic.policy.country, medicines.shipped())
        # What was begun for a record that turns out unfit is undone.
        with session.begin_nested():
            return _take(session, clinic, now, discharge, feed)
    except Excluded as excluded:
        notes = leaving.leave_out(session, clinic, now, identity, record, excluded.kind, feed)
        return Outcome("excluded", reason=excluded.reason, notes=notes)


def reference(identity: Identity) -> str:
    """What stands for the stay where people read: it tells nothing, and is the same every time."""
    return ring().fingerprint(identity.encounter)[:8]


def lock(session: Session, identity: Identity) -> None:
    """Hold off another run that has the same patient or stay in its hands.

    Both numbers, because either may be new; in one order, so that nobody waits in a circle.
    """
    keys = {ring().fingerprint(identity.mrn), ring().fingerprint(identity.encounter)}
    for key in sorted(keys):
        number = int.from_bytes(bytes.fromhex(key[:16]), signed=True)
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": number})


def _take(
    session: Session, clinic: Clinic, now: datetime, discharge: Discharge, feed: str
) -> Outcome:
    patient = patients.known(session, discharge.identity)
    episode = episodes.known(session, discharge.identity)
    if patient is not None:
        patients.refuse_another_person(patient, discharge)
    if episode is None:
        return _begin(session, clinic, now, discharge, feed, patient)
    if patient is None or episode.patient_id != patient.id:
        raise Refused(Problem("encounter_id", "belongs to another patient's stay"))
    if _number_mended(patient, episode, discharge):
        episode.state, episode.state_reason = "active", ""
        episodes.reschedule(now, episode, discharge.zone)
    if episode.state not in {"active", "paused"}:
        # A later stay, or the patient, has had the last word.
        return _outcome("unchanged", episode)
    return _update(session, clinic, now, discharge, feed, episode)


def _begin(
    session: Session,
    clinic: Clinic,
    now: datetime,
    discharge: Discharge,
    feed: str,
    patient: Patient | None,
) -> Outcome:
    if patient is None:
        patient = patients.add(session, now, discharge)
    else:
        _make_room(session, now, patient, discharge)
        patients.update(session, patient, discharge)
    _keep_evidence(session, clinic, now, patient, discharge, feed)
    episode = episodes.begin(session, clinic, now, patient, discharge)
    patients.welcome(session, clinic, now, patient)
    _ask_for_interpreter(session, clinic, now, patient)
    shared = patients.sharing_number(session, patient)
    audit.record(
        session, now, f"feed:{feed}", "episode.enrolled", f"episode:{episode.id}",
        patient=str(patient.id), protocol=f"{episode.protocol} {episode.protocol_version}",
        shares_number_with=[str(other) for other in shared],
    )  # fmt: skip
    notes = _notes(session, clinic, discharge, patient, shared=bool(shared))
    return _outcome("enrolled", episode, notes)


def _update(
    session: Session,
    clinic: Clinic,
    now: datetime,
    discharge: Discharge,
    feed: str,
    episode: Episode,
) -> Outcome:
    patient = episode.patient
    changed = _changes(session, clinic, now, discharge, feed, episode)
    if not changed:
        return _outcome("unchanged", episode)
    if "phone" in changed:
        patients.keep_consent(session, now, patient, "sms", discharge, feed)
        patients.welcome(session, clinic, now, patient)
    shared = patients.sharing_number(session, patient) if "phone" in changed else []
    audit.record(
        session, now, f"feed:{feed}", "episode.updated", f"episode:{episode.id}",
        patient=str(patient.id), changed=changed,
        shares_number_with=[str(other) for other in shared],
    )  # fmt: skip
    told = f"changed: {', '.join(changed)}"
    notes = (told, *_notes(session, clinic, discharge, patient, shared=bool(shared)))
    return _outcome("updated", episode, notes)


def _number_mended(patient: Patient, episode: Episode, discharge: Discharge) -> bool:
    """Whether a programme that a stranger's answer stopped can go on with another number."""
    return episode.state_reason == "wrong_number" and patient.phone != discharge.phone


def _changes(
    session: Session,
    clinic: Clinic,
    now: datetime,
    discharge: Discharge,
    feed: str,
    episode: Episode,
) -> list[str]:
    """Take over what is new in a known stay; the names of what changed."""
    patient = episode.patient
    changed = patients.update(session, patient, discharge)
    changed += episodes.update(session, clinic, now, episode, discharge)
    if {"zone", "discharged_at"}.intersection(changed):
        episodes.reschedule(now, episode, discharge.zone)
    if patients.keep_caregiver(session, now, patient, discharge, feed):
        changed.append("caregiver")
    if patient.status == "opted_out" and patients.agreed_again(session, patient, discharge):
        patients.keep_consent(session, now, patient, "sms", discharge, feed)
        patient.status = "active"
        changed.append("consent")
    return sorted(changed)


def _make_room(session: Session, now: datetime, patient: Patient, discharge: Discharge) -> None:
    """Stop the programme of an earlier stay; refuse or exclude who may not be texted."""
    earlier = episodes.running(session, patient)
    if any(other.discharged_at >= discharge.discharged_at for other in earlier):
        raise Excluded("superseded", "a later stay of this patient is being followed already")
    _check_standing(session, patient, discharge)
    for other in earlier:
        episodes.stop(session, now, other, "readmitted")


def _check_standing(session: Session, patient: Patient, discharge: Discharge) -> None:
    if patient.status == "deceased":
        raise Excluded("deceased", "is marked as deceased; if that is wrong, correct it first")
    if patient.status == "wrong_number" and patient.phone == discharge.phone:
        mend = "was answered by somebody else: ask the patient for the right number"
        raise Refused(Problem("mobile", mend))
    if patient.status == "opted_out":
        if not patients.agreed_again(session, patient, discharge):
            reason = "stopped the texts; only START from their own phone brings them back"
            raise Excluded("opted_out", reason)
        patient.status = "active"


def _keep_evidence(
    session: Session,
    clinic: Clinic,
    now: datetime,
    patient: Patient,
    discharge: Discharge,
    feed: str,
) -> None:
    patients.keep_consent(session, now, patient, "sms", discharge, feed)
    patients.keep_caregiver(session, now, patient, discharge, feed)
    protocol = clinic.protocols.for_diagnosis(discharge.diagnosis, discharge.procedure or None)
    if discharge.daily and protocol.daily:
        patients.keep_consent(session, now, patient, protocol.daily.consent, discharge, feed)


def _ask_for_interpreter(session: Session, clinic: Clinic, now: datetime, patient: Patient) -> None:
    """English goes out where a language has no texts yet; a person has to make up for it."""
    if _speaks_unknown(clinic, patient):
        reason = Reason("language_unavailable", Level.ROUTINE, "flag", {"locale": patient.locale})
        flag(session, clinic, now, patient, [reason])


def _speaks_unknown(clinic: Clinic, patient: Patient) -> bool:
    return patient.locale != ASK and not clinic.phrasebook.knows(patient.locale)


def _notes(
    session: Session, clinic: Clinic, discharge: Discharge, patient: Patient, *, shared: bool
) -> tuple[str, ...]:
    notes = list(discharge.notes)
    if patient.locale == ASK:
        notes.append("language unknown: welcomed in English and Spanish")
    if _speaks_unknown(clinic, patient):
        notes.append(f"no texts in {patient.locale} yet: English goes out, and a person is asked")
    if shared:
        notes.append("another patient has the same number: its texts need a person's eye")
    if episodes.unknown_manager(session, discharge):
        notes.append("no such case manager works here: the team looks after the patient")
    return tuple(notes)


def _outcome(status: Status, episode: Episode, notes: tuple[str, ...] = ()) -> Outcome:
    scheduled = sum(check_in.state == "scheduled" for check_in in episode.check_ins)
    return Outcome(status, notes=notes, protocol=episode.protocol, check_ins=scheduled)
