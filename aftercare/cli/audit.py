"""`aftercare audit`: prove that the audit trail is whole."""

import typer

app = typer.Typer(help="The append-only audit trail.")


@app.callback()
def _holds() -> None:
    """Keeps `verify` a command of its own."""


@app.command()
def verify() -> None:
    """Check that every event follows from the one before it. Exit code 1 if one does not.

    Example:  aftercare audit verify
    """
    from sqlalchemy import func, select

    from aftercare.app import build
    from aftercare.audit import broken_link
    from aftercare.models import AuditEvent

    with build().database.begin() as session:
        broken = broken_link(session)
        count = session.scalar(select(func.count()).select_from(AuditEvent))
    if broken is not None:
        typer.secho(f"The chain is broken at event {broken}: it was altered or one before it "
                    "was removed.", fg="red", err=True)  # fmt: skip
        raise typer.Exit(1)
    typer.echo(f"{count} events, each following from the one before.")
