"""Draws one reading for a clinician: the words that matter, and what each decided."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from aftercare.levels import Level
from aftercare.triage import Reading

_STYLE = {
    Level.EMERGENCY: "bold white on red",
    Level.URGENT: "bold black on yellow",
    Level.ROUTINE: "bold black on cyan",
    Level.NONE: "dim underline",
}


def explain(text: str, reading: Reading) -> None:
    """Print `text` with its words marked, then the evidence line by line."""
    console = Console()
    console.print(_marked(text, reading))
    console.print()
    level = "could not be read: a person will" if reading.unread else str(reading.level)
    console.print(Text.assemble(("level  ", "bold"), (level, _STYLE[reading.level])))
    for name, found in (("needs", reading.needs), ("wants", sorted(reading.wants))):
        if found:
            console.print(Text.assemble((f"{name}  ", "bold"), ", ".join(found)))
    if reading.evidence:
        console.print(_table(reading))


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
