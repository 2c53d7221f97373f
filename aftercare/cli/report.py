"""`aftercare report`: what a clinic asks of its own work."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aftercare.misreadings import Misread

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


@app.command()
def misread(
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", dir_okay=False, help="Write the texts there, one row a line."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """The texts that case managers marked as read wrong, for the next training.

    The words stand in FILE alone, which only its owner can read; `aftercare triage evaluate`
    takes it. A text of which nobody said what would be right, or whose words were erased, is
    listed but not written. Noted in the audit trail, by ids. See docs/console.md.

    Example:  aftercare report misread --out misread.jsonl
    """
    from aftercare import audit, misreadings
    from aftercare.app import build

    app_ = build()
    with app_.database.begin() as session:
        found = misreadings.misread(session, app_.clinic)
        audit.record(session, app_.clock.now(), "system", "misread.reported", "misreadings",
                     messages=[str(one.id) for one in found], words=out is not None)  # fmt: skip
    rows = [one.row() for one in found if one.teaches]
    if out:
        _write(out, rows)
    if as_json:
        typer.echo(json.dumps([_without_words(one) for one in found], indent=2))
    else:
        _misread_table(found)
    if out:
        typer.echo(f"{len(rows)} of {len(found)} texts in {out}", err=True)


def _write(out: Path, rows: list[dict[str, object]]) -> None:
    from aftercare.cli._private import write

    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    try:
        write(out, lines.encode())
    except OSError as error:
        raise typer.BadParameter(f"{out}: {error.strerror}") from error


def _without_words(one: "Misread") -> dict[str, object]:
    return {
        "id": str(one.id),
        "at": one.at.isoformat(),
        "lang": one.lang,
        "read_as": one.read_as,
        "level": one.level,
        "category": one.category,
        "concepts": list(one.read.get("concepts") or ()),
        "question": one.question.id if one.question else None,
        "erased": one.text is None,
    }


def _misread_table(found: "Sequence[Misread]") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"Texts that were read wrong: {len(found)}")
    for name in ("marked", "language", "read as", "should be", "asked", "message"):
        table.add_column(name, overflow="fold")
    for one in found:
        should = str(one.level) if one.level else "not said yet"
        asked = one.question.id if one.question else "–"
        table.add_row(f"{one.at:%Y-%m-%d}", one.lang, str(one.read_as),
                      f"{should} (words erased)" if one.text is None else should,
                      asked, str(one.id))  # fmt: skip
    Console().print(table)


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
