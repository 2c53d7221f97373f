"""The doctor: every check against a real database, real servers and the stand-in carrier."""

import http.server
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from aftercare import health
from aftercare.carrier import CarrierConfig, running
from aftercare.clock import SetClock
from aftercare.db import Database
from aftercare.health import Installation, NotUsed, Unwell
from aftercare.postgres import Embedded
from aftercare.programs import Databases
from aftercare.settings import load, new_key

ACCOUNT, TOKEN, NUMBER = "AC" + "1" * 32, "secret", "+15005550006"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    server = Embedded.start(tmp_path_factory.mktemp("health") / "postgres", durable=False)
    for database in ("migrated", "empty", "rasa"):
        server.create(database)
    migrated = Database(server.url("migrated"))
    migrated.migrate()
    migrated.close()
    yield server
    server.stop()


@pytest.fixture
def installation(server: Embedded, tmp_path: Path) -> Installation:
    settings = load({"AFTERCARE_VAR": str(tmp_path)})
    return Installation(settings, Databases(server.url("migrated"), server.rasa_url("rasa")))


@pytest.fixture
def carrier() -> Iterator[str]:
    config = CarrierConfig(ACCOUNT, TOKEN, "http://127.0.0.1:9/webhooks/sms")
    with running(config) as address:
        yield address


@pytest.fixture
def service() -> Iterator[str]:
    """Something that answers 200 to every GET."""

    class Healthy(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None: ...

    httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Healthy)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()
    httpd.server_close()


def having(installation: Installation, **environ: str) -> Installation:
    environ["AFTERCARE_VAR"] = str(installation.settings.var)
    return replace(installation, settings=load(environ))


def nobody_listens() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def test_a_migrated_database_is_well(installation: Installation) -> None:
    assert health.database(installation) == "embedded PostgreSQL 18.4, migrated"


def test_a_database_that_was_never_migrated_is_told_the_mend(
    installation: Installation, server: Embedded
) -> None:
    empty = replace(installation, databases=Databases(server.url("empty"), ""))
    with pytest.raises(Unwell) as failure:
        health.database(empty)
    assert failure.value.mend == health.MIGRATE
    with pytest.raises(Unwell, match="tables are missing"):
        health.worker(empty)


def test_an_unreachable_database_does_not_hide_the_other_findings(
    installation: Installation,
) -> None:
    address = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    gone = replace(installation, databases=Databases(address, address))
    found = {finding.check: finding.state for finding in health.examine(gone)}
    assert found["database"] == "failed"
    assert found["keys"] == "ok"
    assert len(found) == len(health.CHECKS)


def test_rasas_own_database_is_asked_too(installation: Installation) -> None:
    assert health.tracker_store(installation) == "reachable"


def test_a_clock_that_runs_a_minute_ahead_is_noticed(installation: Installation) -> None:
    ahead = SetClock(datetime.now(UTC) + timedelta(minutes=1))
    with pytest.raises(Unwell, match="60 s from the database's"):
        health.clock(replace(installation, clock=ahead))
    assert health.clock(installation).startswith("0.")


def test_a_worker_is_well_while_it_gives_signs_of_life(installation: Installation) -> None:
    with pytest.raises(Unwell, match="none runs"):
        health.worker(installation)
    beat(installation, "now() - interval '3 seconds'")
    assert "3 s ago" in health.worker(installation)
    beat(installation, "now() - interval '10 minutes'")
    with pytest.raises(Unwell, match="silent for 600 s"):
        health.worker(installation)
    beat(installation, None)


def beat(installation: Installation, moment: str | None) -> None:
    database = Database(installation.databases.product)
    with database.begin() as session:
        session.execute(text("DELETE FROM procrastinate_workers"))
        if moment:
            session.execute(
                text(f"INSERT INTO procrastinate_workers (last_heartbeat) VALUES ({moment})")
            )
    database.close()


def test_services_that_answer_are_well(installation: Installation, service: str) -> None:
    both = having(installation, RASA_URL=service, ACTIONS_URL=service)
    assert health.rasa(both) == f"answers at {service}/status"
    assert health.action_server(both) == f"answers at {service}/health"


def test_services_that_do_not_answer_are_named_with_their_address(
    installation: Installation,
) -> None:
    address = nobody_listens()
    down = having(installation, RASA_URL=address, ACTIONS_URL=address)
    for check in (health.rasa, health.action_server):
        with pytest.raises(Unwell, match=f"{address}/.* does not answer"):
            check(down)


def test_the_right_twilio_account_is_recognised(installation: Installation, carrier: str) -> None:
    assert health.twilio(account(installation, carrier, TOKEN)) == "the stand-in carrier answers"


def test_a_wrong_twilio_token_is_told_the_mend(installation: Installation, carrier: str) -> None:
    with pytest.raises(Unwell, match="credentials are refused") as failure:
        health.twilio(account(installation, carrier, "an old one"))
    assert "TWILIO_AUTH_TOKEN" in failure.value.mend


def test_without_a_sender_twilio_is_not_asked(installation: Installation) -> None:
    with pytest.raises(NotUsed, match="TWILIO_FROM"):
        health.twilio(installation)


def account(installation: Installation, carrier: str, token: str) -> Installation:
    return having(
        installation,
        TWILIO_ACCOUNT_SID=ACCOUNT,
        TWILIO_AUTH_TOKEN=token,
        TWILIO_FROM=NUMBER,
        TWILIO_API_BASE=carrier,
    )


def test_how_many_keys_can_open_is_told(installation: Installation) -> None:
    rotated = f"k2:{new_key()},k1:{new_key()}"
    assert health.keys(having(installation, AFTERCARE_KEYS=rotated)) == (
        "k2 seals, 1 older can still open"
    )


def test_a_key_that_is_too_short_is_told_the_form(installation: Installation) -> None:
    with pytest.raises(Unwell, match="32 bytes") as failure:
        health.keys(having(installation, AFTERCARE_KEYS="k1:c2hvcnQ="))
    assert "AFTERCARE_KEYS" in failure.value.mend


def test_a_page_address_that_apprise_does_not_know_is_counted(installation: Installation) -> None:
    urls = "json://127.0.0.1/page, nonsense"
    with pytest.raises(Unwell, match="1 of 2 addresses"):
        health.pager(having(installation, AFTERCARE_PAGE_URLS=urls))


# The command itself, as an operator or a machine calls it.


def doctor(*options: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "aftercare", "doctor", *options]
    path = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **environ}
    return subprocess.run(command, env=path, capture_output=True, text=True, check=False)


def test_incomplete_settings_fail_with_each_missing_variable() -> None:
    done = doctor(AFTERCARE_ENV="production")
    assert done.returncode == 1
    assert "TWILIO_AUTH_TOKEN is missing" in done.stdout


def test_machines_get_json_and_an_exit_code(tmp_path: Path) -> None:
    nowhere = nobody_listens()
    done = doctor("--json", AFTERCARE_VAR=str(tmp_path), RASA_URL=nowhere, ACTIONS_URL=nowhere)
    told = json.loads(done.stdout)
    assert done.returncode == 1
    assert told["ok"] is False
    rasa = next(check for check in told["checks"] if check["check"] == "rasa")
    assert rasa["state"] == "failed"
    assert "aftercare up" in rasa["mend"]
