"""The rows of a seeded clinic: a patient with a programme, texts, answers, a red flag."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from aftercare import escalations
from aftercare.clinic import Clinic
from aftercare.crypto import ring
from aftercare.escalations import Reason
from aftercare.levels import Level
from aftercare.models import (
    Answer,
    Appointment,
    Caregiver,
    CheckIn,
    Consent,
    Episode,
    Escalation,
    Medication,
    Message,
    Patient,
    Staff,
)


@dataclass
class Seeded:
    """Who is who, by first name."""

    staff: dict[str, Staff] = field(default_factory=dict)
    patients: dict[str, Patient] = field(default_factory=dict)
    escalations: dict[str, Escalation] = field(default_factory=dict)
    stranger: Escalation | None = None

    def id(self, first_name: str) -> UUID:
        return self.patients[first_name].id


@dataclass
class Clinical:
    """A seeded patient while the seed is being made."""

    patient: Patient
    episode: Episode
    check_ins: list[CheckIn] = field(default_factory=list)


def add_patient(
    session: Session,
    seeded: Seeded,
    now: datetime,
    *,
    name: tuple[str, str],
    born: str,
    sex: str,
    phone: str,
    days: int,
    protocol: str,
    diagnosis: str,
    locale: str = "en",
    zone: str = "America/New_York",
    medicines: tuple[tuple[str, str, str], ...] = (),
    visit: datetime | None = None,
) -> Clinical:
    mrn = f"MRN-{1000 + len(seeded.patients)}"
    patient = Patient(
        mrn_hash=ring().fingerprint(mrn), phone_hash=ring().fingerprint(phone), sex=sex,
        locale=locale, zone=zone, created_at=now - timedelta(days=days),
    )  # fmt: skip
    patient.mrn, patient.phone, patient.birth_date = mrn, phone, born
    patient.first_name, patient.last_name = name
    patient.status = "active"
    session.add(patient)
    session.flush()
    kim = seeded.staff["Kim"]
    encounter = f"E-{mrn}"
    episode = Episode(
        patient_id=patient.id, encounter_hash=ring().fingerprint(encounter), protocol=protocol,
        protocol_version="1", discharged_at=now - timedelta(days=days, hours=-3),
        facility="St. Anne Hospital", attending="Dr. P. Novak", diagnosis=diagnosis,
        payer="Medicare", team_id=kim.team_id, case_manager_id=kim.id, created_at=now,
    )  # fmt: skip
    episode.encounter = encounter
    episode.state = "active"
    session.add(episode)
    session.flush()
    for drug, dose, kind in medicines:
        medicine = Medication(episode_id=episode.id, dose=dose, kind=kind)
        medicine.name = drug
        session.add(medicine)
    if visit:
        session.add(
            Appointment(episode_id=episode.id, at=visit, place="Cardiology clinic, 2nd floor")
        )
    session.add(
        Consent(
            patient_id=patient.id, kind="sms", given=True, at=now - timedelta(days=days),
            source="paper form", wording="2026-01", actor="feed:csv",
        )
    )  # fmt: skip
    seeded.patients[name[0]] = patient
    welcome = "St. Anne: We will text you check-ins for 30 days after your hospital stay."
    who = Clinical(patient, episode)
    text_out(session, who, now - timedelta(days=days, hours=-4), "welcome", welcome)
    return who


def add_caregiver(
    session: Session, patient: Patient, name: str, phone: str, relation: str, *, consented: bool
) -> None:
    row = Caregiver(
        patient_id=patient.id, phone_hash=ring().fingerprint(phone), relation=relation,
        consented=consented,
    )  # fmt: skip
    row.name, row.phone = name, phone
    session.add(row)


def add_check_in(
    session: Session, who: Clinical, offset: int, now: datetime, state: str = "completed"
) -> CheckIn:
    at = who.episode.discharged_at + timedelta(days=offset) - timedelta(hours=3)
    row = CheckIn(
        episode_id=who.episode.id, offset_days=offset, scheduled_for=at, state=state,
        started_at=at, asked_at=at, ended_at=at,
    )  # fmt: skip
    session.add(row)
    session.flush()
    who.check_ins.append(row)
    return row


def add_answer(
    session: Session,
    check_in: CheckIn,
    question: str,
    value: Any,
    *,
    at: datetime | None,
    unit: str | None = None,
    level: str = "none",
) -> None:
    row = Answer(
        check_in_id=check_in.id, question=question, value=value, unit=unit, level=level, at=at
    )
    session.add(row)
    session.flush()


def text_in(session: Session, who: Clinical, at: datetime, words: str) -> Message:
    row = text_row(at, "in", "text", "answered", who.patient.phone, words)
    row.patient_id = who.patient.id
    session.add(row)
    session.flush()
    return row


def text_out(session: Session, who: Clinical, at: datetime, kind: str, words: str) -> Message:
    row = text_row(at, "out", kind, "delivered", who.patient.phone, words)
    row.patient_id = who.patient.id
    row.settled_at = at
    session.add(row)
    session.flush()
    return row


def text_row(
    at: datetime, direction: str, kind: str, state: str, phone: str, words: str
) -> Message:
    row = Message(
        direction=direction, kind=kind, state=state, at=at, media=[],
        phone_hash=ring().fingerprint(phone),
    )  # fmt: skip
    row.phone, row.body = phone, words
    return row


def raise_flag(
    session: Session,
    clinic: Clinic,
    at: datetime,
    who: Clinical,
    words: Message,
    concept: str,
    level: Level,
    source: str,
    matched: str,
    cues: tuple[str, ...] = (),
    question: str | None = None,
    value: Any = None,
) -> Escalation:
    evidence: Mapping[str, Any] = {
        "concept": concept, "level": str(level), "source": source, "matched": matched,
        "cues": list(cues),
    }  # fmt: skip
    kept = {"evidence": [evidence], "question": question, "value": value}
    words.reading = json.dumps({"level": str(level), **kept})
    reason = Reason(concept, level, "flag", kept)
    return escalations.flag(session, clinic, at, who.patient, [reason], words).escalation
