"""A text that came in, whose it is, what it was read as, and what may be said to it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from aftercare.clinic import Clinic
from aftercare.escalations import Flagged, Reason, flag
from aftercare.inbound.senders import Sender
from aftercare.levels import Level
from aftercare.models import Message, Patient
from aftercare.outbound import last_word, queue
from aftercare.protocols import Question
from aftercare.triage import Reading

BARE_WORDS = frozenset(
    ("stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout",
     "start", "yes", "unstop", "help", "info")
)  # fmt: skip
"""Bare words that Twilio answers by itself (facts: shared default lists, 2026)."""

_WANT_OF = {"STOP": "opt_out", "START": "opt_in", "HELP": "help"}


@dataclass(frozen=True)
class Incoming:
    session: Session
    clinic: Clinic
    now: datetime
    message: Message
    sender: Sender
    reading: Reading
    question: Question | None = None
    opt_out_type: str = ""
    """What the carrier took it for and has answered: `STOP`, `START` or `HELP`."""

    @property
    def patient(self) -> Patient:
        return self.sender.patient

    @property
    def asked(self) -> str | None:
        """Id of the question that waits."""
        return self.question.id if self.question else None

    @property
    def body(self) -> str:
        return (self.message.body or "").strip()

    @property
    def wants(self) -> frozenset[str]:
        """The reader's findings, and the carrier's, which knows its localized words."""
        return self.reading.wants | {
            want for kind, want in _WANT_OF.items() if kind == self.opt_out_type
        }

    @property
    def bare(self) -> bool:
        """Whether it is one of the carrier's own words and nothing else."""
        return self.body.lower() in BARE_WORDS or bool(self.opt_out_type)

    @property
    def answered_by_carrier(self) -> bool:
        # Never a second confirmation: it raises the carrier's refusals.
        return bool(self.opt_out_type) or (self.clinic.policy.optout_by_carrier and self.bare)

    def flag(
        self, concept: str, level: Level = Level.ROUTINE, patient: Patient | None = None
    ) -> Flagged:
        return self.flag_all([Reason(concept, level)], patient)

    def flag_all(self, reasons: list[Reason], patient: Patient | None = None) -> Flagged:
        return flag(
            self.session, self.clinic, self.now, patient or self.patient, reasons, self.message
        )

    def answer(self, id: str, kind: str = "notice") -> Message:
        """Queue the fixed text `id` for the number that wrote."""
        body = self.clinic.say(id, self.patient.locale)
        return queue(
            self.session, self.clinic, self.now, self.patient, kind, body,
            to=self.message.phone, reply_to=self.message,
        )  # fmt: skip

    def last_word(self, id: str) -> Message:
        """Queue the one text that may follow a stop."""
        body = self.clinic.say(id, self.patient.locale)
        return last_word(self.session, self.now, self.patient, self.message.phone, body)
