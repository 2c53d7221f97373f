"""A clinic's Tuesday in a database: staff, patients in every state, their escalations."""

from datetime import UTC, datetime, time, timedelta

from sqlalchemy.orm import Session

from aftercare import escalations, staffing
from aftercare.clinic import Clinic
from aftercare.escalations import Closing, Reason
from aftercare.levels import Level
from aftercare.models import (
    Need,
    Team,
)
from tests.clinic_rows import (
    Seeded,
    add_answer,
    add_caregiver,
    add_check_in,
    add_patient,
    raise_flag,
    text_in,
    text_out,
    text_row,
)

NOW = datetime(2026, 11, 24, 15, 5, tzinfo=UTC)
"""Five past ten on a Tuesday, in New York."""
PASSWORD = "a quiet tuesday morning"

KIM = "kim.lee@example.org"
ANA = "ana.duarte@example.org"
SAM = "sam.okafor@example.org"


def seed(session: Session, clinic: Clinic, now: datetime = NOW) -> Seeded:
    """The whole clinic. Everybody's password is PASSWORD."""
    seeded = Seeded()
    team = staffing.team_named(session, "Cardiology", "America/New_York")
    _staff(session, seeded, team)
    _maria(session, clinic, seeded, now)
    _walter(session, clinic, seeded, now)
    _rose(session, clinic, seeded, now)
    _tomas(session, clinic, seeded, now)
    _grace(session, clinic, seeded, now)
    _henry(session, clinic, seeded, now)
    _ruth(session, clinic, seeded, now)
    _stranger(session, clinic, seeded, now)
    session.flush()
    return seeded


def _staff(session: Session, seeded: Seeded, team: Team) -> None:
    people = ((KIM, "Kim Lee", "case_manager"), (ANA, "Ana Duarte", "case_manager"))
    for email, name, role in (*people, (SAM, "Sam Okafor", "supervisor")):
        person = staffing.add(
            session, email=email, name=name, role=role, team=team, password=PASSWORD
        )
        seeded.staff[name.partition(" ")[0]] = person
    for name, tier in (("Kim", "primary"), ("Ana", "backup"), ("Sam", "supervisor")):
        every_day = staffing.Shift(range(7), time(7), time(19), tier)
        staffing.cover(session, seeded.staff[name], every_day)


def _maria(session: Session, clinic: Clinic, seeded: Seeded, now: datetime) -> None:
    who = add_patient(
        session,
        seeded,
        now,
        name=("María", "Delgado Ruiz"),
        born="1954-03-02",
        sex="F",
        phone="+17135550142",
        locale="es",
        zone="America/Chicago",
        days=6,
        protocol="heart_failure",
        diagnosis="I50.23",
        medicines=(("Apixaban", "5 mg", "anticoagulant"), ("Furosemide", "40 mg", "diuretic")),
    )
    who.patient.status = "active"
    add_caregiver(session, who.patient, "Lucía Delgado", "+17135550143", "daughter", consented=True)
    for offset, weight in ((1, 178.0), (3, 179.5)):
        asked = add_check_in(session, who, offset, now)
        add_answer(session, asked, "safety", False, at=asked.started_at)
        add_answer(session, asked, "weight", weight, unit="lb", at=asked.started_at)
        add_answer(session, asked, "breathing", False, at=asked.started_at)
        swollen = "urgent" if offset == 3 else "none"
        add_answer(session, asked, "swelling", offset == 3, level=swollen, at=asked.started_at)
    today = add_check_in(session, who, 6, now, state="interrupted")
    began = now - timedelta(minutes=21)
    text_out(session, who, began, "check_in",
         "St. Anne: ¿Tiene ahora dolor de pecho o le falta el aire? Responda SÍ o NO.")  # fmt: skip
    text_in(session, who, began + timedelta(minutes=5), "no")
    text_out(session, who, began + timedelta(minutes=5), "reply",
         "¿Cuánto pesa hoy, en libras? Responda con un número, como 182.")  # fmt: skip
    weight = text_in(session, who, began + timedelta(minutes=9), "peso 184 con la pijama")
    add_answer(session, today, "safety", False, at=began)
    add_answer(session, today, "weight", 184.0, unit="lb", level="urgent", at=began)
    flagged = began + timedelta(minutes=9)
    raise_flag(session, clinic, flagged, who, weight, "weight_gain", Level.URGENT, "question",
          "184", question="weight", value=184.0)  # fmt: skip
    text_out(session, who, flagged, "reply", "Gracias por avisarnos. Una enfermera la llamará hoy. "
         "Si empeora, no espere: llame al 911.")  # fmt: skip
    words = text_in(session, who, now - timedelta(minutes=3, seconds=12),
                "ay señorita ya no puedo respirar acostada, anoche dormí en el sillón")  # fmt: skip
    seeded.escalations["María"] = raise_flag(
        session, clinic, now - timedelta(minutes=3, seconds=12), who, words,
        "breathing", Level.EMERGENCY, "screen", "no puedo respirar acostada",
        cues=("present",), question="breathing", value=True,
    )  # fmt: skip
    text_out(session, who, now - timedelta(minutes=3, seconds=11), "emergency",
         "Llame al 911 ahora. Puede ser una emergencia. No mande textos. No maneje usted. "
         "Esta línea no puede llamar por usted. Avisamos a su equipo médico.")  # fmt: skip


