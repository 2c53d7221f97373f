"""Acts on a record that is not for the programme, when it is about somebody we follow."""

from datetime import datetime

from sqlalchemy.orm import Session

from aftercare import audit
from aftercare.checkins import end, open_check_in
from aftercare.clinic import Clinic
from aftercare.enrolment import cells, episodes, patients
from aftercare.enrolment.cells import Unreadable
from aftercare.enrolment.discharge import Identity
from aftercare.enrolment.patients import WORDING
from aftercare.enrolment.record import Record
from aftercare.models import Consent, Episode, Patient
from aftercare.outbound import cancel_waiting

STOPS = {kind: kind for kind in ("hospice", "facility", "custody", "in_hospital")}
STOPS["opted_out"] = "readmitted"
"""Why an earlier stay's programme ends, by the reason this one is left out."""


def leave_out(
    session: Session,
    clinic: Clinic,
    now: datetime,
    identity: Identity,
    record: Record,
    kind: str,
    feed: str,
) -> tuple[str, ...]:
    """Stop what must stop; the notes for the report. Nothing happens to whom we do not know."""
    patient = patients.known(session, identity)
    if patient is None:
        return ()
    if kind == "deceased":
        stopped = _died(session, now, patient)
    elif kind == "no_consent":
        stopped = _withdrew(session, clinic, now, patient, record, feed)
    elif kind in STOPS:
        stopped = _went_elsewhere(session, clinic, now, patient, identity, record, STOPS[kind])
    else:
        stopped = False
    if not stopped:
        return ()
    audit.record(session, now, f"feed:{feed}", f"patient.{kind}", f"patient:{patient.id}")
    return ("the running programme was stopped",)


def _died(session: Session, now: datetime, patient: Patient) -> bool:
    if patient.status == "deceased":
        return False
    patient.status = "deceased"
    for episode in episodes.running(session, patient):
        episodes.stop(session, now, episode, "deceased")
    cancel_waiting(session, patient, "deceased")
    return True


def _withdrew(
    session: Session,
    clinic: Clinic,
    now: datetime,
    patient: Patient,
    record: Record,
    feed: str,
) -> bool:
    """A `no` after a `yes` is an opt-out. The programme stays, for the patient's START."""
    last = patients.last_consent(session, patient, "sms")
    at = _moment(clinic, patient, record, "consent_at")
    if patient.status != "active" or last is None or not last.given:
        return False
    own_word_stands = last.actor.startswith("patient:") and at is None
    if own_word_stands or (at is not None and at <= last.at):
        return False
    session.add(
        Consent(
            patient_id=patient.id,
            kind="sms",
            given=False,
            at=at or now,
            source=cells.text(record.cell("consent_source")) or f"feed:{feed}",
            wording=WORDING,
            actor=f"feed:{feed}",
        )
    )
    patient.status = "opted_out"
    if check_in := open_check_in(session, patient):
        end(check_in, now, "interrupted")
    cancel_waiting(session, patient, "opted_out")
    return True


def _went_elsewhere(
    session: Session,
    clinic: Clinic,
    now: datetime,
    patient: Patient,
    identity: Identity,
    record: Record,
    why: str,
) -> bool:
    """Stop this stay's programme, or that of an earlier one; a later one goes on."""
    this = episodes.known(session, identity)
    left = _moment(clinic, patient, record, "discharge_at")
    # A stay we do not know, in hospital now: the patient we follow at home was readmitted.
    back = why == "in_hospital" and this is None
    over = [
        episode
        for episode in episodes.running(session, patient)
        if back or _same(episode, this) or (left is not None and episode.discharged_at < left)
    ]
    for episode in over:
        episodes.stop(session, now, episode, why)
    return bool(over)


def _same(episode: Episode, other: Episode | None) -> bool:
    return other is not None and episode.id == other.id


def _moment(clinic: Clinic, patient: Patient, record: Record, name: str) -> datetime | None:
    try:
        return cells.moment(record.cell(name), patient.zone, clinic.policy.country)
    except Unreadable:  # a stay that ended elsewhere need not have this cell
        return None
