"""Plays the demo's day: texts, waits for what must follow, and prints both sides."""

import re
import shutil
import textwrap
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from datetime import time as clock_time

import httpx
import typer
from sqlalchemy import select

from aftercare.calendars import at_wall_time, local
from aftercare.cli._demo.stage import LOGIN, PASSWORD, ZONE, Stage, stage
from aftercare.clock import SystemClock
from aftercare.models import CheckIn, Episode, Escalation, Message, Patient
from aftercare.settings import ROOT

PATIENCE = 45.0
"""Seconds to wait for what must happen. It usually takes less than one."""


class NotSeen(Exception):
    """Something that must happen did not."""


def run() -> int:
    """Play the day on a stage of its own; 0 when every step was seen."""
    from aftercare.cli._demo.day import play_day

    folder = ROOT / "var" / "scripted"
    shutil.rmtree(folder, ignore_errors=True)
    with stage(folder, port=8100, opening=_first_morning(), quiet=True) as set_:
        play = Play(set_)
        try:
            play_day(play)
        except NotSeen as missing:
            typer.secho(f"\nNot seen: {missing}", fg="red", bold=True)
            typer.echo(f"The programs' own words are in {folder / 'logs'}")
            return 1
    typer.secho(f"\nThe day went as it should: {play.seen} things were seen.", bold=True)
    return 0


def _first_morning() -> datetime:
    """A coming Tuesday, 8:50 in New York: the day before was a working day as well."""
    day = local(SystemClock().now(), ZONE).date() + timedelta(days=1)
    while day.weekday() != 1:
        day += timedelta(days=1)
    return at_wall_time(day, clock_time(8, 50), ZONE)


