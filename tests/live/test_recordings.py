"""The recordings that other tests run on are what the trained bot says today."""

from collections.abc import Iterator

import pytest

from tests.contract.recorder import Recorder, recorder
from tests.contract.records import load

pytestmark = pytest.mark.live
# Another processor's arithmetic may move a probability by a rounding step.
CLOSE = 0.03
RECORD_AGAIN = "the bot answers differently now; look at the change after: make record"


@pytest.fixture(scope="module")
def tape(trained: None) -> Iterator[Recorder]:
    with recorder() as tape:
        yield tape


def test_the_recordings_still_hold(tape: Recorder) -> None:
    for text, kept in load().items():
        now = tape.record(text)
        assert (now.asked, now.unasked, now.intent) == (kept.asked, kept.unasked, kept.intent), (
            f"{text!r}: {RECORD_AGAIN}"
        )
        assert now.confidence == pytest.approx(kept.confidence, abs=CLOSE), (
            f"{text!r}: {RECORD_AGAIN}"
        )
