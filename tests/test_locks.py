"""The locks hold every dependency, with hashes, and no address of any index."""

import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.imports import modules

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ["requirements.lock", "requirements-dev.lock", "bot/runtime/requirements.lock"]
OURS = {"aftercare", "bot"}


def project(folder: str = ".") -> dict[str, object]:
    return tomllib.loads((ROOT / folder / "pyproject.toml").read_text())


def names(requirements: list[str]) -> set[str]:
    return {normal(re.split(r"[\s\[<>=!~;]", line, maxsplit=1)[0]) for line in requirements}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(lock: str) -> set[str]:
    lines = (ROOT / lock).read_text().splitlines()
    return names([line for line in lines if re.match(r"[A-Za-z0-9]", line)])


def wanted(folder: str = ".") -> set[str]:
    return names(project(folder)["project"]["dependencies"])  # type: ignore[index]


def test_every_dependency_is_locked() -> None:
    developing = names(project()["dependency-groups"]["dev"])  # type: ignore[index]
    assert wanted() - locked("requirements.lock") == set(), "run `make lock`"
    assert wanted() | developing <= locked("requirements-dev.lock"), "run `make lock`"
    assert wanted("bot/runtime") - locked("bot/runtime/requirements.lock") == set()


def test_development_uses_the_very_versions_of_production() -> None:
    pins = re.compile(r"^[\w.-]+==\S+", re.MULTILINE)
    production, development = (set(pins.findall((ROOT / lock).read_text())) for lock in LOCKS[:2])
    assert production - development == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_hashes_and_names_no_index(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "--hash=sha256:" in text
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links", text)


# `aftercare triage learn` runs where the product is developed; a hospital never needs it.
ONLY_TO_LEARN = {"sklearn": "scikit-learn", "scipy": "scikit-learn"}


def test_what_the_product_imports_is_a_dependency_of_its_own() -> None:
    developing = names(project()["dependency-groups"]["dev"])  # type: ignore[index]
    assert set(ONLY_TO_LEARN.values()) <= developing
    provided_by = packages_distributions()
    imported = {name.partition(".")[0] for module in modules() for name in module.imports()}
    strangers = imported - OURS - sys.stdlib_module_names - ONLY_TO_LEARN.keys()
    assert [
        library
        for library in sorted(strangers)
        if not wanted() & {normal(name) for name in provided_by.get(library, ())}
    ] == []
