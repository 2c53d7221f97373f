"""Draws one reading for a clinician: the words that matter, and what each decided."""

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from aftercare.levels import Level
from aftercare.protocols import Question, Value
from aftercare.triage import Reading
from aftercare.triage.votes import CALM

_STYLE = {
    Level.EMERGENCY: "bold white on red",
    Level.URGENT: "bold black on yellow",
    Level.ROUTINE: "bold black on cyan",
    Level.NONE: "dim underline",
}

_MEANS = {CALM: "nothing to act on"}
# Less likely meanings say nothing to a person.
LIKELY, MOST = 0.05, 4


def explain(
    text: str, reading: Reading, opinion: Mapping[str, float], asked: Question | None = None
) -> None:
    """Print `text` with its words marked, then the evidence line by line, and what the second
    opinion made of it."""
    console = Console()
    if asked:
        console.print(Text.assemble(("asked  ", "bold"), asked.text), style="dim")
    console.print(_marked(text, reading))
    console.print()
    level = "could not be read: a person will" if reading.unread else str(reading.level)
    console.print(Text.assemble(("level  ", "bold"), (level, _STYLE[reading.level])))
    for name, found in (("needs", reading.needs), ("wants", sorted(reading.wants))):
        if found:
            console.print(Text.assemble((f"{name}  ", "bold"), ", ".join(found)))
    if reading.value is not None:
        unit = f" {reading.unit}" if reading.unit else ""
        console.print(Text.assemble(("answer  ", "bold"), f"{_value(reading.value)}{unit}"))
    if reading.evidence:
        console.print(_table(reading))
    console.print(Text.assemble(("\nsecond opinion  ", "bold"), _opinion(opinion)))


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _opinion(opinion: Mapping[str, float]) -> str:
    likely = [(name, p) for name, p in opinion.items() if p >= LIKELY][:MOST]
    if not likely:
        return "not asked: the words were plain, or too few"
    return ", ".join(f"{_MEANS.get(name, name)} {p:.0%}" for name, p in likely)


def _marked(text: str, reading: Reading) -> Text:
    marked = Text(text)
    for evidence in reversed(reading.evidence):
        start = text.find(evidence.matched) if evidence.matched else -1
        if start >= 0:
            marked.stylize(_STYLE[evidence.level], start, start + len(evidence.matched))
    return marked


def _table(reading: Reading) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("red flag or need", "level", "words", "said by", "because"):
        table.add_column(heading)
    for evidence in reading.evidence:
        table.add_row(
            evidence.concept,
            Text(str(evidence.level), style=_STYLE[evidence.level]),
            Text(evidence.matched),
            evidence.source,
            Text(", ".join(evidence.cues)),
        )
    return table
