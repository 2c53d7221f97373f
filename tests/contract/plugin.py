"""pytest `--record`: texts that were never recorded are played to the real Rasa and kept."""

from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI

from tests.contract.recorded import RecordedRasa
from tests.contract.recorder import recorder
from tests.contract.records import Record, load, save


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--record", action="store_true", help="record Rasa again, with every text the tests use"
    )


@pytest.fixture(scope="session")
def recorded(request: pytest.FixtureRequest) -> Iterator[Callable[[FastAPI], RecordedRasa]]:
    """Makes a recorded Rasa in front of a given action server."""
    if not request.config.getoption("--record"):
        records = load()
        yield lambda actions: RecordedRasa(actions, records)
        return
    with recorder() as tape:
        kept: dict[str, Record] = {}

        def record(text: str) -> Record:
            kept[text] = tape.record(text)
            return kept[text]

        yield lambda actions: RecordedRasa(actions, kept, record)
        save({**load(), **kept}.values())
