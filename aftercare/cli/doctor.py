"""`aftercare doctor`: is everything in order, and if not, what mends it?"""

import json
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aftercare.health import Finding

COLOURS = {"ok": "green", "failed": "red", "skipped": "yellow"}


def register(app: typer.Typer) -> None:
    app.command("doctor")(doctor)


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")] = False,
) -> None:
    """Check settings, database, Rasa, Twilio, clock and content; exit 1 if one fails.

    Each failure comes with its mend. It changes nothing and sends no text.
    """
    found = []
    for finding in _findings():
        found.append(finding)
        if not as_json:
            _show(finding)
    failed = [finding.check for finding in found if finding.state == "failed"]
    if as_json:
        checks = [vars(finding) for finding in found]
        typer.echo(json.dumps({"ok": not failed, "checks": checks}, indent=2))
    elif failed:
        typer.echo(f"\n{len(failed)} of {len(found)} failed: {', '.join(failed)}")
    raise typer.Exit(1 if failed else 0)


def _findings() -> "Iterator[Finding]":
    from aftercare import settings as all_settings
    from aftercare.health import Finding, Installation, State, examine
    from aftercare.programs import databases
    from aftercare.whereabouts import whereabouts

    try:
        settings = all_settings.load()
        # Outside production a taken port is replaced: ask the programs where they are.
        settings = all_settings.load(defaults=whereabouts(settings.var))
    except SystemExit as refusal:
        wrong = " ".join(str(refusal).split())
        yield Finding("settings", State.FAILED, wrong, "see .env.example and docs/operations.md")
        return
    with databases(settings) as found:
        yield from examine(Installation(settings, found))


def _show(finding: "Finding") -> None:
    state = typer.style(f"{finding.state:<8}", fg=COLOURS[finding.state], bold=True)
    typer.echo(f"{state}{finding.check:<15}{finding.detail}")
    if finding.mend:
        typer.echo(f"{'':23}→ {finding.mend}")
