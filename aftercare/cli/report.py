"""`aftercare report`: what a clinic asks of its own work."""

import json
from typing import Annotated

import typer

app = typer.Typer(help="Reports: how many, how fast, how often for nothing.")


@app.callback()
def _holds() -> None:
    """Keeps each report a command of its own."""


@app.command()
def escalations(
    days: Annotated[int, typer.Option(help="How many days back.", min=1)] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Escalations by level: opened, how fast acknowledged and reached, late, worth acting on.

    Example:  aftercare report escalations --days 7
    """
    from dataclasses import asdict
    from datetime import timedelta

    from aftercare import reports
    from aftercare.app import build

    app_ = build()
    now = app_.clock.now()
    with app_.database.begin() as session:
        rows = reports.escalations(session, now - timedelta(days=days), now)
        asked = reports.check_ins(session, now - timedelta(days=days))
    if as_json:
        typer.echo(json.dumps({"escalations": [asdict(r) for r in rows],
                               "check_ins": asdict(asked)}, indent=2))  # fmt: skip
        return
    _table(rows, asked, days)


def _table(rows: list, asked: object, days: int) -> None:  # type: ignore[type-arg]
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"Escalations of the last {days} days")
    for name in ("level", "opened", "acknowledged", "reached", "late", "closed", "actionable"):
        table.add_column(name, justify="left" if name == "level" else "right")
    for row in rows:
        table.add_row(
            row.level, str(row.opened), _minutes(row.acknowledged_after),
            _minutes(row.reached_after), str(row.late), str(row.closed),
            "–" if row.actionable is None else f"{row.actionable:.0%}",
        )  # fmt: skip
    console = Console()
    console.print(table)
    console.print(
        f"Check-ins begun {asked.begun}: completed {asked.completed}, "  # type: ignore[attr-defined]
        f"interrupted {asked.interrupted}, silent {asked.silent}"  # type: ignore[attr-defined]
    )


def _minutes(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f} min"
