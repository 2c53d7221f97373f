"""The check-in's two actions: begin it, and take an answer to its question."""

from dataclasses import dataclass
from typing import Any

from anyio import to_thread
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from aftercare.turns import Turns
from bot.actions.tracker import check_in_of, message_of, understanding_of
from bot.actions.turn import ANSWER, Events, fresh_session, next_in_form, say


@dataclass(frozen=True)
class BeginCheckIn:
    turns: Turns
    name: str = "action_begin_check_in"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = await to_thread.run_sync(
            self.turns.begin_check_in, tracker.sender_id, check_in_of(tracker)
        )
        say(dispatcher, turn)
        return fresh_session(turn)


@dataclass(frozen=True)
class ValidateCheckIn:
    """Rasa's form calls this with each answer; the next question comes back with it."""

    turns: Turns
    name: str = "validate_check_in_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        # Unpatched Rasa also calls when the form was interrupted: then nothing was answered.
        if tracker.slots.get(ANSWER) is None:
            return []
        turn = await to_thread.run_sync(
            self.turns.hear,
            tracker.sender_id,
            message_of(tracker),
            "answer",
            understanding_of(tracker),
        )
        say(dispatcher, turn)
        return next_in_form(turn)
