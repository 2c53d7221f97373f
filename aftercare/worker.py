"""Does the work: screening, paging, talking to Rasa, sending, and what time makes due."""

import asyncio
import signal
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import structlog
from procrastinate import App as Engine
from procrastinate import JobContext, PsycopgConnector
from procrastinate.manager import JobManager

from aftercare import jobs
from aftercare.app import App
from aftercare.db import psycopg_url
from aftercare.escalations import page
from aftercare.inbound import screen
from aftercare.sweep import reconcile, sweep

log = structlog.get_logger()

# croniter puts the seconds last.
SWEEP_EVERY = "* * * * * */5"
RECONCILE_EVERY = "*/2 * * * *"
STALLED_AFTER = 15
"""Seconds without a heartbeat after which a dead worker's job is done by another."""

PLACES = {"now": 4, "talk": 8, "out": 4, "time": 1}
"""Jobs at once per queue: a slow Rasa or carrier fills its own places only."""

FINISH_WITHIN = 4
"""Seconds that a stopping worker gives its jobs; what is cut off is found by the sweep."""


def engine(app: App, *, keeps_time: bool = False) -> Engine:
    """The work engine with every task of the product; one of them also keeps time."""
    made = Engine(connector=PsycopgConnector(conninfo=psycopg_url(app.database.url)))
    for name, work in _tasks(app).items():
        made.task(name=name, queue=jobs.QUEUES[name])(work)
    if keeps_time:
        _periodic(made, app)
    return made


async def run(app: App) -> None:
    """Work until told to stop (SIGTERM or Ctrl-C); jobs under way are finished first."""
    # An engine each: workers that share one also share its calendar, and spoil each other's.
    workers = [
        asyncio.create_task(_work(engine(app, keeps_time=queue == "time"), queue, places))
        for queue, places in PLACES.items()
    ]
    loop = asyncio.get_running_loop()
    # A thread for every place: with fewer, a slow Rasa's jobs would hold those of the screen.
    loop.set_default_executor(ThreadPoolExecutor(sum(PLACES.values()), "job"))
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, lambda: [worker.cancel() for worker in workers])
    await until_one_fails(workers)


async def until_one_fails(workers: Collection[asyncio.Task[None]]) -> None:
    """Wait for all; when one fails end the others and raise, for the supervisor to see.

    A queue that nobody works on any more must not look like a worker that runs.
    """
    done, _ = await asyncio.wait(workers, return_when=asyncio.FIRST_EXCEPTION)
    for worker in workers:
        worker.cancel()
    await asyncio.gather(*workers, return_exceptions=True)
    for worker in done:
        if not worker.cancelled() and (error := worker.exception()):
            raise error


async def _work(made: Engine, queue: str, places: int) -> None:
    async with made.open_async():
        await made.run_worker_async(
            queues=[queue],
            name=queue,
            concurrency=places,
            install_signal_handlers=False,
            shutdown_graceful_timeout=FINISH_WITHIN,
            # A failed job stays, to be looked at; the rows it worked on tell of the others.
            delete_jobs="successful",
        )


def _tasks(app: App) -> dict[str, Callable[..., None]]:
    def screen_text(message: str, opt_out_type: str) -> None:
        with app.database.begin() as session:
            screen(session, app.clinic, app.clock.now(), UUID(message), opt_out_type)

    def talk(patient: str) -> None:
        app.talk.run(UUID(patient))

    def send(recipient: str) -> None:
        app.delivery().run(recipient)

    def start_check_in(check_in: str) -> None:
        app.talk.begin(UUID(check_in))

    def page_staff(notification: str) -> None:
        page(app.database, app.clock, app.pager, UUID(notification))

    return {
        jobs.SCREEN: screen_text,
        jobs.TALK: talk,
        jobs.SEND: send,
        jobs.START_CHECK_IN: start_check_in,
        jobs.PAGE: page_staff,
    }


def _periodic(made: Engine, app: App) -> None:
    @made.periodic(cron=SWEEP_EVERY)
    @made.task(name="sweep", queue="time", queueing_lock="sweep")
    def swept(timestamp: int) -> None:
        sweep(app.database, app.clinic, app.clock)

    @made.periodic(cron=RECONCILE_EVERY)
    @made.task(name="reconcile", queue="time", queueing_lock="reconcile")
    def reconciled(timestamp: int) -> None:
        if app.twilio:
            reconcile(app.database, app.clinic, app.clock, app.twilio)

    @made.periodic(cron="* * * * * */10")
    @made.task(name="retry_stalled", queue="time", queueing_lock="stalled", pass_context=True)
    async def retry_stalled(context: JobContext, timestamp: int) -> None:
        await again(context.app.job_manager)


async def again(manager: JobManager) -> None:
    """Give the jobs of workers that died to the living; each can be done twice."""
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER):
        log.warning("stalled_job_again", job=job.id, task=job.task_name)
        await manager.retry_job(job)
