"""`aftercare triage`: read one text and say why, or measure the reading on labelled texts."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aftercare.protocols import Question
    from aftercare.triage import Reader
    from aftercare.triage.evaluation import Figures, Outcome, Understand

app = typer.Typer(no_args_is_help=True, help="Read a text as triage does, or measure it.")

# A table in a file or a log is not squeezed into a terminal's eighty columns.
WIDE = 120
# So many rows take seconds: somebody waits for them.
LONG = 500

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]


@app.command()
def read(
    text: Annotated[str, typer.Argument(help="What the patient wrote.")],
    locale: Annotated[str, typer.Option(help="The patient's language, like es.")] = "en",
    question: Annotated[
        str, typer.Option(help="The question it answers, like weight or heart_failure.weight.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Say what is read in a text, which words say so, and what the cues decided.

    What a short answer means depends on its question:

        aftercare triage read "no" --question medicines_got
    """
    from aftercare.triage.evaluation import reading_json

    reader, asked = _reader(), _asked(question) if question else None
    reading = reader.read(text, locale, asked)
    opinion = reader.opinion(text, locale, asked)
    if as_json:
        likely = {name: round(p, 4) for name, p in opinion.items()}
        told = {**reading_json(reading), "second_opinion": likely}
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        from aftercare.cli._reading import explain

        explain(text, reading, opinion, asked)


@app.command()
def evaluate(
    file: Annotated[Path, typer.Argument(help="Rows in JSONL: id, lang, text, level, question.")],
    screen_only: Annotated[
        bool, typer.Option("--screen-only", help="Do not ask Rasa for its vote.")
    ] = False,
    as_json: AsJson = False,
    rasa: Annotated[
        str, typer.Option(envvar="RASA_URL", help="Where Rasa answers /model/parse.")
    ] = "http://127.0.0.1:5005",
) -> None:
    """Measure the reading on labelled texts: figures per language, and every miss."""
    from aftercare.cli._progress import watched
    from aftercare.triage.evaluation import RowError, evaluate, load_rows

    try:
        rows = load_rows(file)
    except (OSError, RowError) as error:
        raise typer.BadParameter(f"{file}: {error}") from error
    understand = None if screen_only else _classifier(rasa)
    shown = watched(rows, "Reading", len(rows)) if len(rows) >= LONG else rows
    outcomes = evaluate(_reader(), shown, understand)
    if as_json:
        _print_json(outcomes, understand is not None)
    else:
        _print_table(outcomes)


@app.command()
def learn(
    calm: Annotated[
        list[Path] | None,
        typer.Option(help="A file of everyday texts, one a line: none of them is a red flag."),
    ] = None,
) -> None:
    """Learn the screen's second opinion anew, from rows and examples (a quarter of an hour)."""
    from aftercare.cli._progress import watched
    from aftercare.settings import ROOT
    from aftercare.triage.lessons import learn as learned_from
    from aftercare.triage.lessons import lessons, shares

    texts = [line for file in calm or () for line in file.read_text("utf-8").splitlines()]
    found = lessons(ROOT, _reader(second_opinion=False), texts)
    taught = list(watched(found, "Reading rows and examples"))
    for label, count in sorted(shares(taught).items(), key=lambda row: -row[1]):
        typer.echo(f"{count:7d}  {label}")
    meaning = learned_from(taught, watched)
    typer.echo(f"Written: {meaning.save(ROOT / 'content' / 'red_flags')}")


def _asked(name: str) -> "Question":
    """The protocols' question by its id, with its protocol's where several share it."""
    from aftercare.protocols import ProtocolLibrary
    from aftercare.settings import ROOT

    protocols = ProtocolLibrary.load(ROOT / "content")
    known = {f"{p.id}.{q.id}": q for p in protocols for q in p.questions}
    found = {key: q for key, q in known.items() if name in (key, q.id)}
    if len(set(map(repr, found.values()))) == 1:
        return next(iter(found.values()))
    problem = "is asked differently in several protocols" if found else "is no question"
    raise typer.BadParameter(
        f"{name} {problem}. Say one of: {', '.join(sorted(found or known))}",
        param_hint="--question",
    )


def _reader(second_opinion: bool = True) -> "Reader":
    from aftercare.settings import ROOT
    from aftercare.triage import Reader

    return Reader.load(ROOT / "content", second_opinion)


def _classifier(url: str) -> "Understand | None":
    """Rasa's classifier; None, saying so, when it does not answer."""
    import httpx

    from aftercare.triage import Understanding

    client = httpx.Client(base_url=url, timeout=10)

    def understand(text: str) -> Understanding:
        said = client.post("/model/parse", json={"text": text}).raise_for_status().json()
        ranking = {str(i["name"]): float(i["confidence"]) for i in said["intent_ranking"]}
        intent = said["intent"]
        return Understanding(str(intent["name"]), float(intent["confidence"]), ranking)

    try:
        understand("hello")
    except (httpx.HTTPError, KeyError, TypeError, ValueError):
        typer.echo(f"Rasa does not answer /model/parse at {url}: its vote is missing.", err=True)
        return None
    return understand


def _print_json(outcomes: "Sequence[Outcome]", with_rasa: bool) -> None:
    from aftercare.triage.evaluation import as_json, figures

    found = {lang: asdict(each) for lang, each in figures(outcomes).items()}
    rows = [as_json(outcome) for outcome in outcomes]
    result = {"rasa": with_rasa, "figures": found, "rows": rows}
    typer.echo(json.dumps(result, indent=1, ensure_ascii=False))


def _print_table(outcomes: "Sequence[Outcome]") -> None:
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table

    from aftercare.triage.evaluation import figures, misses

    console = Console(width=None if sys.stdout.isatty() else WIDE)
    table = Table(title="How the texts were read", title_justify="left", box=SIMPLE, padding=(0, 1))
    for heading in _COLUMNS:
        table.add_column(heading, justify="left" if heading == "language" else "right")
    for lang, found in figures(outcomes).items():
        table.add_row(lang, *_cells(found))
    console.print(table)
    wrong = list(misses(outcomes))
    if wrong:
        console.print(f"\n[bold]{len(wrong)} texts read otherwise than labelled[/bold]")
    for outcome in wrong:
        row, reading = outcome.row, outcome.reading
        got = "unread" if reading.unread else str(reading.level)
        console.print(f"\n[bold]{row.level}[/bold] read as [bold]{got}[/bold]  {row.id}")
        console.print(f"  {row.text}", markup=False)
        if row.question:
            console.print(f"  asked: {row.question.text}", markup=False, style="dim")
        console.print(f"  {outcome.why()}", markup=False, style="dim")


_COLUMNS = (
    *("language", "rows", "emergencies", "caught", "exactly", "urgent", "caught"),
    *("routine", "noticed", "calm", "→emerg.", "→urgent", "review", "ms"),
)


def _cells(found: "Figures") -> tuple[str, ...]:
    return (
        str(found.rows),
        str(found.emergencies),
        _percent(found.caught),
        _percent(found.exact_emergency),
        str(found.urgents),
        _percent(found.caught_urgent),
        str(found.routine),
        _percent(found.noticed_routine),
        str(found.calm),
        _percent(found.raised_to_emergency),
        _percent(found.raised_to_urgent),
        _percent(found.sent_to_review),
        f"{found.ms:.2f}",
    )


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"
