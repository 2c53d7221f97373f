"""A turn happens whole or not at all: a failed action ends it, and nothing is saved."""

from typing import Any, List

from rasa.core.actions.action import Action, ActionExecutionRejection
from rasa.core.processor import MessageProcessor
from rasa.exceptions import ActionLimitReached


class TurnFailed(Exception):
    """An action could not be run (action server down, or it answered an error)."""


def apply() -> None:
    """Rasa saves its tracker after the last action of a turn.

    A turn that ends before it leaves no trace, and the product may send the text again.
    """
    _end_when_an_action_fails()
    _end_when_going_in_circles()


def _end_when_an_action_fails() -> None:
    # Rasa logs a failed action and goes on as if it had run.
    run_action = MessageProcessor._run_action

    async def run_whole(
        self: MessageProcessor, action: Action, *rest: Any, **named: Any
    ) -> bool:
        failures: List[Exception] = []
        run = action.run

        async def run_and_remember(*a: Any, **k: Any) -> Any:
            try:
                return await run(*a, **k)
            except ActionExecutionRejection:
                raise
            except Exception as error:
                failures.append(error)
                return []

        action.run = run_and_remember  # type: ignore[method-assign]
        goes_on = await run_action(self, action, *rest, **named)
        if failures:
            raise TurnFailed(f"{action.name()}: {type(failures[0]).__name__}") from failures[0]
        return goes_on

    MessageProcessor._run_action = run_whole  # type: ignore[method-assign]


def _end_when_going_in_circles() -> None:
    # Rasa stops after ten actions and saves; from then on the conversation is mute.
    predict = MessageProcessor.predict_next_with_tracker_if_should

    def predict_or_fail(self: MessageProcessor, *args: Any) -> Any:
        try:
            return predict(self, *args)
        except ActionLimitReached as error:
            raise TurnFailed("the rules went in circles") from error

    MessageProcessor.predict_next_with_tracker_if_should = (  # type: ignore[method-assign]
        predict_or_fail
    )
