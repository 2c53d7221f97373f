"""The control API: be a phone, plan faults, drive callbacks, move the clock."""

import base64
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Annotated, Any
from zoneinfo import available_timezones

from fastapi import APIRouter, Body, HTTPException
from pydantic import AfterValidator, BaseModel, Field

from aftercare.carrier import resources
from aftercare.carrier.config import Delivery, Order
from aftercare.carrier.exchange import Exchange
from aftercare.carrier.faults import Fault
from aftercare.carrier.ledger import Media, Phone, Text, new_sid
from aftercare.carrier.mornings import next_morning
from aftercare.clock import SetClock, ShiftedClock

_PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

Number = Annotated[str, Field(pattern=r"^\+[1-9]\d{6,14}$")]


def _known_zone(zone: str) -> str:
    if zone and zone not in available_timezones():
        raise ValueError(f"unknown time zone {zone}")
    return zone


class Written(BaseModel):
    """A text somebody types on a phone."""

    sender: Number = Field(alias="from")
    body: str = Field(max_length=1600)
    media: list[str] = []
    """Content types of pictures, as image/jpeg."""
    times: int = Field(default=1, ge=1, le=10)
    """How often the same webhook is posted, with the same sid."""


class Named(BaseModel):
    """What to call a phone."""

    number: Number
    label: str = Field(default="", max_length=80)
    locale: str = Field(default="", max_length=20)
    zone: Annotated[str, AfterValidator(_known_zone)] = ""


class Which(BaseModel):
    """Which held texts to deliver; all without either."""

    to: str | None = None
    sid: str | None = None


class Manner(BaseModel):
    """How deliveries go from now on; what is left out stays."""

    delivery: Delivery | None = None
    order: Order | None = None
    twice: bool | None = None


class Callback(BaseModel):
    """One status callback to post, whatever the text's real status."""

    sid: str
    status: str
    error_code: int | None = None


class Move(BaseModel):
    """Where to move the clock: forward by hours, or to the next morning everywhere."""

    hours: float | None = Field(default=None, gt=0, le=24 * 60)
    next_morning: bool = False


def routes(exchange: Exchange) -> APIRouter:
    """The control API of one exchange."""
    router = APIRouter(prefix="/control")
    _add_texts(router, exchange)
    _add_faults(router, exchange)
    _add_deliveries(router, exchange)

    @router.post("/phones")
    def name_phone(named: Named | list[Named]) -> int:
        phones = named if isinstance(named, list) else [named]
        for each in phones:
            exchange.ledger.phones[each.number] = Phone(**each.model_dump())
        exchange.ledger.touch()
        return len(phones)

    @router.post("/clock")
    def move_clock(move: Move) -> dict[str, str]:
        clock = exchange.config.clock
        if not isinstance(clock, ShiftedClock | SetClock):
            raise HTTPException(409, "this carrier runs on the machine's own clock")
        clock.set(_moved_to(move, clock.now(), exchange))
        exchange.ledger.touch()
        return {"now": clock.now().isoformat()}

    @router.post("/reset")
    def reset() -> None:
        exchange.faults.clear()
        exchange.ledger.clear()

    return router


def _add_texts(router: APIRouter, exchange: Exchange) -> None:
    @router.post("/text")
    async def text(written: Written) -> dict[str, Any]:
        media = tuple(Media(new_sid("ME"), kind, _PIXEL) for kind in written.media)
        sent = await exchange.text(written.sender, written.body, media)
        for _ in range(written.times - 1):
            await exchange.announce(sent)
        return described(sent, exchange)

    @router.post("/announce")
    async def announce(sid: Annotated[str, Body(embed=True)]) -> dict[str, Any]:
        """Post an incoming text's webhook again."""
        text = _known(exchange, sid)
        await exchange.announce(text)
        return described(text, exchange)

    @router.get("/messages")
    def messages() -> list[dict[str, Any]]:
        return [described(text, exchange) for text in reversed(exchange.ledger.newest_first())]


def _add_faults(router: APIRouter, exchange: Exchange) -> None:
    @router.get("/faults")
    def planned() -> list[Fault]:
        return exchange.faults.planned

    @router.post("/faults")
    def plan(fault: Fault) -> list[Fault]:
        exchange.faults.plan(fault)
        exchange.ledger.touch()
        return exchange.faults.planned

    @router.delete("/faults")
    def forget() -> None:
        exchange.faults.clear()
        exchange.ledger.touch()


def _add_deliveries(router: APIRouter, exchange: Exchange) -> None:
    @router.post("/delivery")
    def manner(manner: Manner) -> dict[str, Any]:
        exchange.config = replace(exchange.config, **manner.model_dump(exclude_none=True))
        return {key: getattr(exchange.config, key) for key in Manner.model_fields}

    @router.post("/deliver")
    async def deliver(which: Which) -> list[dict[str, Any]]:
        moved = await exchange.deliver_held(which.to, which.sid)
        return [described(text, exchange) for text in moved]

    @router.post("/callback")
    async def callback(wanted: Callback) -> None:
        text = _known(exchange, wanted.sid)
        await exchange.call_back(text, wanted.status, wanted.error_code)

    @router.post("/settle")
    async def settle() -> None:
        await exchange.settle()


def described(text: Text, exchange: Exchange) -> dict[str, Any]:
    """A text with what the control API adds to Twilio's own fields."""
    return {
        **resources.message(text, exchange.config),
        "from": text.sender,
        "phone": text.phone,
        "posted": [asdict(posted) for posted in text.posted],
    }


def _known(exchange: Exchange, sid: str) -> Text:
    if sid not in exchange.ledger.texts:
        raise HTTPException(404, "no such text")
    return exchange.ledger.texts[sid]


def _moved_to(move: Move, now: datetime, exchange: Exchange) -> datetime:
    if move.next_morning:
        zones = {phone.zone for phone in exchange.ledger.phones.values() if phone.zone}
        return next_morning(now, zones or {exchange.config.zone})
    if move.hours is None:
        raise HTTPException(422, "say hours or next_morning")
    return now + timedelta(hours=move.hours)
