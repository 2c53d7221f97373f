"""The REST channel of the product: a turn is answered, or it failed and says so."""

import logging
from typing import Any, Awaitable, Callable

from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.channels.rest import RestInput
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from whole_turns import TurnFailed

log = logging.getLogger(__name__)

# Rasa reads "/restart" or "/EXTERNAL_check_in" in a text as its own commands. A patient
# must not be able to give them, so a leading slash becomes one that only looks alike.
SLASH, HARMLESS_SLASH = "/", "\u2044"


class ProductChannel(RestInput):
    """Same address and form as Rasa's `rest` channel.

    Where Rasa answers 200 with no messages after an error, this channel answers 503, so
    that the product can tell a failed turn from a silent one. It never logs a text.
    """

    def blueprint(
        self, on_new_message: Callable[[UserMessage], Awaitable[Any]]
    ) -> Blueprint:
        texts = Blueprint("texts")

        @texts.route("/", methods=["GET"])
        async def health(_: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @texts.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            heard = CollectingOutputChannel()
            try:
                await on_new_message(self._message(request, heard))
            except TurnFailed as error:
                # Its words are an action's name and a kind of error; others may quote a text.
                log.error("A turn failed: %s", error)
                return _failure()
            except Exception as error:  # noqa: BLE001  every failure is told the same way
                log.error("A turn failed: %s", type(error).__name__)
                return _failure()
            return response.json(heard.messages)

        return texts

    def _message(self, request: Request, heard: CollectingOutputChannel) -> UserMessage:
        body = request.json
        text = str(body.get("message") or "").strip()
        if text.startswith(SLASH):
            text = HARMLESS_SLASH + text[1:]
        return UserMessage(
            text,
            heard,
            body["sender"],
            input_channel=self.name(),
            metadata=body.get("metadata"),
        )


def _failure() -> HTTPResponse:
    return response.json({"status": "failure", "reason": "turn_failed"}, status=503)
