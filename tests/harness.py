"""A clinic's day in a test: the patient texts and hears, the queue shows, time passes.

Real parts: PostgreSQL, the work engine, Twilio's client and signature check over loopback.
Rasa is the recorded one (tests/contract), or the running one in tests/live.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy import text as sql

from aftercare.app import App
from aftercare.clinic import Clinic
from aftercare.clock import SetClock
from aftercare.crypto import ring
from aftercare.db import Database
from aftercare.models import (
    Appointment,
    Caregiver,
    CheckIn,
    Episode,
    Escalation,
    EscalationEvent,
    Medication,
    Message,
    Patient,
    Staff,
    Team,
)
from aftercare.settings import Settings
from aftercare.sms import Twilio
from aftercare.sweep import reconcile, sweep
from aftercare.turns import Dialogue
from tests.carrier_line import Line
from tests.day_people import patient_with, team_and_staff
from tests.stand_ins import Nobody, Paged, Switchable
from tests.working import Working, jobs_waiting

_phones = count(1)


@dataclass
class Day:
    app: App
    clock: SetClock
    line: Line
    rasa: Switchable
    pager: Paged
    team: Team
    nurse: Staff
    backup: Staff
    supervisor: Staff

    @cached_property
    def working(self) -> Working:
        return Working(self.app)

    def end(self) -> None:
        if "working" in self.__dict__:
            self.working.close()

    @classmethod
    @contextmanager
    def begin(
        cls,
        settings: Settings,
        database: Database,
        clinic: Clinic,
        clock: SetClock,
        line: Line,
        dialogue: Callable[[App], Dialogue],
    ) -> "Iterator[Day]":
        settings = settings.model_copy(update={"public_url": line.web})
        rasa, pager = Switchable(Nobody()), Paged()
        twilio = Twilio(
            settings.twilio_account_sid,
            settings.twilio_auth_token.get_secret_value(),
            from_number=settings.twilio_from,
            api_base=line.carrier,
            timeout=1,
        )
        app = App(settings, clock, database, clinic, twilio, rasa, pager)
        rasa.dialogue = dialogue(app)
        line.server.state.app, line.clock.of = app, clock
        line.phones.reset()
        line.phones.manner(delivery="at_once", order="in_order", twice=False)
        day = cls(app, clock, line, rasa, pager, *team_and_staff(database))
        try:
            yield day
        finally:
            day.end()

    def patient(
        self,
        name: str = "Ada",
        *,
        protocol: str = "heart_failure",
        locale: str = "en",
        zone: str = "America/New_York",
        medicines: dict[str, str] | None = None,
        visit: timedelta | None = None,
        phone: str | None = None,
        discharged: timedelta = timedelta(days=1),
    ) -> "Phone":
        """Somebody who went home yesterday, with a check-in due today."""
        now = self.clock.now()
        number = phone or f"+1312867{next(_phones):04d}"
        with self.app.database.begin() as session:
            patient = patient_with(number, name, locale, zone, now)
            session.add(patient)
            episode = Episode(
                patient_id=patient.id,
                encounter_hash=f"e{patient.id}",
                protocol=protocol,
                protocol_version="1",
                state="active",
                discharged_at=now - discharged,
                team_id=self.team.id,
                case_manager_id=self.nurse.id,
                created_at=now,
            )
            episode.encounter = f"E{patient.id}"
            session.add(episode)
            session.flush()
            for drug, kind in (medicines or {}).items():
                medication = Medication(episode_id=episode.id, kind=kind)
                medication.name = drug
                session.add(medication)
            if visit:
                session.add(Appointment(episode_id=episode.id, at=now + visit))
        return Phone(self, number, patient.id, episode.id)

    def stranger(self, number: str = "+13128670777") -> "Phone":
        """Somebody we do not know."""
        return Phone(self, number, None, None)

    def caregiver(self, phone: "Phone", name: str = "Eve") -> "Phone":
        """Somebody who texts for the patient, from a phone of their own."""
        number = f"+1312867{next(_phones):04d}"
        with self.app.database.begin() as session:
            caregiver = Caregiver(
                patient_id=phone.id, phone_hash=ring().fingerprint(number), consented=True
            )
            caregiver.name, caregiver.phone, caregiver.relation = name, number, "daughter"
            session.add(caregiver)
        return Phone(self, number, phone.id, phone.episode)

    def check_in(self, phone: "Phone", day: int = 1) -> None:
        """The morning of a check-in has come."""
        with self.app.database.begin() as session:
            session.add(
                CheckIn(
                    episode_id=phone.episode,
                    offset_days=day,
                    scheduled_for=self.clock.now(),
                    state="scheduled",
                    tries=0,
                )
            )
        self.passes()

    def passes(self, **time_: float) -> None:
        """Let time pass, and everything that it makes due happen."""
        self.clock.advance(**time_)
        self.sweeps()
        self.work()

    def work(self) -> None:
        """Do every job there is, and those they make; what the carrier does is done as well."""
        while jobs_waiting(self.app):
            self.working.work()
            self.line.phones.settle()
        if self.rasa.fault:
            raise self.rasa.fault
        with self.app.database.begin() as session:
            failed = session.execute(
                sql("SELECT task_name, args FROM procrastinate_jobs WHERE status = 'failed'")
            ).all()
        assert not failed, f"jobs failed: {failed}"

    def sweeps(self) -> None:
        """Look for what is due, without doing it."""
        sweep(self.app.database, self.app.clinic, self.clock)

    def reconcile(self) -> None:
        assert self.app.twilio
        reconcile(self.app.database, self.app.clinic, self.clock, self.app.twilio)
        self.work()

    @property
    def queue(self) -> "Queue":
        return Queue(self)


@dataclass
class Phone:
    """One patient's phone."""

    day: Day
    number: str
    id: Any
    episode: Any
    seen: int = 0

    def texts(self, body: str, *, times: int = 1, media: tuple[str, ...] = ()) -> "Phone":
        """Send a text; everything it causes has happened when this returns."""
        self.day.line.phones.text(self.number, body, times=times, media=media)
        self.day.work()
        return self

    def writes(self, body: str, **more: Any) -> None:
        """Send a text without waiting for what it causes."""
        self.day.line.phones.text(self.number, body, **more)

    @property
    def heard(self) -> list[str]:
        return self.day.line.phones.heard(self.number)

    def hears(self, *parts: str) -> "Phone":
        """One new text for each of `parts`, in order and no more; each holds its part."""
        new = self.heard[self.seen :]
        assert len(new) == len(parts), f"heard {new}"
        for text, part in zip(new, parts, strict=True):
            assert part in text, f"heard {text!r}, not {part!r}"
        self.seen += len(new)
        return self

    def hears_nothing(self) -> "Phone":
        return self.hears()

    def skips(self) -> "Phone":
        """Do not look at what came so far."""
        self.seen = len(self.heard)
        return self

    @property
    def row(self) -> Patient:
        with self.day.app.database.begin() as session:
            return session.get_one(Patient, self.id)

    @property
    def messages(self) -> list[Message]:
        with self.day.app.database.begin() as session:
            return list(
                session.scalars(
                    select(Message)
                    .where(Message.phone_hash == ring().fingerprint(self.number))
                    .order_by(Message.seq)
                )
            )


