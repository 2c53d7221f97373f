"""`aftercare keys`: make encryption keys, and move what is stored to a new one."""

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from aftercare.app import App

app = typer.Typer(help="Encryption keys: make one, and seal everything again with it.")


@app.command()
def new() -> None:
    """Print a new key.

    Example:  aftercare keys new
    """
    from aftercare.settings import new_key

    typer.echo(new_key())


@app.command()
def rotate() -> None:
    """Seal everything that older keys sealed with the first key of AFTERCARE_KEYS.

    Put the new key first and keep the old ones: AFTERCARE_KEYS=k2:NEW,k1:OLD. When this
    says that nothing is left, the old key can go. Safe to stop and to run again.

    Example:  aftercare keys rotate
    """
    from rich.progress import track

    from aftercare.rotation import rotate as seal_again
    from aftercare.rotation import waiting

    database = _built().database
    total = waiting(database)
    if total == 0:
        typer.echo("Nothing is sealed with an older key.")
        return
    done = 0
    for taken in track(seal_again(database), description="Sealing again", total=total // 200 + 1):
        done += taken
    typer.echo(f"{done} values are sealed with the first key now; {waiting(database)} are not.")


def _built() -> "App":
    from aftercare.app import build

    return build()
