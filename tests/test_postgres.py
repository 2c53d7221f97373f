"""The embedded PostgreSQL, for real: started, shared, found again, stopped."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from aftercare.postgres import LONGEST_SOCKET, Embedded, PostgresFailed


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Embedded]:
    server = Embedded.start(tmp_path / "postgres", durable=False)
    yield server
    server.stop()


def ask(server: Embedded, question: str, database: str = "postgres") -> object:
    with psycopg.connect(server.rasa_url(database), connect_timeout=5) as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row is not None
    return row[0]


def answers(server: Embedded) -> bool:
    try:
        return ask(server, "SELECT 1") == 1
    except psycopg.OperationalError:
        return False


def test_the_product_reaches_its_database_through_sqlalchemy(server: Embedded) -> None:
    server.create("aftercare")
    engine = create_engine(server.url("aftercare"))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT current_database()")) == "aftercare"
    engine.dispose()


def test_creating_a_database_again_keeps_what_is_in_it(server: Embedded) -> None:
    server.create("aftercare")
    with psycopg.connect(server.rasa_url("aftercare"), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept ()")
    server.create("aftercare")
    assert ask(server, "SELECT to_regclass('kept') IS NOT NULL", "aftercare")


def test_it_listens_on_no_network_address(server: Embedded) -> None:
    assert ask(server, "SHOW listen_addresses") == ""


def test_other_users_of_the_machine_cannot_enter_the_folder_of_its_socket(
    server: Embedded,
) -> None:
    assert server.sockets.stat().st_mode & 0o077 == 0


def test_a_clone_with_a_very_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("a-hospital-with-a-long-name-" * 4) / "postgres"
    server = Embedded.start(deep, durable=False)
    try:
        assert len(str(deep)) > LONGEST_SOCKET > len(str(server.sockets)) + 20
        assert answers(server)
    finally:
        server.stop()
    assert not server.sockets.exists()


def test_a_path_with_spaces_and_quotes_works(tmp_path: Path) -> None:
    server = Embedded.start(tmp_path / "St. Mary's clinic" / "postgres", durable=False)
    try:
        server.create("after care")
        assert ask(server, "SELECT current_database()", "after care") == "after care"
    finally:
        server.stop()


def test_it_goes_on_and_can_be_stopped_when_a_folder_above_it_is_closed(tmp_path: Path) -> None:
    above = tmp_path / "clone"
    server = Embedded.start(above / "postgres", durable=False)
    above.chmod(0o700)
    assert answers(server)
    server.stop()
    assert not answers(server)


def test_the_first_to_leave_does_not_stop_it_for_the_others(tmp_path: Path) -> None:
    supervisor = Embedded.start(tmp_path / "postgres", durable=False)
    command_line = Embedded.start(tmp_path / "postgres")
    supervisor.stop()
    assert answers(command_line)
    command_line.stop()
    assert not answers(command_line)


def test_what_was_saved_is_there_after_a_restart(tmp_path: Path) -> None:
    first = Embedded.start(tmp_path / "postgres", durable=False)
    first.create("kept")
    first.stop()
    second = Embedded.start(tmp_path / "postgres", durable=False)
    try:
        assert ask(second, "SELECT current_database()", "kept") == "kept"
    finally:
        second.stop()


def test_a_server_left_behind_by_a_killed_process_is_joined_and_can_be_stopped(
    tmp_path: Path,
) -> None:
    start_and_die = (
        "import os, sys; from pathlib import Path; from aftercare.postgres import Embedded; "
        "Embedded.start(Path(sys.argv[1]), durable=False); os._exit(9)"
    )
    died = subprocess.run(
        [sys.executable, "-c", start_and_die, str(tmp_path / "postgres")], check=False
    )
    assert died.returncode == 9
    found = Embedded.start(tmp_path / "postgres")
    assert answers(found)
    found.stop()
    assert not answers(found)


def test_a_stale_pid_file_that_names_another_process_does_not_fool_it(tmp_path: Path) -> None:
    first = Embedded.start(tmp_path / "postgres", durable=False)
    pid_file = tmp_path / "postgres" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    first.stop()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    again = Embedded.start(tmp_path / "postgres", durable=False)
    try:
        assert answers(again)
    finally:
        again.stop()


def test_data_of_another_version_is_refused_with_the_mend(tmp_path: Path) -> None:
    old = tmp_path / "postgres"
    old.mkdir()
    (old / "PG_VERSION").write_text("16\n")
    with pytest.raises(PostgresFailed, match=r"made by PostgreSQL 16.*upgrade"):
        Embedded.start(old)
