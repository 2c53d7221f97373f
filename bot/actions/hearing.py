"""The actions of the rules: a text is heard as a red flag, a wish, a need, or not at all."""

from dataclasses import dataclass
from typing import Any

from anyio import to_thread
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from aftercare.turns import Turns
from bot.actions.tracker import message_of, understanding_of
from bot.actions.turn import Events, form_as_asked, say

HEARD_AS = (
    "red_flag",
    "human",
    "education",
    "ride",
    "need",
    "question",
    "language",
    "thanks",
    "greeting",
    "out_of_scope",
    "fallback",
)


@dataclass(frozen=True)
class Hear:
    """`action_hear_<heard_as>`: what the rules decided goes to the product as it is."""

    turns: Turns
    heard_as: str

    @property
    def name(self) -> str:
        return f"action_hear_{self.heard_as}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = await to_thread.run_sync(
            self.turns.hear,
            tracker.sender_id,
            message_of(tracker),
            self.heard_as,
            understanding_of(tracker),
        )
        say(dispatcher, turn)
        return form_as_asked(turn)
