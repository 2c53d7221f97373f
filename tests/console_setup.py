"""The seeded clinic behind the real web application, for the console's tests."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient
from httpx import Response

from aftercare import app as product
from aftercare import settings
from aftercare.app import App
from aftercare.clock import SetClock
from aftercare.db import Database
from aftercare.models import AuditEvent
from aftercare.postgres import Embedded
from aftercare.web.app import create_app
from tests.clinic_seed import KIM, NOW, PASSWORD, Seeded, seed

KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
TEMPLATE = "seeded_clinic"


@dataclass
class Desk:
    """One browser at the console, and the clinic behind it."""

    app: App
    clock: SetClock
    seeded: Seeded
    browser: TestClient

    def log_in(self, email: str = KIM, password: str = PASSWORD) -> Response:
        page = self.browser.get("/login")
        form = {"csrf": token(page), "email": email, "password": password, "next": "/"}
        return self.browser.post("/login", data=form)

    def sees(self, path: str) -> str:
        page = self.browser.get(path)
        assert page.status_code == 200, page.text
        return page.text

    def posts(self, path: str, **fields: str) -> Response:
        """Send a form of the console, with the token its pages carry."""
        csrf = token(self.browser.get("/patients"))
        return self.browser.post(path, data={"csrf": csrf, **fields})

    def does(self, who: str, what: str, **fields: str) -> Response:
        return self.posts(f"/escalations/{self.seeded.escalations[who].id}/{what}", **fields)

    def colleague(self, email: str) -> "Desk":
        """Another browser at the same console."""
        other = replace(self, browser=TestClient(self.browser.app))
        other.log_in(email)
        return other

    def audited(self) -> list[AuditEvent]:
        with self.app.database.begin() as session:
            return list(session.query(AuditEvent).order_by(AuditEvent.id))


def token(page: Response) -> str:
    """The CSRF token in a page's first form."""
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found, f"no form at {page.url}"
    return found[1]


def app_on(url: str, clock: SetClock, var: Path) -> App:
    """The product on the database at `url`, with nobody to page and nothing to send with."""
    chosen = settings.load(
        {
            "AFTERCARE_ENV": "test",
            "AFTERCARE_VAR": str(var),
            "AFTERCARE_KEYS": f"t:{KEY}",
            "AFTERCARE_LOOKUP_KEY": KEY,
            "AFTERCARE_HOSPITAL": "St. Anne",
            "AFTERCARE_NURSE_LINE": "+12125550100",
            "DATABASE_URL": url,
        }
    )
    return replace(product.build(chosen), clock=clock)


@pytest.fixture(scope="session")
def server() -> Iterator[Embedded]:
    with TemporaryDirectory(prefix="console") as folder:
        running = Embedded.start(Path(folder) / "pg", durable=False)
        yield running
        running.stop()


@pytest.fixture(scope="session")
def clinic_template(server: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Seeded:
    """The seeded database that every test gets a copy of."""
    server.create(TEMPLATE)
    app = app_on(server.url(TEMPLATE), SetClock(NOW), tmp_path_factory.mktemp("var"))
    app.database.migrate()
    with app.database.begin() as session:
        seeded = seed(session, app.clinic)
    app.database.close()
    return seeded


@pytest.fixture
def desk(server: Embedded, clinic_template: Seeded, tmp_path: Path) -> Iterator[Desk]:
    """Kim's browser, not logged in yet."""
    name = f"desk_{uuid4().hex}"
    with psycopg.connect(server.rasa_url("postgres"), autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"')
    clock = SetClock(NOW)
    app = app_on(server.url(name), clock, tmp_path)
    yield Desk(app, clock, clinic_template, TestClient(create_app(app)))
    app.database.close()
    with psycopg.connect(server.rasa_url("postgres"), autocommit=True) as admin:
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def kim(desk: Desk) -> Desk:
    """Kim Lee, case manager, logged in at ten past ten."""
    assert desk.log_in().status_code == 200
    return desk


__all__ = ["Database", "Desk", "app_on", "clinic_template", "desk", "kim", "server", "token"]
