"""Which programs run on one machine, and what they are told of one another."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from aftercare.programs import Databases, Ports, databases, missing_parts, programs
from aftercare.settings import Settings, load
from aftercare.whereabouts import announced, whereabouts

FOUND = Databases("postgresql+psycopg://somewhere/aftercare", "postgresql://somewhere/rasa")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load({"AFTERCARE_VAR": str(tmp_path), "RASA_URL": "http://rasa.hospital:5005"})


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def told(settings: Settings, name: str, **options: tuple[str, ...]) -> dict[str, str]:
    (program,) = (p for p in programs(settings, FOUND, Ports(), **options) if p.name == name)
    return dict(program.env)


def test_a_hospital_runs_everything_but_the_stand_in_carrier(settings: Settings) -> None:
    names = {program.name for program in programs(settings, FOUND, Ports())}
    assert names == {"web", "actions", "worker", "rasa"}


def test_what_is_left_out_is_looked_for_where_the_settings_say(settings: Settings) -> None:
    assert told(settings, "worker")["RASA_URL"] == "http://127.0.0.1:5005"
    elsewhere = told(settings, "worker", without=("carrier", "rasa"))
    assert elsewhere["RASA_URL"] == "http://rasa.hospital:5005"


def test_with_the_stand_in_carrier_texts_go_nowhere_else(settings: Settings) -> None:
    assert told(settings, "worker")["TWILIO_API_BASE"] == ""
    with_carrier = told(settings, "worker", without=())
    assert with_carrier["TWILIO_API_BASE"] == "http://127.0.0.1:8010"
    assert with_carrier["TWILIO_MESSAGING_SERVICE_SID"] == ""


def test_rasa_is_given_no_key_and_no_password(settings: Settings) -> None:
    (rasa,) = (p for p in programs(settings, FOUND, Ports()) if p.name == "rasa")
    given = set(rasa.env) | set(rasa.inherits or ())
    assert not {name for name in given if re.search("KEY|TWILIO|PAGE|DATABASE", name)}
    assert rasa.inherits is not None


def test_every_program_but_the_worker_says_when_it_is_ready(settings: Settings) -> None:
    waiting = {p.name for p in programs(settings, FOUND, Ports(), without=()) if p.ready}
    assert waiting == {"web", "actions", "rasa", "carrier"}


def test_a_taken_port_is_named_with_who_holds_it_and_replaced(taken: int) -> None:
    said: list[str] = []
    chosen = Ports(web=taken).or_next_free(said.append)
    assert chosen.web > taken
    assert any(f"Port {taken} is used by" in line and str(chosen.web) in line for line in said)


def test_two_programs_never_get_the_same_port(taken: int) -> None:
    chosen = Ports(taken, taken, taken, taken).or_next_free(lambda line: None)
    assert len({chosen.web, chosen.rasa, chosen.actions, chosen.carrier}) == 4


def test_without_a_database_of_its_own_the_product_has_an_embedded_one(tmp_path: Path) -> None:
    with databases(load({"AFTERCARE_VAR": str(tmp_path)})) as found:
        with psycopg.connect(found.tracker) as connection:
            (name,) = connection.execute("SELECT current_database()").fetchone() or ("",)
        assert name == "rasa"
        assert "/aftercare?" in found.product
    assert not (tmp_path / "postgres" / "postmaster.pid").exists()


def test_the_hospitals_own_database_is_taken_as_it_is(tmp_path: Path) -> None:
    environ = {
        "AFTERCARE_VAR": str(tmp_path),
        "DATABASE_URL": FOUND.product,
        "RASA_TRACKER_URL": FOUND.tracker,
    }
    with databases(load(environ)) as found:
        assert found == FOUND
    assert not (tmp_path / "postgres").exists()


def test_what_must_be_made_first_is_named_with_its_command(tmp_path: Path) -> None:
    assert [line.partition(": run ")[2] for line in missing_parts(tmp_path)] == [
        "`make install`",
        "`make train`",
    ]


def test_commands_typed_beside_it_learn_which_ports_it_took(
    settings: Settings, taken: int, tmp_path: Path
) -> None:
    ports = Ports(rasa=taken).or_next_free(lambda line: None)
    (worker,) = (p for p in programs(settings, FOUND, ports) if p.name == "worker")
    with announced(tmp_path, worker.env):
        assert whereabouts(tmp_path)["RASA_URL"] == f"http://127.0.0.1:{ports.rasa}"
    assert whereabouts(tmp_path) == {}


def test_word_left_by_a_killed_process_is_not_believed(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from aftercare.whereabouts import announced\n"
        "with announced(Path(sys.argv[1]), {'RASA_URL': 'http://127.0.0.1:1'}): os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert (tmp_path / "running.json").exists()
    assert whereabouts(tmp_path) == {}
