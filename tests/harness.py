"""A clinic's day in a test: the patient texts and hears, the queue shows, time passes.

Real parts: PostgreSQL, the work engine, Twilio's client and signature check over loopback.
Rasa is the recorded one (tests/contract), or the running one in tests/live.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from itertools import count
from typing import Any

import uvicorn
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy import text as sql

from aftercare.app import App
from aftercare.carrier import CarrierConfig, Phones, running
from aftercare.clinic import Clinic
from aftercare.clock import SetClock
from aftercare.crypto import ring
from aftercare.db import Database
from aftercare.dialogue import Rasa
from aftercare.models import (
    Appointment,
    Caregiver,
    CheckIn,
    Coverage,
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
from aftercare.turns import Dialogue, DialogueUnavailable
from aftercare.web.webhooks import router
from aftercare.worker import engine

QUEUES = ["now", "talk", "out"]
"""Time is the test's own: `passes` does what the engine's clock would."""

_phones = count(1)
_mrns = count(1)


class CurrentClock:
    """The clock of whichever test runs: the carrier outlives them."""

    def __init__(self) -> None:
        self.of: SetClock = SetClock(datetime(2026, 3, 10, 15, tzinfo=UTC))

    def now(self) -> datetime:
        return self.of.now()


@dataclass
class Line:
    """The carrier and the product's webhooks, listening."""

    carrier: str
    web: str
    server: FastAPI
    clock: CurrentClock
    phones: Phones


@contextmanager
def line(settings: Settings) -> Iterator[Line]:
    server = FastAPI()
    server.include_router(router)
    clock = CurrentClock()
    with _serving(server) as web:
        config = CarrierConfig(
            account_sid=settings.twilio_account_sid,
            auth_token=settings.twilio_auth_token.get_secret_value(),
            webhook_url=f"{web}/webhooks/sms",
            clock=clock,
            tells_opt_out=False,
        )
        with running(config) as carrier, Phones(carrier) as phones:
            yield Line(carrier, web, server, clock, phones)


@contextmanager
def _serving(app: FastAPI) -> Iterator[str]:
    config = uvicorn.Config(app, host="127.0.0.1", port=0, access_log=False, log_level="warning")
    server = uvicorn.Server(config)
    sock = config.bind_socket()
    thread = threading.Thread(target=server.run, args=([sock],), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{sock.getsockname()[1]}"
    server.should_exit = True
    thread.join()


class Paged:
    """The pager of a test: who was paged, and whether their address takes it."""

    def __init__(self) -> None:
        self.pages: list[tuple[str, int]] = []
        self.works = True

    def page(self, addresses: list[str], level: str, reference: int, escalation: Any) -> bool:
        if self.works:
            self.pages.append((level, reference))
        return self.works


class Switchable:
    """Rasa with a switch: `down` makes it refuse, as a stopped process does."""

    def __init__(self, dialogue: Dialogue) -> None:
        self.dialogue = dialogue
        self.down = False
        self.fault: Exception | None = None

    def ask(self, conversation: str, text: str, message_id: str) -> list[str]:
        self._refuse()
        try:
            return self.dialogue.ask(conversation, text, message_id)
        except DialogueUnavailable:
            raise
        except Exception as error:
            self.fault = error
            raise

    def begin(self, conversation: str, check_in: str) -> list[str]:
        self._refuse()
        return self.dialogue.begin(conversation, check_in)

    def forget(self, conversation: str) -> None:
        """Lose what is known of a conversation, as Rasa may lose its tracker."""
        if isinstance(self.dialogue, Rasa):
            tracker = f"/conversations/{conversation}/tracker/events"
            self.dialogue.client.put(tracker, json=[]).raise_for_status()
        else:
            self.dialogue.lose(conversation)  # type: ignore[attr-defined]

    def _refuse(self) -> None:
        if self.down:
            raise DialogueUnavailable("ConnectError")


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
    def working(self) -> "Working":
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
        day = cls(app, clock, line, rasa, pager, *_staff(database))
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
            patient = _person(number, name, locale, zone, now)
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
        while _jobs_waiting(self.app):
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


class Nobody:
    def ask(self, conversation: str, text: str, message_id: str) -> list[str]:
        raise DialogueUnavailable("nobody")

    def begin(self, conversation: str, check_in: str) -> list[str]:
        raise DialogueUnavailable("nobody")


class Working:
    """The work engine of one day, kept open on a thread of its own while the day lasts."""

    def __init__(self, app: App) -> None:
        self._engine = engine(app)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._run(self._engine.open_async())

    def work(self) -> None:
        """Do the jobs there are."""
        self._run(
            self._engine.run_worker_async(
                queues=QUEUES,
                wait=False,
                concurrency=4,
                install_signal_handlers=False,
                listen_notify=False,
            )
        )

    def close(self) -> None:
        self._run(self._engine.close_async())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Awaitable[Any]) -> None:
        async def done() -> None:
            await work

        asyncio.run_coroutine_threadsafe(done(), self._loop).result()


def _jobs_waiting(app: App) -> int:
    with app.database.begin() as session:
        return session.scalar(  # type: ignore[no-any-return]
            sql(
                "SELECT count(*) FROM procrastinate_jobs"
                " WHERE status = 'todo' AND queue_name = ANY(:queues)"
            ),
            {"queues": QUEUES},
        )


def _person(number: str, name: str, locale: str, zone: str, now: datetime) -> Patient:
    mrn = f"MRN{next(_mrns)}"
    patient = Patient(
        mrn_hash=ring().fingerprint(mrn),
        phone_hash=ring().fingerprint(number),
        locale=locale,
        zone=zone,
        status="active",
        created_at=now - timedelta(days=1),
    )
    patient.mrn, patient.first_name, patient.last_name = mrn, name, "Test"
    patient.birth_date, patient.phone = "1950-02-03", number
    return patient


def _staff(database: Database) -> tuple[Team, Staff, Staff, Staff]:
    """A nurse and a backup by day, a supervisor around the clock."""
    with database.begin() as session:
        team = Team(name="Heart", zone="America/New_York")
        session.add(team)
        session.flush()
        roles = {"nurse": "case_manager", "backup": "case_manager", "super": "supervisor"}
        people = [_member(session, team, name, role) for name, role in roles.items()]
        for person, tier in zip(people, ("primary", "backup", "supervisor"), strict=True):
            starts, ends = (time(0), time.max) if tier == "supervisor" else (time(8), time(18))
            days = range(7) if tier == "supervisor" else range(5)
            for weekday in days:
                session.add(
                    Coverage(
                        team_id=team.id, staff_id=person.id, weekday=weekday,
                        starts=starts, ends=ends, tier=tier,
                    )
                )  # fmt: skip
    return team, *people  # type: ignore[return-value]


def _member(session: Any, team: Team, name: str, role: str) -> Staff:
    staff = Staff(
        email=f"{name}@example.org", name=name.title(), role=role, team_id=team.id,
        password_hash="", active=True, locale="en",
    )  # fmt: skip
    session.add(staff)
    session.flush()
    return staff
