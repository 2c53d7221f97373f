"""`aftercare users`: the accounts and shifts of a hospital, from the command line."""

from collections.abc import Callable

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from aftercare import staffing
from aftercare.cli import command_line
from aftercare.cli.users import weekdays
from aftercare.db import Database
from aftercare.settings import Settings

LONG = "a few words in a row\n"

type Run = Callable[..., Result]


@pytest.fixture
def run(database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    environment = {
        "AFTERCARE_ENV": "test",
        "AFTERCARE_KEYS": settings.keys.get_secret_value(),
        "AFTERCARE_LOOKUP_KEY": settings.lookup_key.get_secret_value(),
        "AFTERCARE_VAR": str(settings.var),
        "DATABASE_URL": database.url,
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return lambda line, said="": CliRunner().invoke(
        command_line(), ["users", *line.split()], input=said
    )


@pytest.fixture
def with_kim(run: Run) -> Run:
    """There is a Kim."""
    done = run("add kim@example.org --name Kim --zone America/New_York --password-stdin", LONG)
    assert done.exit_code == 0, done.output
    return run


def test_the_first_account_makes_the_team(with_kim: Run, database: Database) -> None:
    with database.begin() as session:
        kim = staffing.find(session, "KIM@example.org")
        assert kim and kim.team.zone == "America/New_York"
        assert staffing.matches(kim.password_hash, LONG.strip())


def test_without_a_password_one_is_made_and_printed_once(run: Run, database: Database) -> None:
    done = run("add ana@example.org --name Ana --zone America/Chicago")
    password = done.stdout.splitlines()[-1].removeprefix("password: ")
    with database.begin() as session:
        ana = staffing.find(session, "ana@example.org")
        assert ana and staffing.matches(ana.password_hash, password)


def test_a_new_team_needs_its_time_zone(run: Run) -> None:
    done = run("add kim@example.org --name Kim --password-stdin", LONG)
    assert done.exit_code == 1
    assert "name its time zone" in done.stderr


@pytest.mark.parametrize(
    ("line", "said", "told"),
    [
        ("add kim@example.org --name Kim --password-stdin", LONG, "is there already"),
        ("add ana@example.org --name Ana --password-stdin", "short\n", "12 to 128 characters"),
        ("add ana --name Ana --password-stdin", LONG, "is not an email address"),
        ("add ana@example.org --name Ana --role boss --password-stdin", LONG, "role must be"),
        ("password nobody@example.org", "", "there is no account"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    with_kim: Run, line: str, said: str, told: str
) -> None:
    done = with_kim(line, said)
    assert done.exit_code == 1
    assert told in done.stderr


def test_shifts_are_listed_under_their_person(with_kim: Run) -> None:
    with_kim("coverage kim@example.org --days mon-wed --from 08:00 --to 17:00 --tier backup")
    listed = with_kim("list").stdout.splitlines()
    assert listed[0].startswith("kim@example.org")
    assert [line.split() for line in listed[1:]] == [
        ["mon", "08:00-17:00", "backup"],
        ["tue", "08:00-17:00", "backup"],
        ["wed", "08:00-17:00", "backup"],
    ]


def test_a_shift_given_again_only_changes_its_end(with_kim: Run) -> None:
    for end in ("17:00", "19:30"):
        with_kim(f"coverage kim@example.org --days sat --from 08:00 --to {end}")
    assert with_kim("list").stdout.splitlines()[1:] == ["    sat 08:00-19:30  primary"]


@pytest.mark.parametrize(
    ("words", "days"),
    [("mon-fri", [0, 1, 2, 3, 4]), ("sat,sun", [5, 6]), ("fri-mon", [4, 5, 6, 0]), ("wed", [2])],
)
def test_days_are_written_as_people_say_them(words: str, days: list[int]) -> None:
    assert weekdays(words) == days


def test_days_nobody_knows_are_refused() -> None:
    with pytest.raises(typer.BadParameter, match="mon-fri"):
        weekdays("someday")
