"""`aftercare demo`: the whole product on one machine, with invented patients."""

import signal
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    app.command("demo")(demo)


def demo(
    scripted: Annotated[
        bool, typer.Option("--scripted", help="Play a clinic's day, print it, and end.")
    ] = False,
    port: Annotated[int, typer.Option(help="Port of the console.")] = 8000,
) -> None:
    """Start everything with invented patients, and their phones in the browser.

    Its clock can be moved on the phones' page. With --scripted a day is played without a
    browser; exit code 0 only if everything that should happen was seen.

    Example:  aftercare demo --scripted
    """
    from aftercare.cli._demo import play, stage

    try:
        if scripted:
            raise typer.Exit(play.run())
        stage.run(port)
    except KeyboardInterrupt:
        raise typer.Exit(128 + signal.SIGINT) from None
