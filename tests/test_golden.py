"""Whole conversations, as said and heard, against the Rasa whose answers were recorded."""

from pathlib import Path

import pytest

from tests.golden import FILES, play, write
from tests.harness import Day


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_conversation_goes_as_it_is_written(
    day: Day, file: Path, request: pytest.FixtureRequest
) -> None:
    written, went = play(day, file)
    if request.config.getoption("--regen"):
        write(file, went)
        return
    assert went == written


def test_there_are_conversations() -> None:
    assert FILES
