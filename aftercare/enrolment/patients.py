"""The patient's own rows: who they are, what they agreed to, who helps them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from aftercare.clinic import Clinic
from aftercare.crypto import ring
from aftercare.enrolment import languages
from aftercare.enrolment.discharge import Discharge, Helper, Identity
from aftercare.enrolment.outcome import Problem, Refused
from aftercare.models import Caregiver, Consent, Message, Patient
from aftercare.outbound import cancel_waiting, queue

WORDING = "as recorded by the hospital"
"""The hospital asked, in its own words; the welcome text repeats the terms in ours."""


def known(session: Session, identity: Identity) -> Patient | None:
    """The patient with this number of the hospital's, locked until the transaction ends."""
    mrn = ring().fingerprint(identity.mrn)
    return session.scalar(select(Patient).where(Patient.mrn_hash == mrn).with_for_update())


def add(session: Session, now: datetime, discharge: Discharge) -> Patient:
    patient = Patient(mrn_hash=ring().fingerprint(discharge.identity.mrn), created_at=now)
    patient.mrn = discharge.identity.mrn
    patient.status = "active"
    for name, value in _facts(discharge).items():
        setattr(patient, name, value)
    patient.phone_hash = ring().fingerprint(discharge.phone)
    patient.locale = discharge.locale
    session.add(patient)
    session.flush()
    return patient


def update(session: Session, patient: Patient, discharge: Discharge) -> list[str]:
    """Take over what the feed says differently now; the names of what changed."""
    changed = []
    for name, value in _facts(discharge).items():
        if value and getattr(patient, name) != value:
            setattr(patient, name, value)
            changed.append(name)
    if "phone" in changed:
        _new_number(session, patient)
    if _language_differs(session, patient, discharge):
        patient.locale = discharge.locale
        changed.append("language")
    return changed


def refuse_another_person(patient: Patient, discharge: Discharge) -> None:
    """Raises Refused when the patient's number seems to have come to somebody else."""
    # People marry and clerks mistype; both at once is another person, who would get the texts.
    other_birth = discharge.birth_date and patient.birth_date not in {None, discharge.birth_date}
    other_name = discharge.last_name.casefold() != patient.last_name.casefold()
    if other_birth and other_name:
        mend = "belongs to a patient with another name and birth date: check whose it is"
        raise Refused(Problem("mrn", mend))


def welcome(session: Session, clinic: Clinic, now: datetime, patient: Patient) -> None:
    """The first text: who writes, how often, how to stop. In two languages when nobody knows
    the patient's."""
    spoken = languages.FIRST_WORDS if patient.locale == languages.ASK else (patient.locale,)
    for part, locale in enumerate(spoken):
        queue(session, clinic, now, patient, "welcome", clinic.say("welcome", locale), part=part)


def keep_consent(
    session: Session, now: datetime, patient: Patient, kind: str, discharge: Discharge, feed: str
) -> bool:
    """Keep the evidence, once; False when it is there already."""
    evidence = discharge.consent
    last = last_consent(session, patient, kind)
    if last and last.given and (evidence.at is None or evidence.at <= last.at):
        return False
    session.add(
        Consent(
            patient_id=patient.id,
            kind=kind,
            given=True,
            at=evidence.at or now,
            source=evidence.source or f"feed:{feed}",
            wording=WORDING,
            actor=f"feed:{feed}",
        )
    )
    return True


def last_consent(session: Session, patient: Patient, kind: str) -> Consent | None:
    return session.scalar(
        select(Consent)
        .where(Consent.patient_id == patient.id, Consent.kind == kind)
        .order_by(Consent.at.desc())
        .limit(1)
    )


def agreed_again(session: Session, patient: Patient, discharge: Discharge) -> bool:
    """Whether a patient whom a feed took out agreed anew. After their own STOP only their own
    START counts: the carrier holds it against us."""
    last = last_consent(session, patient, "sms")
    at = discharge.consent.at
    if last is None or last.given or not last.actor.startswith("feed:"):
        return False
    return at is not None and at > last.at


def keep_caregiver(
    session: Session, now: datetime, patient: Patient, discharge: Discharge, feed: str
) -> bool:
    """Add or correct the caregiver the feed names; False when nothing differs."""
    helper = discharge.caregiver
    if helper is None or helper.phone == discharge.phone:
        return False
    phone_hash = ring().fingerprint(helper.phone)
    there = next((c for c in patient.caregivers if c.phone_hash == phone_hash), None)
    if there and _as_told(there) == helper:
        return False
    row = there or Caregiver(patient=patient, phone_hash=phone_hash)
    row.name, row.phone = helper.name, helper.phone
    row.relation, row.consented = helper.relation, helper.consented
    session.add(row)
    if helper.consented:
        keep_consent(session, now, patient, "caregiver", discharge, feed)
    return True


def sharing_number(session: Session, patient: Patient) -> list[UUID]:
    """The other patients with the same number. What comes from it is for a human to sort out."""
    others = select(Patient.id).where(
        Patient.phone_hash == patient.phone_hash, Patient.id != patient.id
    )
    return list(session.scalars(others))


def _facts(discharge: Discharge) -> dict[str, str | None]:
    return {
        "first_name": discharge.first_name,
        "last_name": discharge.last_name,
        "birth_date": discharge.birth_date,
        "sex": discharge.sex,
        "phone": discharge.phone,
        "zone": discharge.zone,
        "zip": discharge.zip,
    }


def _new_number(session: Session, patient: Patient) -> None:
    # What waits for the old number must not reach whoever has it now.
    cancel_waiting(session, patient, "number_changed")
    patient.phone_hash = ring().fingerprint(patient.phone)
    if patient.status == "wrong_number":
        patient.status = "active"


def _language_differs(session: Session, patient: Patient, discharge: Discharge) -> bool:
    if discharge.locale in {languages.ASK, patient.locale}:
        return False
    return patient.locale == languages.ASK or not _has_texted(session, patient)


def _has_texted(session: Session, patient: Patient) -> bool:
    # Whoever texts can change the language, and is then right about it, whatever the feed repeats.
    texted = select(Message.id).where(Message.patient_id == patient.id, Message.direction == "in")
    return session.scalar(texted.limit(1)) is not None


def _as_told(row: Caregiver) -> Helper:
    return Helper(row.name, row.phone, row.relation, row.consented)
