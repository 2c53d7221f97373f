"""The worker: it does what is due, stops when told, and takes over from one that died."""

import asyncio
import io
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator

import pytest
import structlog
from procrastinate import App as Engine
from sqlalchemy import text

from aftercare import log, worker
from tests.harness import Day

SECONDS = 20.0


def test_a_running_worker_answers_and_stops_when_told(day: Day) -> None:
    ada = day.patient()

    async def scenario() -> None:
        async with Working(day) as working:
            ada.writes("my chest hurts")
            await working.until(lambda: ada.heard != [])
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.wait_for(working.task, worker.FINISH_WITHIN + 2)

    asyncio.run(scenario())
    ada.hears("Call 911 now")


def test_a_worker_finishes_the_text_it_is_at_before_it_stops(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = day.patient()
    stuck = Stuck(day, monkeypatch)

    async def scenario() -> None:
        async with Working(day) as working:
            ada.writes("thanks")
            await working.until(lambda: stuck.waiting == 1)
            working.task.cancel()
            stuck.release()
            await asyncio.gather(working.task, return_exceptions=True)

    asyncio.run(scenario())
    day.work()
    ada.hears("You are welcome")


def test_a_slow_rasa_holds_up_no_red_flag(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    chatty = [day.patient(f"P{n}") for n in range(worker.PLACES["talk"])]
    ada = day.patient()
    stuck = Stuck(day, monkeypatch)

    async def scenario() -> None:
        async with Working(day) as working:
            for phone in chatty:
                phone.writes("thanks")
            await working.until(lambda: stuck.waiting == len(chatty))
            ada.writes("my chest hurts")
            await working.until(lambda: ada.heard != [])
            stuck.release()

    asyncio.run(scenario())
    ada.hears("Call 911 now")


def test_a_dead_workers_jobs_are_done_by_the_living(day: Day) -> None:
    ada = day.patient()
    ada.writes("my chest hurts")

    async def scenario() -> None:
        engine = worker.engine(day.app)
        async with engine.open_async():
            await taken_by_one_that_died(engine, day)
            await worker.again(engine.job_manager)

    asyncio.run(scenario())
    day.work()
    ada.hears("Call 911 now")


def test_a_living_workers_job_is_left_to_it(day: Day) -> None:
    ada = day.patient()
    ada.writes("my chest hurts")

    async def scenario() -> None:
        engine = worker.engine(day.app)
        async with engine.open_async():
            manager = engine.job_manager
            await manager.fetch_job(queues=["now"], worker_id=await manager.register_worker())
            await worker.again(manager)

    asyncio.run(scenario())
    day.work()
    ada.hears_nothing()


def test_work_that_is_done_leaves_no_job_behind(day: Day) -> None:
    ada = day.patient()

    async def scenario() -> None:
        async with Working(day) as working:
            ada.writes("my chest hurts")
            await working.until(lambda: ada.heard != [] and jobs(day) == 0)

    asyncio.run(scenario())


# What a whole day writes to the log


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    written = io.StringIO()
    root = logging.getLogger()
    before = root.handlers[:], root.level
    log.set_up("production", written)
    yield written
    structlog.reset_defaults()
    root.handlers[:], root.level = before


def test_the_log_of_a_day_holds_no_number_no_name_and_no_words(
    day: Day, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = day.patient("Wilhelmina")
    day.check_in(ada)
    ada.texts("no").texts("yes").texts("182 lbs")
    day.rasa.down = True
    ada.texts("i need a ride")
    day.passes(minutes=2)
    day.rasa.down = False
    day.line.phones.plan("error", to=ada.number)
    day.line.phones.plan("undelivered", code=30003, to=ada.number)
    ada.texts("my chest hurts")
    day.passes(minutes=6)
    day.stranger().texts("I can't breathe")
    with monkeypatch.context() as broken:
        broken.setattr(type(day.app.conversations), "hear", fails_with_words)
        day.patient("Bob").texts("thanks")
    written = lines.getvalue()
    assert "text_waits" in written  # it did log
    # Whole pieces: an id or a time may hold any three digits by chance.
    private = [ada.number, ada.number[2:], "Wilhelmina", "chest", "182 lbs", "a ride", "breathe"]
    assert [words for words in private if words in written] == []


def fails_with_words(*_: object) -> None:
    raise ValueError("my chest hurts 182")


class Working:
    """A worker at work while a test looks on."""

    def __init__(self, day: Day) -> None:
        self._app = day.app

    async def __aenter__(self) -> "Working":
        self.task = asyncio.create_task(worker.run(self._app))
        return self

    async def __aexit__(self, *_: object) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)

    async def until(self, so: Callable[[], bool]) -> None:
        async with asyncio.timeout(SECONDS):
            while not await asyncio.to_thread(so):
                if self.task.done():
                    await self.task
                await asyncio.sleep(0.05)


class Stuck:
    """A Rasa that takes every text and answers none until it is released."""

    def __init__(self, day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
        self.waiting = 0
        self._gate = threading.Event()
        answer = day.rasa.dialogue.ask

        def ask(conversation: str, words: str, message_id: str) -> list[str]:
            self.waiting += 1
            assert self._gate.wait(SECONDS)
            return answer(conversation, words, message_id)

        monkeypatch.setattr(day.rasa.dialogue, "ask", ask)

    def release(self) -> None:
        self._gate.set()


async def taken_by_one_that_died(engine: Engine, day: Day) -> None:
    manager = engine.job_manager
    job = await manager.fetch_job(queues=["now"], worker_id=await manager.register_worker())
    assert job
    with day.app.database.begin() as session:
        session.execute(
            text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
        )


def jobs(day: Day) -> int:
    with day.app.database.begin() as session:
        ours = "task_name NOT IN ('sweep', 'reconcile', 'retry_stalled')"
        return session.scalar(text(f"SELECT count(*) FROM procrastinate_jobs WHERE {ours}")) or 0


def test_a_queue_that_breaks_ends_the_worker_and_says_why() -> None:
    async def breaks() -> None:
        raise ConnectionError("the database went away")

    async def works_on() -> None:
        await asyncio.Event().wait()

    async def both() -> None:
        tasks = [asyncio.create_task(works_on()), asyncio.create_task(breaks())]
        await asyncio.wait_for(worker.until_one_fails(tasks), timeout=5)

    with pytest.raises(ConnectionError, match="went away"):
        asyncio.run(both())
