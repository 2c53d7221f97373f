"""Twilio's webhooks: check the signature, store once, answer 200, and nothing else."""

import re
from typing import Annotated
from urllib.parse import parse_qsl
from uuid import UUID

from anyio import to_thread
from fastapi import APIRouter, Depends, HTTPException, Request, Response

from aftercare.app import App
from aftercare.inbound import Arrived, Status, receive, status_changed
from aftercare.sms import public_url

router = APIRouter(prefix="/webhooks")

MOST_BYTES = 64 * 1024
"""Twilio's longest text is 1,600 characters; with every parameter a few kilobytes."""

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

NOTHING_TO_SAY = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'


async def signed_form(request: Request) -> dict[str, str]:
    """The form's parameters, or 403 when the signature is missing or wrong."""
    app: App = request.app.state.app
    raw = await request.body()
    if len(raw) > MOST_BYTES:
        raise HTTPException(413)
    if app.twilio is None:
        raise HTTPException(503, "no carrier is configured")
    try:
        params = dict(parse_qsl(raw.decode(), keep_blank_values=True, strict_parsing=bool(raw)))
    except ValueError:
        raise HTTPException(400, "not a form") from None
    target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    url = public_url(app.settings.public_url, target)
    if not app.twilio.signed(url, params, request.headers.get("X-Twilio-Signature")):
        raise HTTPException(403, "bad signature")
    return params


Form = Annotated[dict[str, str], Depends(signed_form)]


@router.post("/sms")
async def text_arrived(request: Request, form: Form) -> Response:
    app: App = request.app.state.app
    await to_thread.run_sync(_store, app, _arrived(form))
    return Response(NOTHING_TO_SAY, media_type="application/xml")


@router.post("/status")
async def status_arrived(request: Request, form: Form) -> Response:
    app: App = request.app.state.app
    await to_thread.run_sync(_note, app, _status(form, request.query_params.get("attempt", "")))
    return Response(status_code=204)


def _arrived(form: dict[str, str]) -> Arrived:
    sid, sender = form.get("MessageSid", ""), form.get("From", "")
    if not sid or not sender or "\x00" in sid:
        raise HTTPException(400, "MessageSid and From are needed")
    count = form.get("NumMedia", "")
    pictures = min(int(count), 10) if count.isdecimal() else 0
    kinds = [form.get(f"MediaContentType{i}", "unknown") for i in range(pictures)]
    # PostgreSQL's JSON cannot hold a NUL.
    media = tuple(kind.replace("\x00", "") for kind in kinds)
    return Arrived(sid, sender, form.get("Body", ""), media, form.get("OptOutType", ""))


def _status(form: dict[str, str], attempt: str) -> Status:
    code = form.get("ErrorCode", "")
    sid = form.get("MessageSid", "").replace("\x00", "")
    return Status(
        sid,
        form.get("MessageStatus", ""),
        int(code) if code.isdecimal() else None,
        UUID(attempt) if _UUID.fullmatch(attempt) else None,
    )


def _store(app: App, arrived: Arrived) -> None:
    with app.database.begin() as session:
        receive(session, app.clock.now(), arrived)


def _note(app: App, told: Status) -> None:
    with app.database.begin() as session:
        status_changed(session, app.clinic, app.clock.now(), told)
