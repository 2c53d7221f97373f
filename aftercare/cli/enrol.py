"""`aftercare enrol`: discharges from files, one line for each."""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from aftercare.app import App
    from aftercare.enrolment import Outcome
    from aftercare.feeds import Feed

LONG = 50
"""Records from which on a bar shows how far a file is."""


def register(app: typer.Typer) -> None:
    app.command("enrol")(enrol)


def enrol(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", exists=True, dir_okay=False)],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would happen, and change nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per record.")] = False,
) -> None:
    """Enrol discharged patients from CSV files; one line per record.

    The same file again changes nothing. A record that cannot be taken is refused with its
    line and column; the others are enrolled. Exit code 1 if any was refused.

    Example:  aftercare enrol discharges.csv --dry-run
    """
    totals: Counter[str] = Counter()
    with _app() as app:
        for file in files:
            totals += _file(app, file, dry_run=dry_run, as_json=as_json)
    _tell(_summary(totals, dry_run=dry_run))
    if totals["refused"]:
        raise typer.Exit(1)


def _file(app: "App", file: Path, *, dry_run: bool, as_json: bool) -> Counter[str]:
    from aftercare.enrolment import NobodyHere, Outcome, enrol_all
    from aftercare.enrolment.outcome import Problem
    from aftercare.feeds import NotReadable, read

    try:
        feed = read(file.read_bytes())
    except NotReadable as error:
        _print(Outcome("refused", 0, problems=(Problem("", str(error)),)), file, as_json=as_json)
        return Counter(refused=1)
    for warning in feed.warnings:
        _tell(f"{file.name}: {warning}")
    totals: Counter[str] = Counter()
    outcomes = enrol_all(
        app.database, app.clinic, app.clock, feed.records, feed.kind, dry_run=dry_run
    )
    try:
        for outcome in _with_bar(outcomes, feed, file):
            _print(outcome, file, as_json=as_json)
            totals[outcome.status] += 1
    except NobodyHere as error:
        _tell(f"aftercare: {error}")
        raise typer.Exit(1) from None
    return totals


def _print(outcome: "Outcome", file: Path, *, as_json: bool) -> None:
    print(_object(outcome, file) if as_json else _line(outcome, file), flush=True)


def _line(outcome: "Outcome", file: Path) -> str:
    """`enrolled   discharges.csv:2  3fa9c1d2  heart_failure, 7 check-ins`."""
    where = f"{file.name}:{outcome.line}" if outcome.line else file.name
    told = [outcome.reason] if outcome.reason else []
    if outcome.protocol:
        told.append(f"{outcome.protocol}, {outcome.check_ins} check-ins to come")
    told += [*map(str, outcome.problems), *outcome.notes]
    return f"{outcome.status:<9}  {where}  {outcome.ref or '-':<8}  {'; '.join(told)}"


def _object(outcome: "Outcome", file: Path) -> str:
    row: dict[str, object] = {
        "file": file.name,
        "line": outcome.line,
        "status": outcome.status,
        "ref": outcome.ref,
        "reason": outcome.reason,
        "problems": [{"column": p.column, "mend": p.mend} for p in outcome.problems],
        "notes": list(outcome.notes),
        "protocol": outcome.protocol,
        "check_ins": outcome.check_ins,
    }
    return json.dumps(row, ensure_ascii=False)


def _summary(totals: Counter[str], *, dry_run: bool) -> str:
    parts = [f"{count} {status}" for status, count in sorted(totals.items())]
    tried = " (a trial: nothing was changed)" if dry_run else ""
    return f"{totals.total()} records: {', '.join(parts)}{tried}" if parts else "no records"


def _with_bar(outcomes: Iterable["Outcome"], feed: "Feed", file: Path) -> Iterator["Outcome"]:
    if len(feed.records) < LONG or not sys.stderr.isatty():
        yield from outcomes
        return
    from rich.console import Console
    from rich.progress import Progress

    # On a terminal the lines pass above the bar; in a pipe they stay out of its way.
    with Progress(
        console=Console(stderr=True), transient=True, redirect_stdout=sys.stdout.isatty()
    ) as bar:
        yield from bar.track(outcomes, total=len(feed.records), description=file.name)


@contextmanager
def _app() -> Iterator["App"]:
    from aftercare import settings as all_settings
    from aftercare.app import build
    from aftercare.programs import databases

    settings = all_settings.load()
    with databases(settings) as found:
        yield build(settings.model_copy(update={"database_url": found.product}))


def _tell(line: str) -> None:
    # The records' lines are for pipes; what is about the run goes beside them.
    print(line, file=sys.stderr)
