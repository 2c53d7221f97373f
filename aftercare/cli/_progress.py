"""Long work, shown while it goes on: a bar on a terminal, a line in a log."""

import sys
from collections.abc import Iterable, Iterator

import typer


def watched[T](items: Iterable[T], what: str, total: float | None = None) -> Iterator[T]:
    """The same items; on standard error stands `what` is done, and how far it has come.

    Where `total` is not known, the bar only shows that work goes on.
    """
    if not sys.stderr.isatty():
        typer.echo(f"{what} ...", err=True)
        yield from items
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as bar:
        yield from bar.track(items, total=total, description=what)
