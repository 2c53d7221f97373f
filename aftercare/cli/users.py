"""`aftercare users`: who works here, their passwords and shifts."""

import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import time
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from aftercare.app import App
    from aftercare.models import Staff

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Stdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]


def register(app: typer.Typer) -> None:
    users = typer.Typer(help="Who works here: accounts, passwords, shifts.", no_args_is_help=True)
    users.command("add")(add)
    users.command("list")(show)
    users.command("password")(password)
    users.command("coverage")(coverage)
    app.add_typer(users, name="users")


def add(
    email: str,
    name: Annotated[str, typer.Option(help="As colleagues call the person.")],
    role: Annotated[str, typer.Option(help="case_manager, supervisor or admin.")] = "case_manager",
    team: Annotated[str, typer.Option(help="Made when there is none of this name.")] = "Care team",
    zone: Annotated[
        str, typer.Option(help="The team's time zone, for a new team: America/New_York.")
    ] = "",
    locale: Annotated[str, typer.Option(help="The language of the console for them.")] = "en",
    password_stdin: Stdin = False,
) -> None:
    """Make an account for the console.

    Without --password-stdin, a password is made and printed once.

    Example:  aftercare users add kim@example.org --name "Kim Lee" --zone America/New_York
    """
    from aftercare import staffing

    secret = _read_secret() if password_stdin else secrets.token_urlsafe(12)
    with _staff_room() as (app, session):
        their_team = staffing.team_named(session, team, zone or None)
        staff = staffing.add(
            session,
            email=email,
            name=name,
            role=role,
            team=their_team,
            password=secret,
            locale=locale,
        )
        _record(app, session, "staff.added", staff)
        print(f"{staff.email} is there, in {their_team.name}; shifts: aftercare users coverage")
    if not password_stdin:
        print(f"password: {secret}")


def show() -> None:
    """List the accounts, one a line."""
    from aftercare import staffing

    with _staff_room() as (_, session):
        for staff in staffing.everyone(session):
            state = "" if staff.active else "  (not active)"
            print(f"{staff.email:<32} {staff.role:<13} {staff.team.name:<20} {staff.name}{state}")
            for shift in staffing.shifts(session, staff.id):
                day = DAYS[shift.weekday]
                print(f"    {day} {shift.starts:%H:%M}-{shift.ends:%H:%M}  {shift.tier}")


def password(email: str, password_stdin: Stdin = False) -> None:
    """Set a new password, and log the person off everywhere."""
    from aftercare import staffing

    secret = _read_secret() if password_stdin else secrets.token_urlsafe(12)
    with _staff_room() as (app, session):
        staff = _found(session, email)
        staffing.change_password(session, staff, secret)
        _record(app, session, "staff.password_changed", staff)
        print(f"{staff.email} has a new password")
    if not password_stdin:
        print(f"password: {secret}")


def coverage(
    email: str,
    days: Annotated[str, typer.Option(help="mon-fri, or sat,sun.")],
    starts: Annotated[str, typer.Option("--from", help="08:00, in the team's zone.")],
    ends: Annotated[str, typer.Option("--to", help="17:00; before --from means next morning.")],
    tier: Annotated[str, typer.Option(help="primary, backup or supervisor.")] = "primary",
) -> None:
    """Put someone on a shift that returns every week.

    Example:  aftercare users coverage kim@example.org --days mon-fri --from 08:00 --to 17:00
    """
    from aftercare import staffing

    shift = staffing.Shift(weekdays(days), _time(starts), _time(ends), tier)
    with _staff_room() as (app, session):
        staff = _found(session, email)
        staffing.cover(session, staff, shift)
        _record(app, session, "staff.covers", staff)
        print(f"{staff.email} covers {days} {starts}-{ends} as {tier}")


def weekdays(words: str) -> list[int]:
    """`mon-fri` and `sat,sun` as numbers, 0 for Monday."""
    found: list[int] = []
    for part in words.lower().split(","):
        first, _, last = part.strip().partition("-")
        if first not in DAYS or (last and last not in DAYS):
            raise typer.BadParameter(f"{part!r}: write days like mon-fri or sat,sun")
        start, end = DAYS.index(first), DAYS.index(last or first)
        found += [day % 7 for day in range(start, end + 1 if end >= start else end + 8)]
    return found


def _time(words: str) -> time:
    try:
        return time.fromisoformat(words)
    except ValueError as error:
        raise typer.BadParameter(f"{words!r}: write times like 08:00") from error


def _read_secret() -> str:
    return sys.stdin.readline().rstrip("\n")


@contextmanager
def _staff_room() -> Iterator[tuple["App", "Session"]]:
    """The product and one transaction; a refusal becomes a sentence and exit code 1."""
    from aftercare import settings as all_settings
    from aftercare.app import build
    from aftercare.programs import databases
    from aftercare.staffing import Refused

    settings = all_settings.load()
    with databases(settings) as found:
        app = build(settings.model_copy(update={"database_url": found.product}))
        app.database.migrate()
        try:
            with app.database.begin() as session:
                yield app, session
        except Refused as refused:
            print(f"aftercare: {refused}", file=sys.stderr)
            raise typer.Exit(1) from None


def _found(session: "Session", email: str) -> "Staff":
    from aftercare import staffing

    staff = staffing.find(session, email)
    if staff is None:
        raise staffing.Refused(f"there is no account {email}")
    return staff


def _record(app: "App", session: "Session", action: str, staff: "Staff") -> None:
    from aftercare import audit

    audit.record(session, app.clock.now(), "system", action, f"staff:{staff.id}")
