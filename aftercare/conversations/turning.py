"""Takes one turn in one transaction: answer, escalation and replies are saved together."""

import json
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from aftercare.checkins import begin, end
from aftercare.clinic import Clinic
from aftercare.clock import Clock
from aftercare.conversations.hearing import Heard, Reply, hear
from aftercare.db import Database
from aftercare.locking import lock_message, lock_patient
from aftercare.models import CheckIn, Message, Patient
from aftercare.outbound import queue
from aftercare.triage import Understanding
from aftercare.turns import Turn


@dataclass(frozen=True)
class Conversations:
    """The product as Rasa's actions see it (`turns.Turns`).

    The replies are queued here, in the turn's own transaction; what goes back to Rasa is
    for its tracker. So a worker or Rasa that dies in between loses no answer and sends
    none twice.
    """

    database: Database
    clinic: Clinic
    clock: Clock

    def begin_check_in(self, conversation: str, check_in: str) -> Turn:
        """Open the check-in and queue its first question. Asking twice begins once."""
        with self.database.begin() as session:
            patient = lock_patient(session, UUID(conversation))
            row = session.get_one(CheckIn, UUID(check_in), with_for_update=True)
            if row.episode.patient_id != patient.id:
                raise LookupError("this check-in belongs to another conversation")
            if row.state != "starting":
                return Turn((), row.state == "open")
            now = self.clock.now()
            if patient.status != "active":
                end(row, now, "expired")
                return Turn((), False)
            text = begin(session, self.clinic, now, row)
            if text is None:
                return Turn((), False)
            queue(session, self.clinic, now, patient, "check_in", text, check_in=row)
            return Turn((text,), True)

    def hear(
        self, conversation: str, message: str | None, heard_as: str, nlu: Understanding
    ) -> Turn:
        """Take a text. The same message gives the same turn, however often it is asked."""
        if message is None:
            raise LookupError("a text came without the id of its message")
        with self.database.begin() as session:
            patient = lock_patient(session, UUID(conversation))
            row = lock_message(session, UUID(message))
            if row.patient_id != patient.id:
                raise LookupError("this text belongs to another conversation")
            if row.turn:
                kept = json.loads(row.turn)
                return Turn(tuple(kept["texts"]), kept["asking"])
            heard = hear(session, self.clinic, self.clock.now(), patient, row, heard_as, nlu)
            return self._keep(session, patient, row, heard)

    def say(self, conversation: str, response: str) -> str:
        """One of Rasa's own `utter_…` responses, in the patient's language."""
        with self.database.begin() as session:
            patient = session.get_one(Patient, UUID(conversation))
            return self.clinic.say(response.removeprefix("utter_"), patient.locale)

    def _keep(self, session: Session, patient: Patient, row: Message, heard: Heard) -> Turn:
        now = self.clock.now()
        for part, reply in enumerate(heard.replies):
            self._queue(session, patient, row, reply, part)
        row.state, row.settled_at = "answered", now
        texts = tuple(reply.text for reply in heard.replies)
        row.turn = json.dumps(
            {"texts": texts, "asking": heard.asking, "asked_again": heard.asked_again},
            ensure_ascii=False,
        )
        return Turn(texts, heard.asking)

    def _queue(
        self, session: Session, patient: Patient, row: Message, reply: Reply, part: int
    ) -> None:
        queue(
            session,
            self.clinic,
            self.clock.now(),
            patient,
            reply.kind,
            reply.text,
            to=row.phone,
            reply_to=row,
            part=part,
        )
