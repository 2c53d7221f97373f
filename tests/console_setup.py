"""The seeded clinic behind the real web application, for the console's tests."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count

import httpx
import psycopg
import pytest
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import select

from aftercare import crypto
from aftercare.app import App
from aftercare.clinic import Clinic
from aftercare.clock import Clock, SetClock
from aftercare.db import Database, psycopg_url
from aftercare.dialogue import Rasa
from aftercare.models import AuditEvent, Escalation, Staff
from aftercare.notify import ApprisePager
from aftercare.postgres import Embedded
from aftercare.settings import Settings
from aftercare.web import sessions
from aftercare.web.app import create_app
from aftercare.web.here import COOKIE
from tests.clinic_seed import KIM, NOW, PASSWORD, Seeded, seed

SEEDED = "seeded_clinic"

_numbers = count(1)


@dataclass
class Desk:
    """One browser at the console, and the clinic behind it."""

    app: App
    clock: SetClock
    seeded: Seeded
    browser: TestClient

    def log_in(self, email: str = KIM, password: str = PASSWORD) -> Response:
        page = self.browser.get("/login")
        form = {"csrf": token(page), "email": email, "password": password}
        return self.browser.post("/login", data=form)

    def sits_down(self, first_name: str) -> None:
        """Log in without the password, whose slow hash a test about something else can spare."""
        with self.app.database.begin() as session:
            staff = session.get_one(Staff, self.seeded.staff[first_name].id)
            idle = timedelta(minutes=self.app.settings.session_minutes)
            secret = sessions.begin(session, self.clock.now(), staff, idle)
        self.browser.cookies.set(COOKIE, secret)

    def sees(self, path: str = "/") -> str:
        """The page at `path`, without tags' noise: what a test reads."""
        page = self.browser.get(path)
        assert page.status_code == 200, page.text
        return page.text

    def opens(self, first_name: str) -> str:
        return self.sees(f"/patients/{self.seeded.id(first_name)}")

    def posts(self, path: str, **fields: str) -> Response:
        """Send a form of the console, with the token its pages carry."""
        csrf = token(self.browser.get("/strangers"))
        return self.browser.post(path, data={"csrf": csrf, **fields})

    def does(self, first_name: str, deed: str, **fields: str) -> Response:
        return self.posts(f"/escalations/{self.seeded.escalations[first_name].id}/{deed}", **fields)

    def colleague(self, first_name: str) -> "Desk":
        """Another browser at the same console."""
        other = replace(self, browser=TestClient(self.browser.app))
        other.sits_down(first_name)
        return other

    def escalation(self, first_name: str) -> Escalation:
        with self.app.database.begin() as session:
            return session.get_one(Escalation, self.seeded.escalations[first_name].id)

    def audited(self, action: str) -> list[AuditEvent]:
        with self.app.database.begin() as session:
            events = session.scalars(select(AuditEvent).where(AuditEvent.action == action))
            return list(events)


def token(page: Response) -> str:
    """The CSRF token in a page's first form."""
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found, f"no form at {page.url}"
    return found[1]


def app_on(url: str, settings: Settings, clinic: Clinic, clock: Clock) -> App:
    """The product on the database at `url`, with nobody to page and nothing to send with."""
    crypto.use(crypto.key_ring(settings))
    return App(
        settings=settings,
        clock=clock,
        database=Database(url),
        clinic=clinic,
        twilio=None,
        dialogue=Rasa(httpx.Client(base_url=settings.rasa_url), ""),
        pager=ApprisePager(settings.console_url),
    )


@pytest.fixture(scope="session")
def seeded(postgres: Embedded, template: str, settings: Settings, clinic: Clinic) -> Seeded:
    """The clinic of which every test gets a copy of its own."""
    _copy(postgres, template, SEEDED)
    app = app_on(postgres.url(SEEDED), settings, clinic, SetClock(NOW))
    with app.database.begin() as session:
        everybody = seed(session, app.clinic)
    app.database.close()
    return everybody


@pytest.fixture
def desk(postgres: Embedded, seeded: Seeded, settings: Settings, clinic: Clinic) -> Iterator[Desk]:
    """A browser at the console; nobody has logged in yet."""
    name = f"desk_{next(_numbers)}"
    _copy(postgres, SEEDED, name)
    clock = SetClock(NOW)
    app = app_on(postgres.url(name), settings, clinic, clock)
    yield Desk(app, clock, seeded, TestClient(create_app(app)))
    app.database.close()
    with psycopg.connect(psycopg_url(postgres.url("postgres")), autocommit=True) as server:
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def kim(desk: Desk) -> Desk:
    """Kim Lee, case manager, logged in at five past ten."""
    desk.sits_down("Kim")
    return desk


def _copy(postgres: Embedded, source: str, name: str) -> None:
    with psycopg.connect(psycopg_url(postgres.url("postgres")), autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
