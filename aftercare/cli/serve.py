"""`aftercare web | actions | worker | migrate`: one program each, for `up` and for services."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from aftercare.app import App

HOST = "127.0.0.1"


def register(app: typer.Typer) -> None:
    app.command("web")(web)
    app.command("actions")(actions)
    app.command("worker")(worker)
    app.command("migrate")(migrate)


def web(
    port: Annotated[int, typer.Option(help="Port on which to listen.")] = 8000,
    host: Annotated[str, typer.Option(help="Address; loopback unless a proxy needs more.")] = HOST,
) -> None:
    """Serve the console and the carrier's webhooks.

    Example, behind nginx on the same machine:  aftercare web --port 8000
    """
    from aftercare.web.app import create_app

    app = _built()
    _warm(app)
    _serve(create_app(app), host, port)


def actions(
    port: Annotated[int, typer.Option(help="Port on which to listen.")] = 5055,
) -> None:
    """Serve Rasa's actions and the texts of its responses. Loopback only.

    Example:  aftercare actions --port 5055
    """
    from bot.actions.app import create_app

    app = _built()
    _warm(app)
    _serve(create_app(app.conversations, app.conversations.say), HOST, port)


def worker() -> None:
    """Do the work: screen, page, ask Rasa, send, and what time makes due.

    Several may run, on several machines. One that dies loses nothing.

    Example:  aftercare worker
    """
    import asyncio

    from aftercare.worker import run

    asyncio.run(run(_built()))


def migrate() -> None:
    """Bring the database's tables to this version. Safe to run twice, and by two at once.

    Example:  DATABASE_URL=postgresql://… aftercare migrate
    """
    app = _built()
    app.database.migrate()
    typer.echo(f"The database is at revision {app.database.revision()[0]}.")


def _built() -> "App":
    from aftercare.app import build
    from aftercare.log import set_up

    app = build()
    set_up(app.settings.env)
    return app


def _warm(app: "App") -> None:
    """A pool's first connections cost the first callers a quarter of a second."""
    connections = [app.database.engine.connect() for _ in range(5)]
    for connection in connections:
        connection.close()


def _serve(app: object, host: str, port: int) -> None:
    import uvicorn

    uvicorn.run(app, host=host, port=port, access_log=False, log_config=None)  # type: ignore[arg-type]
