"""`aftercare simulate`: be the patient in a terminal."""

import threading
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from aftercare.carrier import Phones


LOOK_EVERY = 0.3
"""Seconds between two looks at the phone."""


def register(app: typer.Typer) -> None:
    app.command("simulate")(simulate)


def simulate(
    phone: Annotated[str, typer.Argument(help="The patient's number; asked for if left out.")] = "",
    carrier: Annotated[
        str, typer.Option(envvar="TWILIO_API_BASE", help="Where the stand-in carrier listens.")
    ] = "http://127.0.0.1:8010",
) -> None:
    """Be the patient: what you type is texted, what the product sends is shown.

    Needs the stand-in carrier (`make demo`, or `aftercare up --carrier`). An empty line or
    Ctrl-D ends it.

    Example:  aftercare simulate +17135550101
    """
    from aftercare.carrier import Phones

    with Phones(carrier) as phones:
        number = phone or _choose(phones)
        over = threading.Event()
        listener = threading.Thread(target=_listen, args=(phones, number, over), daemon=True)
        listener.start()
        _type(phones, number)
        over.set()
        listener.join()


def _choose(phones: "Phones") -> str:
    known = phones.known()
    if not known:
        raise SystemExit("no phone is known to the carrier yet: give a number, as +17135550101")
    for place, (number, label) in enumerate(known, 1):
        typer.echo(f"{place:3}  {number}  {label}")
    place = typer.prompt("Whose phone", type=int, default=1)
    if not 1 <= place <= len(known):
        raise SystemExit(f"there are {len(known)} phones: choose 1 to {len(known)}")
    return str(known[place - 1][0])


def _type(phones: "Phones", number: str) -> None:
    while True:
        try:
            words = input()
        except EOFError:
            return
        if not words.strip():
            return
        phones.text(number, words)


def _listen(phones: "Phones", number: str, over: threading.Event) -> None:
    seen, ending = 0, False
    while not ending:
        ending = over.wait(LOOK_EVERY)
        heard = phones.heard(number)
        for text in heard[seen:]:
            typer.secho(f"  {text}", fg="green")
        seen = len(heard)
