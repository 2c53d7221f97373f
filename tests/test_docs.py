"""The documentation says what the product does: every command, setting and link is there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from aftercare import settings
from aftercare.cli import _reference as reference

ROOT = settings.ROOT
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("*.md"))]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LINK = re.compile(r"\]\((?!https?://|mailto:)([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("name", ["docs/commands.md", "docs/settings.md", ".env.example"])
def test_every_command_and_setting_is_documented_as_it_is(name: str) -> None:
    page = ROOT / name
    assert page.exists(), "run `make docs`"
    assert page.read_text() == reference.pages()[page], "run `make docs`"


def test_every_setting_has_a_meaning() -> None:
    assert [name for name, meaning in settings.variables().items() if len(meaning) < 10] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = LINK.findall(page.read_text())
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_make_commands_a_page_names_exist(page: Path) -> None:
    named = set(re.findall(r"`make ([a-z]+)", page.read_text()))
    known = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert named - known == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_commands_a_page_names_exist(page: Path) -> None:
    named = set(re.findall(r"(?:`|bin/)aftercare ([a-z]+)", page.read_text()))
    known = set(re.findall(r"^## `aftercare ([a-z]+)", reference.commands(), re.MULTILINE))
    assert named - known == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_variables_a_page_names_exist(page: Path) -> None:
    variable = re.compile(r"\b(?:AFTERCARE|TWILIO)_[A-Z_]+\b")
    of_tests = {name for file in TESTS for name in variable.findall(file.read_text())}
    named = set(variable.findall(page.read_text()))
    assert named - set(settings.variables()) - of_tests == set()


def test_help_comes_at_once_because_nothing_heavy_is_imported_for_it() -> None:
    code = (
        "import sys; from aftercare.cli import command_line; command_line();"
        "heavy = {'sqlalchemy', 'fastapi', 'twilio', 'apprise', 'babel', 'procrastinate', 'httpx'};"
        "print(*sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_an_unexpected_fault_still_shows_where_it_happened() -> None:
    code = "from aftercare import cli; cli.command_line = lambda: lambda: 1 / 0; cli.main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "ZeroDivisionError" in done.stderr


def test_an_expected_failure_is_one_sentence(tmp_path: Path) -> None:
    code = (
        "from aftercare import cli, postgres\n"
        "def fail(): raise postgres.PostgresFailed('initdb failed: disk full')\n"
        "cli.command_line = lambda: fail\n"
        "cli.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "aftercare: initdb failed: disk full\n")
