"""`aftercare content`: check, add, read and preview what patients are told."""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aftercare.previewing import Bubble
    from aftercare.proofreading import Finding

app = typer.Typer(no_args_is_help=True, help="Check, add, read and preview what patients are told.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]
Root = Annotated[
    Path | None,
    typer.Option("--root", help="Folder that holds content/ and locales/; this installation's."),
]


@app.command()
def check(
    as_json: AsJson = False,
    production: Annotated[
        bool, typer.Option("--production", help="Unapproved critical text is an error.")
    ] = False,
    environment: Annotated[str, typer.Option(envvar="AFTERCARE_ENV", hidden=True)] = "",
    root: Root = None,
) -> None:
    """Name file, line and mend of all that is wrong with the content; exit 1 on an error."""
    from aftercare.proofreading import Severity, proofread

    found = proofread(_root(root), production=production or environment == "production")
    failed = any(finding.severity is Severity.ERROR for finding in found)
    if as_json:
        rows = [vars(finding) for finding in found]
        typer.echo(json.dumps({"ok": not failed, "findings": rows}, indent=2, ensure_ascii=False))
    else:
        for finding in found:
            typer.echo(str(finding))
        typer.echo(_summary(found))
    raise typer.Exit(1 if failed else 0)


@app.command()
def new(
    module: Annotated[str, typer.Argument(help="The folder's name, like foot_care.")],
    topic: Annotated[str, typer.Option(help="What it teaches, in a few words.")] = "",
    root: Root = None,
) -> None:
    """Start an education module: its folder, with one file per language to fill in."""
    from aftercare.scaffolding import start_module

    topic = topic or module.replace("_", " ").capitalize()
    try:
        files = start_module(_root(root), module, topic)
    except FileExistsError as taken:
        raise typer.BadParameter(f"there is a module {module} already") from taken
    except ValueError as wrong:
        raise typer.BadParameter(str(wrong)) from wrong
    for file in files:
        typer.echo(str(file))
    typer.echo("Write the texts, then: aftercare content check")


@app.command()
def preview(
    name: Annotated[str, typer.Argument(help="A module, a message or a question.")],
    locale: Annotated[str, typer.Argument(help="A language, like es.")],
    as_json: AsJson = False,
    root: Root = None,
) -> None:
    """Show a text as the phone shows it, with its segments and what it costs."""
    from aftercare.previewing import bubbles

    try:
        shown = bubbles(_root(root), name, locale)
    except KeyError as unknown:
        raise typer.BadParameter(f"there is no module, message or question {unknown}") from unknown
    if as_json:
        typer.echo(json.dumps([each.row() for each in shown], indent=2, ensure_ascii=False))
    else:
        _draw(shown, locale)


@app.command()
def review(
    locale: Annotated[str, typer.Argument(help="The language that was read, like es.")],
    by: Annotated[str, typer.Option(help="Who read it.")],
    ids: Annotated[
        list[str] | None, typer.Argument(help="Messages, questions, modules; all when none.")
    ] = None,
    credential: Annotated[str, typer.Option(help="With what right, like CHI-Spanish.")] = "",
    state: Annotated[str, typer.Option(help="translated, or approved by the clinic.")] = "approved",
    root: Root = None,
) -> None:
    """Record that a person read these texts as they stand now; a later change voids it."""
    from aftercare.review import State
    from aftercare.reviewing import Reader
    from aftercare.reviewing import review as record

    if state == State.APPROVED and not credential:
        raise typer.BadParameter("an approval needs --credential")
    try:
        reader = Reader(by, credential, State(state))
        done = record(_root(root), locale, ids or (), reader, datetime.now(UTC).date())
    except KeyError as unknown:
        raise typer.BadParameter(f"there is no text {unknown}") from unknown
    except ValueError as wrong:
        raise typer.BadParameter(str(wrong)) from wrong
    typer.echo(f"{len(done)} texts in {locale} are {state} by {by}.")


def _root(given: Path | None) -> Path:
    from aftercare.settings import ROOT

    return (given or ROOT).resolve()


def _summary(found: "Sequence[Finding]") -> str:
    counted = Counter(str(finding.severity) for finding in found)
    if not found:
        return "Everything is in order."
    return f"{counted['error']} errors, {counted['warning']} warnings."


def _draw(shown: "Sequence[Bubble]", locale: str) -> None:
    from rich.console import Console
    from rich.padding import Padding
    from rich.panel import Panel
    from rich.text import Text

    console = Console()
    for bubble in shown:
        words = Text(bubble.text, style="on grey15")
        console.print(Panel(words, width=44, padding=(0, 1), style="on grey15"))
        console.print(Padding(Text(bubble.caption(), style="dim"), (0, 0, 1, 1)))
    if shown[0].locale != locale:
        console.print(f"[yellow]Not written in {locale}: this is {shown[0].locale}.[/yellow]")
    segments = sum(bubble.segments for bubble in shown)
    cost = sum(bubble.cost for bubble in shown)
    console.print(f"{len(shown)} texts in {locale}: {segments} segments, ${cost:.4f} to send.")
