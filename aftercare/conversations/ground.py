"""Where one turn stands: the text, what it was read as, and what it may touch."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from aftercare.checkins import question_text
from aftercare.clinic import Clinic
from aftercare.escalations import Flagged, Reason, flag
from aftercare.models import CheckIn, Message, Patient
from aftercare.protocols import Question
from aftercare.triage import Reading, Understanding


@dataclass(frozen=True)
class Reply:
    """One text to the patient."""

    text: str
    kind: str = "reply"


@dataclass(frozen=True)
class Ground:
    session: Session
    clinic: Clinic
    now: datetime
    patient: Patient
    message: Message
    check_in: CheckIn | None
    question: Question | None
    reading: Reading
    heard_as: str
    nlu: Understanding

    @property
    def question_id(self) -> str | None:
        return self.question.id if self.question else None

    def flag(self, reasons: list[Reason]) -> Flagged:
        return flag(self.session, self.clinic, self.now, self.patient, reasons, self.message)

    def reply(self, id: str, kind: str = "reply", **values: object) -> Reply:
        return Reply(self.clinic.say(id, self.patient.locale, **values), kind)

    def urgent(self, staffed: bool) -> Reply:
        """Someone calls today; or, when nobody is there, the truth and the nurse line."""
        return self.reply("urgent_staffed" if staffed else "urgent_unstaffed", kind="notice")

    def asked(self, check_in: CheckIn, question: Question) -> str:
        return question_text(self.session, self.clinic, self.now, check_in, question)