@dataclass
class Queue:
    """The case managers' queue."""

    day: Day

    def of(self, phone: Phone) -> Escalation | None:
        with self.day.app.database.begin() as session:
            return session.scalar(
                select(Escalation).where(
                    Escalation.patient_id == phone.id, Escalation.closed_at.is_(None)
                )
            )

    def shows(self, phone: Phone, level: str, *concepts: str) -> Escalation:
        """The patient's open item has this level, for these reasons among others."""
        found = self.of(phone)
        assert found is not None, "the queue shows nothing of this patient"
        assert found.level == level, f"it is {found.level}: {self.reasons(phone)}"
        missing = set(concepts) - set(self.reasons(phone))
        assert not missing, f"{missing} not among {self.reasons(phone)}"
        return found

    def shows_nothing(self, phone: Phone) -> None:
        assert self.of(phone) is None, self.reasons(phone)

    def reasons(self, phone: Phone) -> list[str]:
        return [event.concept for event in self.events(phone) if event.concept]

    def events(self, phone: Phone) -> list[EscalationEvent]:
        with self.day.app.database.begin() as session:
            return list(
                session.scalars(
                    select(EscalationEvent)
                    .join(Escalation)
                    .where(Escalation.patient_id == phone.id)
                    .order_by(EscalationEvent.seq)
                )
            )
