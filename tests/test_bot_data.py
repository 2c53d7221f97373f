"""What the bot is taught: enough texts of every intent in every language, and none twice."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

BOT = Path(__file__).resolve().parents[1] / "bot"
HELD_OUT = Path(__file__).resolve().parent / "live" / "held_out"
LEAST_TEXTS = 60
LOCALES = sorted(folder.name for folder in (BOT / "data/nlu").iterdir())


def read(path: Path) -> Any:
    # The base loader leaves "no" and "182" the texts they are.
    return yaml.load(path.read_text(), Loader=yaml.BaseLoader)


def intents() -> set[str]:
    named = {
        name
        for path in (BOT / "domain").glob("*.yml")
        for row in read(path).get("intents", [])
        for name in row
    }
    return {name for name in named if not name.startswith("EXTERNAL_")}


def taught(locale: str) -> Iterator[tuple[str, str]]:
    for path in (BOT / "data/nlu" / locale).glob("*.yml"):
        for row in read(path)["nlu"]:
            for line in row["examples"].splitlines():
                yield row["intent"], line.removeprefix("- ").casefold()


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("intent", sorted(intents()))
def test_an_intent_has_enough_texts_in_each_language(locale: str, intent: str) -> None:
    assert len([text for name, text in taught(locale) if name == intent]) >= LEAST_TEXTS


@pytest.mark.parametrize("locale", LOCALES)
def test_no_text_means_two_things_in_one_language(locale: str) -> None:
    meanings = defaultdict(set)
    for intent, text in taught(locale):
        meanings[text].add(intent)
    assert {text: found for text, found in meanings.items() if len(found) > 1} == {}


@pytest.mark.parametrize("locale", sorted(file.stem for file in HELD_OUT.glob("*.yml")))
def test_texts_held_out_for_measuring_were_not_taught(locale: str) -> None:
    known = {text for each in LOCALES for _, text in taught(each)}
    held_out = {t.casefold() for texts in read(HELD_OUT / f"{locale}.yml").values() for t in texts}
    assert held_out & known == set()


def test_what_interrupts_a_check_in_has_a_rule() -> None:
    [mapping] = read(BOT / "domain/check_in.yml")["slots"]["answer"]["mappings"]
    ruled = {
        step["intent"]
        for path in (BOT / "data/rules").glob("*.yml")
        for rule in read(path)["rules"]
        for step in rule["steps"]
        if "intent" in step
    }
    assert set(mapping["not_intent"]) <= ruled
    assert intents() <= ruled