def _walter(session: Session, clinic: Clinic, seeded: Seeded, now: datetime) -> None:
    who = add_patient(
        session, seeded, now, name=("Walter", "Brandt"), born="1947-08-19", sex="M",
        phone="+12125550167", days=10, protocol="copd", diagnosis="J44.1",
        medicines=(("Prednisone", "20 mg", "steroid"), ("Tiotropium", "18 mcg", "")),
    )  # fmt: skip
    at = now - timedelta(minutes=26)
    for offset, oxygen in ((1, 93.0), (3, 92.0), (6, 90.0)):
        asked = add_check_in(session, who, offset, now)
        add_answer(session, asked, "oxygen", oxygen, unit="%", at=asked.started_at)
    asked = add_check_in(session, who, 10, now, state="interrupted")
    text_out(session, who, at - timedelta(minutes=2), "check_in", "What is your oxygen level now?")
    words = text_in(session, who, at, "87 and my lips look kinda blue")
    add_answer(session, asked, "oxygen", 87.0, unit="%", level="emergency", at=at)
    seeded.escalations["Walter"] = raise_flag(
        session, clinic, at, who, words, "oxygen", Level.EMERGENCY, "screen",
        "lips look kinda blue", question="oxygen", value=87.0,
    )  # fmt: skip
    escalations.acknowledge(
        session, at + timedelta(minutes=2), seeded.staff["Ana"], seeded.escalations["Walter"]
    )
    escalations.attempt(
        session, at + timedelta(minutes=4), seeded.staff["Ana"], seeded.escalations["Walter"],
        "voice", "no answer, left a voicemail",
    )  # fmt: skip


def _rose(session: Session, clinic: Clinic, seeded: Seeded, now: datetime) -> None:
    who = add_patient(
        session, seeded, now, name=("Rose", "Whitfield"), born="1939-12-30", sex="F",
        phone="+12125550188", days=4, protocol="heart_failure", diagnosis="I50.33",
        medicines=(("Warfarin", "5 mg", "anticoagulant"),), visit=now + timedelta(days=2, hours=4),
    )  # fmt: skip
    for offset, weight in ((1, 142.0), (3, 143.2)):
        asked = add_check_in(session, who, offset, now)
        add_answer(session, asked, "weight", weight, unit="lb", at=asked.started_at)
    at = now - timedelta(hours=2, minutes=41)
    words = text_in(
        session, who, at, "ive missed the blood thinner 2 days, walgreens says not ready"
    )
    seeded.escalations["Rose"] = raise_flag(
        session, clinic, at, who, words, "missed_medicine", Level.URGENT, "question",
        "missed the blood thinner 2 days", question="doses_missed", value=2.0,
    )  # fmt: skip


