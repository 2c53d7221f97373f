"""`aftercare up`: everything this machine can run, together."""

import signal
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Collection

    from aftercare.programs import Databases, Ports
    from aftercare.settings import Settings

PARTS = ("web", "actions", "worker", "rasa")


def register(app: typer.Typer) -> None:
    app.command("up")(up)


def up(
    port: Annotated[int, typer.Option(help="Port of the console and the webhooks.")] = 8000,
    without: Annotated[
        list[str], typer.Option(help=f"Leave one out; may be repeated. One of {', '.join(PARTS)}.")
    ] = [],  # noqa: B006 typer reads it as the default
    carrier: Annotated[
        bool, typer.Option(help="Also start the stand-in carrier, with phones in the browser.")
    ] = False,
) -> None:
    """Start web, action server, worker and Rasa, and the database if it is the embedded one.

    One that stops ends the others, and its reason is shown. Ctrl-C ends all.

    Example, with Rasa on another machine:  aftercare up --without rasa
    """
    unknown = set(without) - set(PARTS)
    if unknown:
        raise typer.BadParameter(f"no such part: {', '.join(sorted(unknown))}")
    if not set(PARTS) - set(without):
        raise typer.BadParameter("nothing is left to run")
    left_out = {*without} | (set() if carrier else {"carrier"})
    try:
        _run(port, left_out)
    except KeyboardInterrupt:
        raise typer.Exit(128 + signal.SIGINT) from None


def _run(port: int, without: "Collection[str]") -> None:
    from aftercare import settings as all_settings
    from aftercare.programs import databases

    settings = all_settings.load()
    if settings.env == "production" and "carrier" not in without:
        raise SystemExit("the stand-in carrier cannot run with AFTERCARE_ENV=production")
    _refuse_without_parts(without)
    ports = _ports(settings, port)
    with databases(settings) as found:
        _migrate(found)
        _together(settings, found, ports, without)


def _together(
    settings: "Settings", found: "Databases", ports: "Ports", without: "Collection[str]"
) -> None:
    from aftercare.processes import Together
    from aftercare.programs import programs
    from aftercare.whereabouts import announced

    parts = programs(settings, found, ports, without=without)
    with announced(settings.var, parts[-1].env), Together(parts) as running:
        running.await_ready()
        typer.secho(f"The console is at {ports.address('web')}", bold=True)
        if "carrier" not in without:
            typer.secho(f"The phones are at {ports.address('carrier')}/phones", bold=True)
        running.wait()


def _ports(settings: "Settings", web: int) -> "Ports":
    from aftercare.programs import Ports

    wanted = Ports.of(settings, web)
    if settings.env != "production":
        return wanted.or_next_free(typer.echo)
    moved: list[str] = []
    wanted.or_next_free(moved.append)
    if moved:  # a proxy points at these ports: another one would be a silent outage
        raise SystemExit("\n".join(line.partition(":")[0] + "." for line in moved))
    return wanted


def _refuse_without_parts(without: "Collection[str]") -> None:
    from aftercare.programs import missing_parts

    if "rasa" not in without and (missing := missing_parts()):
        raise SystemExit("Aftercare cannot start:\n" + "\n".join(f"  {line}" for line in missing))


def _migrate(found: "Databases") -> None:
    from aftercare.db import Database

    database = Database(found.product)
    try:
        database.migrate()
    finally:
        database.close()
