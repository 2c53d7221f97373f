"""What every test of the product stands on: a real database, a real carrier line, a clock."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import psycopg
import pytest
from fastapi import FastAPI

from aftercare import crypto
from aftercare.app import App
from aftercare.app import clinic as read_clinic
from aftercare.clinic import Clinic
from aftercare.clock import SetClock
from aftercare.db import Database, psycopg_url
from aftercare.postgres import Embedded
from aftercare.settings import Settings, load, new_key
from bot.actions.app import create_app
from tests.carrier_line import Line, line
from tests.contract.recorded import RecordedRasa
from tests.harness import Day

pytest_plugins = ["tests.contract.plugin"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--regen", action="store_true", help="write what is heard in tests/conversations again"
    )


TUESDAY_MORNING = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
"""11:00 in New York, 8:00 in Los Angeles."""

_numbers = count(1)


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return load(
        {
            "AFTERCARE_ENV": "test",
            "AFTERCARE_VAR": str(tmp_path_factory.mktemp("var")),
            "AFTERCARE_KEYS": f"k1:{new_key()}",
            "AFTERCARE_LOOKUP_KEY": new_key(),
            "AFTERCARE_HOSPITAL": "Mercy",
            "AFTERCARE_NURSE_LINE": "800-555-0100",
            "TWILIO_FROM": "+15005550006",
        }
    )


@pytest.fixture(scope="session")
def postgres() -> Iterator[Embedded]:
    """A server of the tests' own, without the safety that a test does not need."""
    # Not in pytest's folder: another run as root closes that to the server's own user.
    with tempfile.TemporaryDirectory(prefix="aftercare-tests-") as folder:
        Path(folder).chmod(0o755)
        server = Embedded.start(Path(folder) / "data", durable=False)
        yield server
        server.stop()


@pytest.fixture(scope="session")
def template(postgres: Embedded) -> str:
    """A migrated database that every test's own is a copy of."""
    postgres.create("template")
    migrated = Database(postgres.url("template"))
    migrated.migrate()
    migrated.close()
    return "template"


@pytest.fixture
def database(postgres: Embedded, template: str, settings: Settings) -> Iterator[Database]:
    crypto.use(crypto.key_ring(settings))
    name = f"test_{next(_numbers)}"
    with psycopg.connect(psycopg_url(postgres.url("postgres")), autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    opened = Database(postgres.url(name))
    yield opened
    opened.close()
    with psycopg.connect(psycopg_url(postgres.url("postgres")), autocommit=True) as server:
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def clock() -> SetClock:
    return SetClock(TUESDAY_MORNING)


@pytest.fixture(scope="session")
def clinic(settings: Settings) -> Clinic:
    return read_clinic(settings)


@pytest.fixture(scope="session")
def phone_line(settings: Settings) -> Iterator[Line]:
    """The stand-in carrier and the product's webhooks, both really listening."""
    with ExitStack() as stack:
        yield stack.enter_context(line(settings))


@pytest.fixture
def day(
    settings: Settings,
    database: Database,
    clinic: Clinic,
    clock: SetClock,
    phone_line: Line,
    recorded: Callable[[FastAPI], RecordedRasa],
) -> Iterator[Day]:
    """A clinic's day, with the Rasa whose answers were recorded."""

    def rasa(app: App) -> RecordedRasa:
        conversations = app.conversations
        return recorded(create_app(conversations, conversations.say))

    with Day.begin(settings, database, clinic, clock, phone_line, rasa) as begun:
        yield begun
