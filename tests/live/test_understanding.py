"""Texts the bot was not trained on land where a nurse would put them, in each language."""

from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.live.rasa import Rasa

pytestmark = pytest.mark.live

ROOT = Path(__file__).resolve().parents[2]
HELD_OUT = Path(__file__).with_name("held_out")
# The share a change may not fall below; docs/decisions/rasa.md has the figures reached.
LEAST_RIGHT = 0.85
LEAST_RED_FLAGS = 0.93
MOST_FALSE_ALARMS = 0.05


def _yaml(path: Path) -> dict[str, list[str]]:
    # The base loader leaves "no" and "182" the texts they are.
    loaded: dict[str, list[str]] = yaml.load(path.read_text(), Loader=yaml.BaseLoader)
    return loaded


def _red_flags() -> frozenset[str]:
    rows = yaml.safe_load((ROOT / "bot/domain/red_flags.yml").read_text())["intents"]
    return frozenset(name for row in rows for name in row)


RED_FLAGS = _red_flags()


@dataclass(frozen=True)
class Heard:
    meant: str
    intent: str
    red: float  # the probability of any red flag

    @property
    def flagged(self) -> bool:
        return self.red >= 0.5


@pytest.fixture(scope="module", params=sorted(path.stem for path in HELD_OUT.glob("*.yml")))
def heard(request: pytest.FixtureRequest, running: Rasa) -> list[Heard]:
    texts = _yaml(HELD_OUT / f"{request.param}.yml")
    return [_hear(running, meant, text) for meant, said in texts.items() for text in said]


def _hear(rasa: Rasa, meant: str, text: str) -> Heard:
    parsed = rasa.parse(text)
    ranking = {row["name"]: row["confidence"] for row in parsed["intent_ranking"]}
    red = sum(confidence for name, confidence in ranking.items() if name in RED_FLAGS)
    return Heard(meant, parsed["intent"]["name"], red)


def test_most_texts_land_in_the_right_intent(heard: list[Heard]) -> None:
    right = sum(text.intent == text.meant for text in heard)
    assert right / len(heard) >= LEAST_RIGHT


def test_red_flags_are_seen(heard: list[Heard]) -> None:
    red = [text for text in heard if text.meant in RED_FLAGS]
    assert sum(text.flagged for text in red) / len(red) >= LEAST_RED_FLAGS


def test_calm_texts_rarely_look_like_red_flags(heard: list[Heard]) -> None:
    calm = [text for text in heard if text.meant not in RED_FLAGS | {"feeling_worse"}]
    assert sum(text.flagged for text in calm) / len(calm) <= MOST_FALSE_ALARMS
