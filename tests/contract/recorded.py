"""A Rasa that answers from recordings, through the product's real action server."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from aftercare.turns import DialogueUnavailable
from bot.actions.turn import ANSWER, FORM, REQUESTED
from tests.contract.records import Record

type Recording = Callable[[str], Record]


class UnrecordedText(Exception):
    """A test texted something nobody has recorded; says how to."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"Rasa was never recorded hearing {text!r}. Record it with:\n"
            f"    .venv/bin/python -m tests.contract.record {text!r}\n"
            "or all that the tests text: make record"
        )


class RecordedRasa:
    """The two calls of `aftercare.dialogue.Rasa`, without Rasa.

    It keeps for each conversation whether the form is active, as Rasa would, from the
    events of the actions; `lose` forgets a conversation, as Rasa may.
    """

    def __init__(
        self, actions: FastAPI, records: Mapping[str, Record], record: Recording | None = None
    ) -> None:
        self._actions = TestClient(actions)
        self._records = records
        self._record = record
        self._asking: dict[str, bool] = {}

    def ask(self, conversation: str, text: str, message_id: str) -> list[str]:
        record = self._recorded(text)
        heard_as = record.heard_as(asking=self._asking.get(conversation, False))
        action = f"validate_{FORM}" if heard_as == "answer" else f"action_hear_{heard_as}"
        latest = {
            "text": text,
            "intent": {"name": record.intent, "confidence": record.confidence},
            "intent_ranking": [{"name": k, "confidence": v} for k, v in record.ranking.items()],
            "entities": list(record.entities),
            "metadata": {"message_id": message_id},
        }
        slots = {ANSWER: text if heard_as == "answer" else None}
        return self._run(action, conversation, latest, slots)

    def begin(self, conversation: str, check_in: str) -> list[str]:
        latest = {
            "text": "EXTERNAL: EXTERNAL_check_in",
            "intent": {"name": "EXTERNAL_check_in"},
            "entities": [{"entity": "check_in", "value": check_in}],
            "metadata": {"is_external": True},
        }
        return self._run("action_begin_check_in", conversation, latest, {ANSWER: None})

    def ready(self) -> bool:
        return True

    def lose(self, conversation: str) -> None:
        self._asking.pop(conversation, None)

    def _recorded(self, text: str) -> Record:
        record = self._records.get(text)
        if record is None and self._record:
            record = self._record(text)
        if record is None:
            raise UnrecordedText(text)
        return record

    def _run(
        self, action: str, conversation: str, latest: Mapping[str, Any], slots: Mapping[str, Any]
    ) -> list[str]:
        asking = self._asking.get(conversation, False)
        answer = self._actions.post(
            "/webhook",
            json={
                "next_action": action,
                "sender_id": conversation,
                "version": "3.6.21",
                "tracker": {
                    "sender_id": conversation,
                    "slots": {**slots, REQUESTED: ANSWER if asking else None},
                    "latest_message": latest,
                    "latest_event_time": time.time(),
                    "followup_action": None,
                    "paused": False,
                    "events": [],
                    "latest_input_channel": "rest",
                    "active_loop": {"name": FORM} if asking else {},
                    "latest_action_name": "action_listen",
                },
            },
        )
        if answer.status_code != 200:
            raise DialogueUnavailable("the action failed")
        done = answer.json()
        self._asking[conversation] = _asks_on(asking, done["events"])
        return [response["text"] for response in done["responses"]]


def _asks_on(asking: bool, events: list[dict[str, Any]]) -> bool:
    for event in events:
        if event["event"] == "active_loop":
            asking = event["name"] == FORM
        elif event["event"] == "slot" and event["name"] == REQUESTED:
            asking = event["value"] is not None
    return asking
