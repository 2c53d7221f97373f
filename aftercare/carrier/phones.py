"""The page with the patients' phones, kept live."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.responses import FileResponse, RedirectResponse
from sse_starlette import EventSourceResponse

from aftercare.carrier.exchange import Exchange
from aftercare.carrier.ledger import Phone, Text
from aftercare.clock import SystemClock

STATIC = Path(__file__).parent / "static"

_SAFE = {"Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'"}


def routes(exchange: Exchange) -> APIRouter:
    """The page, its state, and a stream that says when the state has changed."""
    router = APIRouter()

    @router.get("/", include_in_schema=False)
    def home() -> RedirectResponse:
        return RedirectResponse("/phones")

    @router.get("/phones", include_in_schema=False)
    def page() -> FileResponse:
        return FileResponse(STATIC / "phones.html", headers=_SAFE)

    @router.get("/phones/state")
    def state() -> dict[str, Any]:
        return _state(exchange)

    @router.get("/phones/events")
    async def events() -> EventSourceResponse:
        return EventSourceResponse(_changes(exchange))

    return router


async def _changes(exchange: Exchange) -> AsyncIterator[dict[str, str]]:
    seen = -1
    while True:
        seen = await exchange.ledger.changed(seen)
        yield {"event": "changed", "data": json.dumps(seen)}


def _state(exchange: Exchange) -> dict[str, Any]:
    ledger, config = exchange.ledger, exchange.config
    texts: dict[str, list[Text]] = {number: [] for number in ledger.phones}
    for text in ledger.texts.values():
        texts[text.phone].append(text)
    return {
        "version": ledger.version,
        "now": config.clock.now().isoformat(),
        "clock_moves": not isinstance(config.clock, SystemClock),
        "line": config.number,
        "console": config.console_url,
        "zone": config.zone,
        "faults": [fault.model_dump(mode="json") for fault in exchange.faults.planned],
        "phones": [
            _phone(phone, texts[number], exchange) for number, phone in ledger.phones.items()
        ],
    }


def _phone(phone: Phone, texts: list[Text], exchange: Exchange) -> dict[str, Any]:
    return {
        "number": phone.number,
        "label": phone.label,
        "locale": phone.locale,
        "zone": phone.zone or exchange.config.zone,
        "opted_out": phone.number in exchange.ledger.opted_out,
        "texts": [_bubble(text) for text in texts],
    }


def _bubble(text: Text) -> dict[str, Any]:
    return {
        "sid": text.sid,
        "mine": text.inbound,
        "body": text.body,
        "at": text.created.isoformat(),
        "status": _heard(text) if text.inbound else text.status,
        "error_code": text.error_code,
        "pictures": [item.content_type for item in text.media],
    }


def _heard(text: Text) -> str:
    """What became of a patient's own text: has the care line answered the webhook?"""
    if not text.posted:
        return "sending"
    answered = any(each.answer and each.answer < 300 for each in text.posted)
    return "delivered" if answered else "unanswered"
