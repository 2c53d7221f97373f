"""Takes a patient's waiting texts to the dialogue, in the order they came."""

from dataclasses import dataclass
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, and_, or_, select

from aftercare import jobs
from aftercare.clinic import Clinic
from aftercare.clock import Clock
from aftercare.db import Database
from aftercare.inbound import hand_over
from aftercare.locking import lock_message
from aftercare.models import CheckIn, Message, Patient
from aftercare.outbound import queue
from aftercare.turns import Dialogue, DialogueUnavailable

log = structlog.get_logger()


@dataclass(frozen=True)
class Talk:
    """One patient's turns, one after the other. Commits before it asks."""

    database: Database
    clinic: Clinic
    clock: Clock
    dialogue: Dialogue

    def run(self, patient: UUID) -> None:
        """Ask about every waiting text, until one has to wait for Rasa.

        What Rasa cannot take within two minutes becomes an item for a human; the sweep
        asks again until then.
        """
        while (waiting := self._next(patient)) is not None:
            if self._too_late(waiting):
                with self.database.begin() as session:
                    hand_over(session, self.clinic, self.clock.now(), waiting.id)
            elif not self._ask(patient, waiting):
                return

    def begin(self, check_in: UUID) -> None:
        """Begin a check-in that is due; left as it is when Rasa cannot, for the sweep."""
        with self.database.begin() as session:
            row = session.get_one(CheckIn, check_in)
            if row.state != "starting":
                return
            patient = row.episode.patient_id
        try:
            self.dialogue.begin(str(patient), str(check_in))
        except DialogueUnavailable as error:
            log.warning("check_in_waits", check_in=str(check_in), why=str(error))

    def _next(self, patient: UUID) -> Message | None:
        with self.database.begin() as session:
            first = session.scalar(
                select(Message)
                .where(Message.direction == "in", or_(_waits(patient), _may_be_theirs(patient)))
                .order_by(Message.seq)
                .limit(1)
            )
            # Its screening will wake us: until then nothing that came later may overtake it.
            return first if first is not None and first.state == "screened" else None

    def _too_late(self, message: Message) -> bool:
        return self.clock.now() - message.at >= self.clinic.policy.unread_after

    def _ask(self, patient: UUID, message: Message) -> bool:
        try:
            said = self.dialogue.ask(str(patient), _readable(message.body), str(message.id))
        except DialogueUnavailable as error:
            log.warning("text_waits", message_id=str(message.id), why=str(error))
            return False
        return self._settle(message.id, said)

    def _settle(self, message_id: UUID, said: list[str]) -> bool:
        """True when the text was taken. Rasa answers 200 even when an action failed, so what
        the action wrote decides; responses of Rasa's own are queued here."""
        with self.database.begin() as session:
            message = lock_message(session, message_id)
            if message.state != "screened":
                return True
            if not said:
                log.warning("text_not_taken", message_id=str(message_id))
                return False
            patient = session.get_one(Patient, message.patient_id)
            now = self.clock.now()
            for part, text in enumerate(said):
                queue(session, self.clinic, now, patient, "reply", text, to=message.phone,
                      reply_to=message, part=part)  # fmt: skip
            message.state, message.settled_at = "answered", now
            return True


def _waits(patient: UUID) -> ColumnElement[bool]:
    return and_(Message.patient_id == patient, Message.state == "screened")


def _may_be_theirs(patient: UUID) -> ColumnElement[bool]:
    """Not screened yet, and from the patient's number."""
    number = select(Patient.phone_hash).where(Patient.id == patient).scalar_subquery()
    return and_(Message.state == "received", Message.phone_hash == number)


def wake(database: Database, clock: Clock) -> int:
    """Enqueue the talk of every patient whose text waits; ids only, one job each."""
    with database.begin() as session:
        patients = session.scalars(
            select(Message.patient_id)
            .where(Message.state == "screened", Message.at <= clock.now())
            .distinct()
        ).all()
        for patient in patients:
            jobs.enqueue(session, jobs.TALK, lock=f"talk:{patient}", patient=str(patient))
        return len(patients)


def _readable(body: str | None) -> str:
    # Rasa's own commands begin with a slash; a patient's slash is only a slash.
    return (body or "").replace("\x00", " ").lstrip("/ ") or " "
