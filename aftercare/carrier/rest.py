"""Twilio's Messages resource, which the product's own client talks to."""

import base64
import binascii
import re
import secrets
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from starlette.datastructures import FormData

from aftercare.carrier import listing, resources
from aftercare.carrier.errors import Refused
from aftercare.carrier.exchange import Exchange
from aftercare.carrier.faults import Asked, Fault, FaultKind
from aftercare.carrier.ledger import Media, Text

LONGEST = 1600
_E164 = re.compile(r"\+[1-9]\d{6,14}")


def routes(exchange: Exchange) -> APIRouter:
    """The resource of one account."""
    config = exchange.config
    base = f"/2010-04-01/Accounts/{config.account_sid}"

    def authenticated(request: Request) -> None:
        if not _is_account(request, config.account_sid, config.auth_token):
            raise Refused(20003)

    def known(request: Request, sid: str) -> Text:
        if sid not in exchange.ledger.texts:
            raise Refused(20404, request.url.path)
        return exchange.ledger.texts[sid]

    OfSid = Annotated[Text, Depends(known)]  # noqa: N806 — a type

    def pictured(request: Request, text: OfSid, media_sid: str) -> Media:
        for item in text.media:
            if item.sid == media_sid:
                return item
        raise Refused(20404, request.url.path)

    OfMedia = Annotated[Media, Depends(pictured)]  # noqa: N806 — a type
    router = APIRouter(prefix=base, dependencies=[Depends(authenticated)])

    @router.post("/Messages.json", status_code=201)
    async def create(request: Request) -> dict[str, Any]:
        form = await request.form()
        fields = _fields(form)
        _check(fields, exchange)
        fault = exchange.faults.take(Asked.SEND, fields["To"])
        if fault and not fault.kind.takes_the_text:
            await _fail(fault, request)
        if fields["To"] in exchange.ledger.opted_out:
            raise Refused(21610)
        text = _take(fields, fault, exchange)
        created = resources.message(text, config)
        if fault and fault.kind is not FaultKind.UNDELIVERED:
            await _fail(fault, request)
        return created

    @router.get("/Messages.json")
    async def list_(request: Request) -> dict[str, Any]:
        await _looked_up(exchange, request)
        query = request.query_params
        page = listing.page(exchange.ledger.newest_first(), query)
        messages = [resources.message(text, config) for text in page.texts]
        return {"messages": messages, **page.json(f"{base}/Messages.json", query)}

    @router.get("/Messages/{sid}.json")
    async def fetch(request: Request, text: OfSid) -> dict[str, Any]:
        await _looked_up(exchange, request)
        return resources.message(text, config)

    @router.post("/Messages/{sid}.json")
    async def update(request: Request, text: OfSid) -> dict[str, Any]:
        form = await request.form()
        if form.get("Status") == "canceled":
            raise Refused(30409)
        if form.get("Body") == "":
            text.body = ""
            exchange.ledger.touch()
        return resources.message(text, config)

    @router.delete("/Messages/{sid}.json", status_code=204)
    async def delete(text: OfSid) -> None:
        del exchange.ledger.texts[text.sid]
        exchange.ledger.touch()

    @router.get("/Messages/{sid}/Media.json")
    async def media_list(request: Request, text: OfSid) -> dict[str, Any]:
        page = listing.Page([text] * len(text.media), 0, 50, None)
        items = [resources.media(text, item, config) for item in text.media]
        return {"media_list": items, **page.json(request.url.path, request.query_params)}

    @router.get("/Messages/{sid}/Media/{media_sid}.json")
    async def media(text: OfSid, item: OfMedia) -> dict[str, Any]:
        return resources.media(text, item, config)

    @router.get("/Messages/{sid}/Media/{media_sid}")
    async def picture(item: OfMedia) -> Response:
        return Response(item.content, media_type=item.content_type)

    return router


def _is_account(request: Request, account_sid: str, auth_token: str) -> bool:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    try:
        given = base64.b64decode(value, validate=True)
    except binascii.Error:
        return False
    return scheme.lower() == "basic" and secrets.compare_digest(
        given, f"{account_sid}:{auth_token}".encode()
    )


def _fields(form: FormData) -> dict[str, str]:
    return {key: value for key, value in form.items() if isinstance(value, str)}


def _check(fields: Mapping[str, str], exchange: Exchange) -> None:
    """Refuse what Twilio would, in its order."""
    config = exchange.config
    service, sender = fields.get("MessagingServiceSid"), fields.get("From")
    if not fields.get("To"):
        raise Refused(21604)
    if not (service or sender):
        raise Refused(21603)
    if service and service != config.messaging_service_sid:
        raise Refused(21701)
    if sender and sender != config.number:
        raise Refused(21606, sender)
    if not _E164.fullmatch(fields["To"]):
        raise Refused(21211, fields["To"])
    if not fields.get("Body"):
        raise Refused(21602)
    if len(fields["Body"]) > LONGEST:
        raise Refused(21617)
    callback = fields.get("StatusCallback")
    if callback and not exchange.webhooks.reaches(callback):
        raise Refused(21609)


def _take(fields: Mapping[str, str], fault: Fault | None, exchange: Exchange) -> Text:
    undelivered = fault and fault.kind is FaultKind.UNDELIVERED
    return exchange.take(
        fields["To"],
        fields["Body"],
        service=fields.get("MessagingServiceSid"),
        callback=fields.get("StatusCallback"),
        fails_with=fault.code if fault and undelivered else None,
    )


async def _looked_up(exchange: Exchange, request: Request) -> None:
    fault = exchange.faults.take(Asked.LOOK_UP, request.query_params.get("To", ""))
    if fault:
        await _fail(fault, request)


async def _fail(fault: Fault, request: Request) -> None:
    if fault.kind in (FaultKind.TIMEOUT, FaultKind.TIMEOUT_BUT_TAKEN):
        await _given_up(request)
    if fault.kind is FaultKind.SLOW_DOWN:
        raise Refused(20429)
    if fault.kind is FaultKind.REFUSED and fault.code:
        raise Refused(fault.code, fault.to or "")
    raise Refused(20500)


async def _given_up(request: Request) -> None:
    """Say nothing until the client has hung up: a time-out without a clock."""
    while (await request.receive())["type"] != "http.disconnect":
        continue
