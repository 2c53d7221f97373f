"""`aftercare export`: hand records over to another system."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from aftercare.cli import _private

if TYPE_CHECKING:
    from aftercare.app import App
    from aftercare.fhir import Exported, Wanted

app = typer.Typer(help="Hand records over to another system.", no_args_is_help=True)


@app.callback()
def _holds() -> None:
    """Keeps each form a command of its own."""


@app.command()
def fhir(
    patient: Annotated[
        str | None,
        typer.Option(metavar="REF", help="Only this patient: the id in the console, or the MRN."),
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="DATE",
            help="Only patients of whom there is something new since this day (UTC).",
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option(metavar="FOLDER", file_okay=False, help="Made if there is none.")
    ] = Path("fhir-export"),
    json_lines: Annotated[
        bool, typer.Option("--json-lines", help="One file, one Bundle a line.")
    ] = False,
    with_words: Annotated[
        bool, typer.Option("--with-words", help="With what patients and staff wrote.")
    ] = False,
    by: Annotated[
        str | None,
        typer.Option(metavar="EMAIL", help="Whose account the audit trail names."),
    ] = None,
) -> None:
    """Write FHIR R4: one Bundle for each episode, and a Questionnaire for each protocol.

    The same records give the same bytes. Every episode is noted in the audit trail. The
    files name patients: only their owner can read them. See docs/fhir-export.md.

    Example:  aftercare export fhir --since 2026-03-01 --out fhir-export
    """  # fmt: skip
    from aftercare.fhir import Wanted

    with _product() as product:
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
        wanted = Wanted(patient, since.replace(tzinfo=UTC) if since else None)
        episodes, bundles = _chosen(product, wanted, by, words=with_words)
        _questionnaires(product, out, one_file=json_lines)
        write = _write_lines if json_lines else _write_files
        write(_with_bar(bundles, len(episodes)), out)
    print(f"{len(episodes)} episodes in {out}", file=sys.stderr)


def _chosen(
    product: "App", wanted: "Wanted", by: str | None, *, words: bool
) -> tuple[list[Any], Iterable["Exported"]]:
    from aftercare.fhir import episodes_of, export

    with product.database.begin() as session:
        try:
            episodes = episodes_of(session, wanted)
        except LookupError as unknown:
            print(f"aftercare: {unknown}", file=sys.stderr)
            raise typer.Exit(1) from None
        actor = _actor(session, by)
    bundles = export(product.database, product.clinic, product.clock, episodes, actor, words=words)
    return episodes, bundles


def _actor(session: Any, email: str | None) -> str:
    from aftercare import staffing

    if email is None:
        return "system"
    staff = staffing.find(session, email)
    if staff is None:
        raise staffing.Refused(f"there is no account {email}")
    return f"staff:{staff.id}"


def _questionnaires(product: "App", out: Path, *, one_file: bool) -> None:
    from aftercare.fhir import questionnaire_of, to_bytes

    made = {protocol.id: questionnaire_of(protocol) for protocol in product.clinic.protocols}
    if one_file:
        lines = b"".join(to_bytes(row, one_line=True) for row in made.values())
        _private.write(out / "questionnaires.ndjson", lines)
        return
    for protocol, row in made.items():
        _private.write(out / f"questionnaire-{protocol}.json", to_bytes(row))


def _write_files(bundles: Iterable["Exported"], out: Path) -> None:
    from aftercare.fhir import to_bytes

    for exported in bundles:
        _private.write(out / f"episode-{exported.episode}.json", to_bytes(exported.bundle))


def _write_lines(bundles: Iterable["Exported"], out: Path) -> None:
    from aftercare.fhir import to_bytes

    path = out / "episodes.ndjson"
    unfinished = path.with_suffix(".part")
    with _private.opened(unfinished) as file:
        for exported in bundles:
            file.write(to_bytes(exported.bundle, one_line=True))
    unfinished.replace(path)


def _with_bar(bundles: Iterable["Exported"], total: int) -> Iterator["Exported"]:
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    return iter(
        track(bundles, description="Exporting", total=total, console=console,
              transient=True, disable=not console.is_terminal)
    )  # fmt: skip


@contextmanager
def _product() -> Iterator["App"]:
    from aftercare import settings as all_settings
    from aftercare.app import build
    from aftercare.programs import databases

    settings = all_settings.load()
    with databases(settings) as found:
        yield build(settings.model_copy(update={"database_url": found.product}))
