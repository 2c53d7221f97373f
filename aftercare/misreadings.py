"""Readings that a case manager says are wrong: marked, taken back, listed for the next training."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ScalarSelect, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from aftercare import audit
from aftercare.clinic import Clinic
from aftercare.escalations import Conflict
from aftercare.levels import Level
from aftercare.models import Episode, Message, Misreading, Patient, Staff
from aftercare.protocols import Question


@dataclass(frozen=True)
class Misread:
    """A text that was read wrong, what it was read as, and what would have been right."""

    id: UUID
    """The message's."""
    at: datetime
    lang: str
    text: str | None
    """None once the words were erased."""
    level: Level | None
    question: Question | None
    read: Mapping[str, Any]

    @property
    def read_as(self) -> Level:
        return Level(self.read.get("level") or Level.NONE)

    @property
    def category(self) -> str:
        """`missed`, `false_alarm`, `misunderstood` at the right level; empty when unknown."""
        if self.level is None:
            return ""
        if self.level is self.read_as:
            return "misunderstood"
        return "missed" if self.level > self.read_as else "false_alarm"

    @property
    def teaches(self) -> bool:
        """Whether it is a whole row: the words are there, and what they mean."""
        return bool(self.text) and self.level is not None

    def row(self) -> dict[str, Any]:
        """A row of the evaluation's form, and what it was read as beside it."""
        return {
            "id": str(self.id),
            "lang": self.lang,
            "text": self.text,
            "level": self.level,
            "category": self.category,
            "question": asked(self.question) if self.question else None,
            "read_as": {name: self.read[name] for name in _KEPT if name in self.read},
        }


def mark(session: Session, now: datetime, staff: Staff, message: UUID, level: Level | None) -> None:
    """The text was read wrong; `level` would have been right, None when not said (yet).

    Marking twice changes nothing. Raises Conflict when another level was named already.
    """
    values = {"staff_id": staff.id, "at": now, "level": level}
    made = session.scalar(
        insert(Misreading)
        .values(id=uuid4(), message_id=message, **values)
        .on_conflict_do_nothing(index_elements=["message_id"])
        .returning(Misreading.id)
    )
    if made is None and not _named(session, message, level, values):
        return
    audit.record(
        session, now, _actor(staff), "reading.marked_wrong", f"message:{message}", level=level
    )


def unmark(session: Session, now: datetime, staff: Staff, message: UUID) -> None:
    """The text was read right after all. A text that is not marked stays so."""
    gone = session.scalar(
        delete(Misreading).where(Misreading.message_id == message).returning(Misreading.id)
    )
    if gone is not None:
        audit.record(session, now, _actor(staff), "reading.unmarked", f"message:{message}")


def misread(session: Session, clinic: Clinic) -> list[Misread]:
    """Every text that is marked, the first one marked first."""
    found = session.execute(
        select(Misreading, Message, Patient.locale, _protocol())
        .join(Message, Message.id == Misreading.message_id)
        .join(Patient, Patient.id == Message.patient_id)
        .order_by(Misreading.at, Message.seq)
    )
    return [_misread(clinic, *row) for row in found]


def asked(question: Question) -> dict[str, Any]:
    """The question in the form that `question_from` reads."""
    flags = groupby(sorted(question.flags, key=lambda flag: flag.when), lambda flag: flag.when)
    return {
        "id": question.id,
        "text": question.text,
        "answer": question.answer,
        "unit": question.unit,
        "plausible": question.plausible,
        "choices": {choice.id: choice.text for choice in question.choices},
        "flags": {
            when: [
                {"level": flag.level, "concept": flag.concept, "need": flag.need}
                | {"source": flag.source, "task": flag.task, "taking": flag.taking}
                for flag in rules
            ]
            for when, rules in flags
        },
    }


_KEPT = ("level", "concepts", "needs", "wants", "value", "unit", "unread", "evidence")


def _named(session: Session, message: UUID, level: Level | None, values: Mapping[str, Any]) -> bool:
    """Say the right level of a text that is marked without one; False when nothing changed."""
    if level is None:
        return False
    changed = session.scalar(
        update(Misreading)
        .where(Misreading.message_id == message, Misreading.level.is_(None))
        .values(values)
        .returning(Misreading.id)
    )
    if changed is not None:
        return True
    standing, by = session.execute(
        select(Misreading.level, Staff.name)
        .join(Staff, Staff.id == Misreading.staff_id)
        .where(Misreading.message_id == message)
    ).one()
    if standing != level:
        raise Conflict(by)
    return False


def _actor(staff: Staff) -> str:
    return f"staff:{staff.id}"


def _protocol() -> ScalarSelect[str]:
    """The protocol under which the patient was asked when the text came."""
    return (
        select(Episode.protocol)
        .where(Episode.patient_id == Message.patient_id, Episode.discharged_at <= Message.at)
        .order_by(Episode.discharged_at.desc())
        .limit(1)
        .correlate(Message)
        .scalar_subquery()
    )


def _misread(
    clinic: Clinic, row: Misreading, message: Message, locale: str, protocol: str | None
) -> Misread:
    read = json.loads(message.reading) if message.reading else {}
    return Misread(
        id=message.id,
        at=row.at,
        lang=locale,
        text=message.body,
        level=Level(row.level) if row.level else None,
        question=_question(clinic, protocol, read.get("question")),
        read=read,
    )


def _question(clinic: Clinic, protocol: str | None, id: str | None) -> Question | None:
    if protocol not in clinic.protocols.ids:
        return None
    known = clinic.protocols.get(protocol).questions
    return next((question for question in known if question.id == id), None)
