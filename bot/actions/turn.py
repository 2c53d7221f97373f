"""Turns the product's answer into Rasa's events and messages."""

from typing import Any

from rasa_sdk.events import ActiveLoop, SessionStarted, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from aftercare.turns import Turn

FORM = "check_in_form"
ANSWER = "answer"
REQUESTED = "requested_slot"

type Events = list[dict[str, Any]]


def say(dispatcher: CollectingDispatcher, turn: Turn) -> None:
    for text in turn.texts:
        dispatcher.utter_message(text=text)


def next_in_form(turn: Turn) -> Events:
    """Inside the form's own validation: empty the slot to go on, or end the form."""
    if turn.asking:
        return [SlotSet(ANSWER, None)]
    return [SlotSet(ANSWER, None), SlotSet(REQUESTED, None)]


def form_as_asked(turn: Turn) -> Events:
    """Have the form active exactly while a question waits, whatever Rasa thought before.

    This is also how a lost tracker heals: the product says that it is asking.
    """
    if turn.asking:
        return [ActiveLoop(FORM), SlotSet(REQUESTED, ANSWER)]
    return [ActiveLoop(None), SlotSet(REQUESTED, None)]


def fresh_session(turn: Turn) -> Events:
    """A new check-in: Rasa loads only what follows this, so its history stays short."""
    return [SessionStarted(), *form_as_asked(turn)]
