"""Plays a conversation of tests/conversations: what was said is given, what was heard is compared.

A file holds the patient, and below it the chat: one line for each text said or heard, and for
what the queue shows. `--regen` writes the heard and queue lines again; read the diff.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from tests.harness import Day, Phone

FOLDER = Path(__file__).parent / "conversations"
FILES = sorted(FOLDER.glob("*.yml"))

type Chat = list[Mapping[str, Any]]

GIVEN = ("said", "check_in", "passes", "rasa")
"""What a file decides; the other lines are what follows from it."""


def play(day: Day, file: Path) -> tuple[Chat, Chat]:
    """The chat as it is written, and as it went."""
    content = yaml.safe_load(file.read_text())
    phone = _patient(day, content["patient"])
    written: Chat = content["chat"]
    went: Chat = []
    for step in written:
        [(what, how)] = step.items()
        if what not in GIVEN:
            continue
        went.append(step)
        _do(day, phone, what, how)
        went += _followed(day, phone, went)
    return written, went


def write(file: Path, went: Chat) -> None:
    """Keep the chat as it went, under the same heading."""
    heading = file.read_text().partition("chat:\n")[0]
    lines = yaml.safe_dump(went, allow_unicode=True, width=10_000, default_flow_style=False)
    file.write_text(f"{heading}chat:\n{lines}")


def _patient(day: Day, told: Mapping[str, Any]) -> Phone:
    visit = told.get("visit_in_days")
    return day.patient(
        protocol=told["protocol"],
        locale=told.get("locale", "en"),
        zone=told.get("zone", "America/New_York"),
        medicines=told.get("medicines"),
        visit=timedelta(days=visit) if visit else None,
        discharged=timedelta(days=told.get("days_home", 1)),
    )


def _do(day: Day, phone: Phone, what: str, how: Any) -> None:
    match what:
        case "said":
            phone.texts(str(how))
        case "check_in":
            day.check_in(phone, day=how)
        case "passes":
            day.passes(**how)
        case "rasa":
            _trouble(day, phone, how)


def _trouble(day: Day, phone: Phone, how: str) -> None:
    if how == "forgets":
        day.rasa.forget(str(phone.id))
    else:
        day.rasa.down = how == "down"


def _followed(day: Day, phone: Phone, went: Chat) -> Iterator[Mapping[str, Any]]:
    new = phone.heard[phone.seen :]
    phone.skips()
    yield from ({"heard": text} for text in new)
    before = next((s["queue"] for s in reversed(went) if "queue" in s), "nothing")
    if (shown := _shown(day, phone)) != before:
        yield {"queue": shown}


def _shown(day: Day, phone: Phone) -> str:
    item = day.queue.of(phone)
    if item is None:
        return "nothing"
    return " ".join([item.level, *dict.fromkeys(day.queue.reasons(phone))])