@dataclass
class Play:
    """The stage manager: everybody's lines go through here."""

    stage: Stage
    seen: int = 0
    _heard: dict[str, int] = field(default_factory=dict)
    _browser: httpx.Client | None = None

    def act(self, title: str) -> None:
        typer.secho(f"\n── {self._time()}  {title} ".ljust(78, "─"), bold=True)

    def note(self, words: str) -> None:
        typer.secho(f"   {words}", dim=True)

    def until(self, hour: int, minute: int = 0, days: int = 0) -> None:
        """Move everybody's clock on to this time of day in New York."""
        day = local(self.stage.clock.now(), ZONE).date() + timedelta(days=days)
        moment = at_wall_time(day, clock_time(hour, minute), ZONE)
        if moment > self.stage.clock.now():
            self.stage.clock.set(moment)

    def patient(self, first_name: str) -> Patient:
        with self.stage.app.database.begin() as session:
            return next(p for p in session.scalars(select(Patient)) if p.first_name == first_name)

    def texts(self, first_name: str, words: str) -> None:
        """The patient writes, as on the phones' page."""
        self._line(first_name, "▸", words, "cyan")
        self.stage.phones.text(self.patient(first_name).phone, words)

    def hears(self, first_name: str, *parts: str) -> list[str]:
        """Wait until the phone has got these; prints all that came."""
        phone = self.patient(first_name).phone
        start = self._heard.get(phone, 0)

        def complete() -> list[str] | None:
            new = self.stage.phones.heard(phone)[start:]
            return new if all(any(p in text for text in new) for p in parts) else None

        new = self._await(complete, f"{first_name} hears {parts}")
        self._heard[phone] = start + len(new)
        for text in new:
            self._line(first_name, "◂", text, "green")
        self.seen += len(parts)
        return new

    def stays_silent(self, first_name: str) -> None:
        """Nothing new came since the last look."""
        phone = self.patient(first_name).phone
        if new := self.stage.phones.heard(phone)[self._heard.get(phone, 0) :]:
            raise NotSeen(f"{first_name} should hear nothing, heard {new}")
        self.seen += 1

    def answers(self, first_name: str, given: dict[str, str], *last: str) -> None:
        """Answer a check-in's questions, `given` by question, until `last` is heard."""
        while True:
            question = self._await(
                lambda: self._waiting(first_name), f"a question waits for {first_name}"
            )
            if question == "":
                break
            if question not in given:
                raise NotSeen(f"an answer of {first_name} to {question!r}")
            self.texts(first_name, given.pop(question))
            self._await(
                lambda asked=question: self._waiting(first_name) != asked or None,  # type: ignore[misc]
                f"{first_name}'s answer to {question} is taken",
            )
            if self._waiting(first_name) != "":
                self._next_question(first_name)
        self.hears(first_name, *last)

    def _next_question(self, first_name: str) -> None:
        phone = self.patient(first_name).phone
        start = self._heard.get(phone, 0)
        self._await(
            lambda: len(self.stage.phones.heard(phone)) > start or None,
            f"{first_name} hears the next question",
        )
        self.hears(first_name)

    def queue_shows(self, first_name: str, level: str, *concepts: str) -> Escalation:
        """The case managers' queue has the patient at this level, for these reasons."""

        def there() -> Escalation | None:
            found = self.escalation(first_name)
            if found is None or found.level != level:
                return None
            return found if set(concepts) <= self.reasons(found) else None

        item = self._await(there, f"{first_name} in the queue as {level} for {concepts}")
        reasons = ", ".join(sorted(self.reasons(item)))
        colour = {"emergency": "red", "urgent": "yellow"}.get(level, "blue")
        typer.secho(f"   queue    ■ {level.upper():9} item {item.ref}: {first_name}, {reasons}",
                    fg=colour)  # fmt: skip
        self.seen += 1
        return item

    def escalation(self, first_name: str) -> Escalation | None:
        patient = self.patient(first_name)
        with self.stage.app.database.begin() as session:
            return session.scalar(
                select(Escalation).where(
                    Escalation.patient_id == patient.id, Escalation.closed_at.is_(None)
                )
            )

    def reasons(self, escalation: Escalation) -> set[str]:
        with self.stage.app.database.begin() as session:
            row = session.get_one(Escalation, escalation.id)
            return {event.concept for event in row.events if event.concept}

    def does(self, escalation: Escalation, deed: str, told: str, **form: str) -> None:
        """The case manager clicks: the real console, over HTTP, with its own form's token."""
        browser = self._logged_in()
        page = browser.get(f"/patients/{escalation.patient_id}").raise_for_status()
        answer = browser.post(
            f"/escalations/{escalation.id}/{deed}", data={"csrf": _csrf(page.text), **form}
        )
        if answer.status_code not in {200, 303}:
            raise NotSeen(f"the console takes {deed!r}: it answered {answer.status_code}")
        typer.secho(f"   console  ✔ Nora {told}", fg="magenta")
        self.seen += 1

    def state_is(self, escalation: Escalation, state: str) -> None:
        def there() -> bool | None:
            with self.stage.app.database.begin() as session:
                return session.get_one(Escalation, escalation.id).state == state or None

        self._await(there, f"item {escalation.ref} is {state}")
        self.seen += 1

    def text_is(self, first_name: str, kind: str, state: str) -> None:
        """The newest outbound text of this kind is in this state."""
        patient = self.patient(first_name)

        def there() -> bool | None:
            with self.stage.app.database.begin() as session:
                newest = session.scalar(
                    select(Message.state)
                    .where(Message.patient_id == patient.id, Message.kind == kind)
                    .order_by(Message.seq.desc())
                    .limit(1)
                )
            return newest == state or None

        self._await(there, f"{first_name}'s {kind} text is {state}")
        self.seen += 1

    def status_is(self, first_name: str, status: str) -> None:
        """The patient may, or may not, be texted any more."""
        self._await(lambda: self.patient(first_name).status == status or None, status)
        self.seen += 1

    def _waiting(self, first_name: str) -> str | None:
        """The question that waits; "" when the check-in is over, None before it began."""
        patient = self.patient(first_name)
        with self.stage.app.database.begin() as session:
            latest = session.scalar(
                select(CheckIn)
                .join(Episode)
                .where(Episode.patient_id == patient.id, CheckIn.started_at.is_not(None))
                .order_by(CheckIn.started_at.desc())
                .limit(1)
            )
            if latest is None:
                return None
            return latest.question or ""

    def _logged_in(self) -> httpx.Client:
        if self._browser is None:
            browser = httpx.Client(
                base_url=self.stage.console, follow_redirects=False, trust_env=False, timeout=30
            )
            form = browser.get("/login").raise_for_status()
            answer = browser.post(
                "/login",
                data={"csrf": _csrf(form.text), "email": LOGIN, "password": PASSWORD},
            )
            if answer.status_code != 303:
                raise NotSeen("Nora logs in")
            self._browser = browser
        return self._browser

    def _await[T](self, look: Callable[[], T | None], what: str) -> T:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if (found := look()) is not None:
                return found
            time.sleep(0.1)
        raise NotSeen(what)

    def _line(self, first_name: str, arrow: str, words: str, colour: str) -> None:
        for number, part in enumerate(_wrapped(words)):
            who = f"   {first_name:8} {arrow}" if number == 0 else " " * 13
            typer.echo(typer.style(who, dim=True) + " " + typer.style(part, fg=colour))

    def _time(self) -> str:
        return local(self.stage.clock.now(), ZONE).strftime("%A %H:%M")


def _wrapped(words: str) -> list[str]:
    return textwrap.wrap(words, 74) or [""]


def _csrf(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    if found is None:
        raise NotSeen("a form with its token in the console's page")
    return found[1]
