"""Sets the demo's stage: databases, staff, invented discharges, every program running."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

import typer
from sqlalchemy import select

from aftercare import app as composition
from aftercare import settings as all_settings
from aftercare import staffing
from aftercare.app import App
from aftercare.calendars import at_wall_time, local
from aftercare.carrier import Phones
from aftercare.clock import ShiftedClock
from aftercare.enrolment import Outcome, enrol_all
from aftercare.feeds import read
from aftercare.feeds.freshen import fresh
from aftercare.models import Patient
from aftercare.processes import Together
from aftercare.programs import Ports, databases, missing_parts, programs
from aftercare.settings import ROOT, Settings
from aftercare.staffing import Shift
from aftercare.whereabouts import announced

DISCHARGES = ROOT / "demo" / "discharges.csv"
ZONE = "America/New_York"
PASSWORD = "come home safely"  # noqa: S105
"""Printed at every start: it opens an invented clinic on loopback, nothing else."""

STAFF = {
    "nora@mercy.example": ("Nora Adeyemi, RN", "case_manager", "primary"),
    "ben@mercy.example": ("Ben Castillo, RN", "case_manager", "backup"),
    "ruth@mercy.example": ("Ruth Lindqvist", "supervisor", "supervisor"),
}
LOGIN = "nora@mercy.example"

OPENING = time(12, 30)
"""At half past twelve in New York it is morning in Los Angeles: every check-in is due."""


@dataclass(frozen=True)
class Stage:
    """Everything running, and how to reach it."""

    app: App
    clock: ShiftedClock
    console: str
    phones: Phones
    phones_page: str
    running: Together


def run(port: int) -> None:
    """The demo in the browser, until Ctrl-C."""
    folder = _settings(ROOT / "var").var
    with stage(folder, port=port) as set_:
        if not _somebody_is_here(set_.app):
            _enrol_in_the_morning(set_)
        name_phones(set_)
        typer.echo()
        typer.secho(f"  Console   {set_.console}", bold=True)
        typer.echo(f"            log in as {LOGIN} with the password: {PASSWORD}")
        typer.secho(f"  Phones    {set_.phones_page}", bold=True)
        typer.echo("            type answers as the patients would; move the clock there\n")
        typer.echo("Ctrl-C ends everything. The data stays in var/.\n")
        set_.running.wait()


@contextmanager
def stage(
    folder: Path, *, port: int = 8000, opening: datetime | None = None, quiet: bool = False
) -> Iterator[Stage]:
    """Every program running on its own data under `folder`; leaving ends them all."""
    if missing := missing_parts():
        raise SystemExit("The demo cannot start:\n" + "\n".join(f"  {line}" for line in missing))
    chosen = _settings(folder)
    clock = _clock(chosen, opening)
    ports = Ports(web=port).or_next_free(typer.echo)
    with databases(chosen) as found:
        chosen = chosen.model_copy(update={"database_url": found.product})
        app = composition.build(chosen)
        app.database.migrate()
        _hire(app)
        parts = programs(chosen, found, ports, without=())
        logs = folder / "logs" if quiet else None
        told = announced(chosen.var, parts[-1].env)
        with told, Together(parts, quiet=quiet, logs=logs) as running:
            running.await_ready()
            with Phones(ports.address("carrier")) as phones:
                page = f"{ports.address('carrier')}/phones"
                yield Stage(app, clock, ports.address("web"), phones, page, running)
        app.database.close()


def enrol(stage: Stage, table: str) -> list[Outcome]:
    """Enrol the table's discharges as `aftercare enrol` would."""
    feed = read(table.encode())
    outcomes = enrol_all(stage.app.database, stage.app.clinic, stage.clock, feed.records, feed.kind)
    return list(outcomes)


def name_phones(stage: Stage) -> None:
    """Tell the phones' page whose is whose: these people are invented."""
    with stage.app.database.begin() as session:
        for patient in session.scalars(select(Patient)):
            stage.phones.name(patient.phone, patient.name, patient.locale, patient.zone)


def fresh_discharges(clock: ShiftedClock) -> str:
    return fresh(DISCHARGES, clock.now(), ZONE)


def _settings(folder: Path) -> Settings:
    chosen = all_settings.load(
        defaults={
            "AFTERCARE_VAR": str(folder),
            "AFTERCARE_HOSPITAL": "Mercy",
            "AFTERCARE_NURSE_LINE": "800-555-0100",
            "AFTERCARE_CLOCK": str(folder / "clock"),
            "AFTERCARE_SESSION_MINUTES": "600",
            "TWILIO_FROM": "+15005550006",
        }
    )
    if chosen.env == "production":
        raise SystemExit("the demo invents patients: it does not run with AFTERCARE_ENV=production")
    return chosen


def _clock(chosen: Settings, opening: datetime | None) -> ShiftedClock:
    if chosen.clock is None:
        raise SystemExit("AFTERCARE_CLOCK must name a file for the demo")
    chosen.clock.parent.mkdir(parents=True, exist_ok=True)
    clock = ShiftedClock(chosen.clock)
    wall = local(clock.now(), ZONE)
    if opening:
        clock.set(opening)
    elif not (wall.weekday() < 5 and OPENING <= wall.time() < time(18)):
        # Never backwards: what happened at an earlier start stays in the past.
        clock.set(next_opening(clock.now()))
    return clock


def next_opening(now: datetime) -> datetime:
    """The next half past twelve of a weekday in New York."""
    day = local(now, ZONE).date()
    while at_wall_time(day, OPENING, ZONE) <= now or day.weekday() > 4:
        day += timedelta(days=1)
    return at_wall_time(day, OPENING, ZONE)


def _enrol_in_the_morning(set_: Stage) -> None:
    """Before the clinic opens, so that welcome and first check-in both come today."""
    now = set_.clock.now()
    set_.clock.set(at_wall_time(local(now, ZONE).date(), time(8, 45), ZONE))
    enrol(set_, fresh_discharges(set_.clock))
    set_.clock.set(max(now, at_wall_time(local(now, ZONE).date(), OPENING, ZONE)))


def _somebody_is_here(app: App) -> bool:
    with app.database.begin() as session:
        return session.scalar(select(Patient.id).limit(1)) is not None


def _hire(app: App) -> None:
    """A nurse and her backup by day, a supervisor around the clock."""
    with app.database.begin() as session:
        team = staffing.team_named(session, "Heart and home", ZONE)
        for email, (name, role, tier) in STAFF.items():
            if staffing.find(session, email):
                continue
            person = staffing.add(
                session, email=email, name=name, role=role, team=team, password=PASSWORD
            )
            always = tier == "supervisor"
            hours = (time(0), time.max) if always else (time(8), time(20))
            shift = Shift(range(7) if always else range(5), *hours, tier)
            staffing.cover(session, person, shift)