def _tomas(session: Session, clinic: Clinic, seeded: Seeded, now: datetime) -> None:
    who = add_patient(
        session, seeded, now, name=("Tomás", "Herrera"), born="1961-05-11", sex="M",
        phone="+13055550119", locale="es", days=9, protocol="general_surgical",
        diagnosis="K35.80", visit=now + timedelta(days=1),
    )  # fmt: skip
    at = now - timedelta(hours=1, minutes=8)
    words = text_in(session, who, at, "la herida esta roja y le sale pus")
    seeded.escalations["Tomás"] = raise_flag(
        session, clinic, at, who, words, "wound", Level.URGENT, "screen",
        "le sale pus",
    )  # fmt: skip
    kim, tomas = seeded.staff["Kim"], seeded.escalations["Tomás"]
    escalations.acknowledge(session, at + timedelta(minutes=6), kim, tomas)
    escalations.reached(session, at + timedelta(minutes=11), kim, tomas, "voice")
    escalations.note(
        session, at + timedelta(minutes=15), kim, tomas, "Surgeon sees him at 15:00 today."
    )


def _grace(session: Session, clinic: Clinic, seeded: Seeded, now: datetime) -> None:
    who = add_patient(
        session, seeded, now, name=("Grace", "Okonkwo"), born="1970-01-17", sex="F",
        phone="+16465550133", days=3, protocol="general_medical", diagnosis="A41.9",
        visit=now + timedelta(days=1, hours=2),
    )  # fmt: skip
    at = now - timedelta(minutes=50)
    words = text_in(session, who, at, "no ride to the dr tomorrow, my sons car broke down")
    needs = Reason("transport", Level.ROUTINE, "need", {"evidence": [], "question": "ride"})
    flagged = escalations.flag(session, clinic, at, who.patient, [needs], words)
    need = Need(
        patient_id=who.patient.id, kind="transport", code="Z59.82", message_id=words.id, at=at,
        escalation_id=flagged.escalation.id,
    )  # fmt: skip
    session.add(need)
    seeded.escalations["Grace"] = flagged.escalation


def _henry(session: Session, clinic: Clinic, seeded: Seeded, now: datetime) -> None:
    who = add_patient(
        session, seeded, now, name=("Henry", "Albright"), born="1950-06-06", sex="M",
        phone="+12125550121", days=20, protocol="heart_failure", diagnosis="I50.9",
    )  # fmt: skip
    at = now - timedelta(days=3)
    words = text_in(session, who, at, "STOP my chest hurts")
    case = raise_flag(
        session, clinic, at, who, words, "chest_pain", Level.EMERGENCY, "screen", "my chest hurts"
    )
    kim = seeded.staff["Kim"]
    escalations.acknowledge(session, at + timedelta(minutes=1), kim, case)
    escalations.reached(session, at + timedelta(minutes=3), kim, case, "voice")
    escalations.close(
        session, at + timedelta(minutes=30), kim, case,
        Closing("sent_to_emergency", "voice", "Wife drove him in before we called; ED confirmed.",
                patient_confirmed=True, follow_up_on=None, actionable=True),
    )  # fmt: skip
    who.patient.status = "opted_out"
    seeded.escalations["Henry"] = case


def _ruth(session: Session, clinic: Clinic, seeded: Seeded, now: datetime) -> None:
    """Nothing is wrong with Ruth."""
    who = add_patient(
        session, seeded, now, name=("Ruth", "Adler"), born="1958-09-09", sex="F",
        phone="+12125550145", days=2, protocol="heart_failure", diagnosis="I50.32",
    )  # fmt: skip
    add_check_in(session, who, 1, now)
    text_in(session, who, now - timedelta(hours=5), "all good thank you dear 😊")


def _stranger(session: Session, clinic: Clinic, seeded: Seeded, now: datetime) -> None:
    at = now - timedelta(minutes=12)
    words = text_row(at, "in", "text", "screened", "+12125550199", "this is not edna stop asking")
    session.add(words)
    session.flush()
    reason = Reason("unknown_sender", Level.ROUTINE, "flag")
    seeded.stranger = escalations.flag_stranger(session, clinic, at, [reason], words).escalation
