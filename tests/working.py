"""The product's real work engine, which does a job when a clinic's day says so."""

import asyncio
import threading
from collections.abc import Awaitable
from typing import Any

from sqlalchemy import text as sql

from aftercare.app import App
from aftercare.worker import engine

QUEUES = ["now", "talk", "out"]
"""Time is the test's own: `passes` does what the engine's clock would."""


class Working:
    """The work engine of one day, kept open on a thread of its own while the day lasts."""

    def __init__(self, app: App) -> None:
        self._engine = engine(app)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._run(self._engine.open_async())

    def work(self) -> None:
        """Do the jobs there are."""
        self._run(
            self._engine.run_worker_async(
                queues=QUEUES,
                wait=False,
                concurrency=4,
                install_signal_handlers=False,
                listen_notify=False,
            )
        )

    def close(self) -> None:
        self._run(self._engine.close_async())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Awaitable[Any]) -> None:
        async def done() -> None:
            await work

        asyncio.run_coroutine_threadsafe(done(), self._loop).result()


def jobs_waiting(app: App) -> int:
    with app.database.begin() as session:
        return session.scalar(  # type: ignore[no-any-return]
            sql(
                "SELECT count(*) FROM procrastinate_jobs"
                " WHERE status = 'todo' AND queue_name = ANY(:queues)"
            ),
            {"queues": QUEUES},
        )
