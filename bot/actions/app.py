"""The action server: Rasa's calls come in, the product's turns go out."""

import traceback
from collections.abc import Callable
from typing import Any

import structlog
from anyio import to_thread
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionNotFoundException

from aftercare.turns import Turns
from bot.actions.check_in import BeginCheckIn, ValidateCheckIn
from bot.actions.hearing import HEARD_AS, Hear

log = structlog.get_logger()

type Say = Callable[[str, str], str]
"""(conversation, name of a response) → its text in the patient's language."""


class NlgCall(BaseModel):
    """The part we read of Rasa's request for a response's text."""

    response: str
    tracker: dict[str, Any]


def create_app(turns: Turns, say: Say) -> FastAPI:
    app = FastAPI(title="Aftercare actions", docs_url=None, redoc_url=None, openapi_url=None)
    executor = executor_of(turns)

    @app.post("/webhook")
    async def run_action(call: Request) -> JSONResponse:
        return await _run(executor, await call.json())

    @app.post("/nlg")
    async def render(call: NlgCall) -> JSONResponse:
        return await _render(say, call)

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    return app


def executor_of(turns: Turns) -> ActionExecutor:
    executor = ActionExecutor()
    actions: list[BeginCheckIn | ValidateCheckIn | Hear] = [
        BeginCheckIn(turns),
        ValidateCheckIn(turns),
        *(Hear(turns, heard_as) for heard_as in HEARD_AS),
    ]
    for action in actions:
        executor.register_function(action.name, action.run)
    return executor


async def _run(executor: ActionExecutor, call: dict[str, Any]) -> JSONResponse:
    action = str(call.get("next_action"))
    # Rasa leaves the domain out (endpoints.yml); without any, the executor would refuse.
    call.setdefault("domain", {})
    try:
        result = await executor.run(call)
    except ActionNotFoundException:
        log.error("unknown_action", action=action)
        return JSONResponse({"error": "unknown action"}, status_code=404)
    except Exception as error:  # noqa: BLE001  whatever failed, Rasa must learn that it did
        return _failed(action, error)
    if result is None:
        return JSONResponse({"error": "no action named"}, status_code=400)
    return JSONResponse(result.model_dump(by_alias=True))


async def _render(say: Say, call: NlgCall) -> JSONResponse:
    conversation = str(call.tracker["sender_id"])
    try:
        text = await to_thread.run_sync(say, conversation, call.response)
    except Exception as error:  # noqa: BLE001  as above
        return _failed(call.response, error)
    return JSONResponse({"text": text})


def _failed(action: str, error: Exception) -> JSONResponse:
    # Neither the call (a whole conversation) nor the error's own words (a database error
    # quotes its parameters) may reach Rasa or the log; where it happened may.
    where = traceback.extract_tb(error.__traceback__)[-1]
    log.error(
        "action_failed",
        action=action,
        error=type(error).__name__,
        at=f"{where.filename}:{where.lineno}",
    )
    return JSONResponse({"error": "the product could not take this turn"}, status_code=500)
