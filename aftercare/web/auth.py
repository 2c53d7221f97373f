"""Logging in and out."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from aftercare import audit, staffing
from aftercare.models import Staff
from aftercare.web import sessions
from aftercare.web.here import COOKIE, Posted, check_origin, idle, own_path

if TYPE_CHECKING:
    from aftercare.app import App

router = APIRouter(include_in_schema=False)

TICKET = "aftercare_login"
"""Before there is a session, the log-in form proves itself by a cookie with its own token."""


@router.get("/login")
def login_page(request: Request, why: str = "", next: str = "/") -> Response:
    return _form(request, why=why, next=own_path(next))


@router.post("/login")
def log_in(
    request: Request,
    csrf: Annotated[str, Form()] = "",
    email: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    # A plain function, so that Starlette runs the slow hash in a thread.
    check_origin(request)
    _check_ticket(request, csrf)
    app: App = request.app.state.app
    address = request.client.host if request.client else ""
    if wait := request.app.state.attempts.wait(email, address):
        return _form(request, why="wait", next=next, email=email, wait=wait, status=429)
    with app.database.begin() as session:
        staff = staffing.find(session, email)
    known = staff if staff and staff.active else None
    if staffing.matches(known.password_hash if known else None, password) and known:
        request.app.state.attempts.forgive(email)
        return _welcome(app, known, own_path(next))
    _record(app, "login.refused", staff)
    return _form(request, why="wrong", next=next, email=email, status=401)


@router.post("/logout")
def log_out(here: Posted) -> Response:
    with here.app.database.begin() as session:
        sessions.end(session, here.visitor.login_id)
        audit.record(session, here.now, here.visitor.actor, "logout", here.visitor.actor)
    response = RedirectResponse("/login?why=out", 303)
    response.delete_cookie(COOKIE)
    return response


def _welcome(app: App, staff: Staff, target: str) -> Response:
    with app.database.begin() as session:
        secret = sessions.begin(session, app.clock.now(), staff, idle(app))
        audit.record(session, app.clock.now(), f"staff:{staff.id}", "login", f"staff:{staff.id}")
    response = RedirectResponse(target, 303)
    response.set_cookie(COOKIE, secret, httponly=True, samesite="lax", secure=_over_https(app))
    response.delete_cookie(TICKET)
    return response


def _record(app: App, action: str, staff: Staff | None) -> None:
    subject = f"staff:{staff.id}" if staff else "staff:unknown"
    with app.database.begin() as session:
        audit.record(session, app.clock.now(), "system", action, subject)


def _form(
    request: Request, *, why: str, next: str, email: str = "", wait: int = 0, status: int = 200
) -> Response:
    app: App = request.app.state.app
    ticket = request.cookies.get(TICKET) or secrets.token_urlsafe(24)
    response: Response = request.app.state.pages.response(
        request,
        "login.html",
        app.clock.now(),
        status=status,
        why=why,
        next=next,
        email=email,
        wait=wait,
        ticket=ticket,
    )
    response.set_cookie(TICKET, ticket, httponly=True, samesite="strict", secure=_over_https(app))
    return response


def _check_ticket(request: Request, csrf: str) -> None:
    ticket = request.cookies.get(TICKET, "")
    if not ticket or not secrets.compare_digest(ticket.encode(), csrf.encode()):
        raise HTTPException(403, "This form is out of date. Reload the page and try again.")


def _over_https(app: App) -> bool:
    return app.settings.console_url.startswith("https://") or app.settings.public_url.startswith(
        "https://"
    )
