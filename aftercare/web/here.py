"""What a page knows of its request: who asks, when, of which app."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from aftercare.web.pages import Pages
from aftercare.web.sessions import Visitor, visitor

if TYPE_CHECKING:
    from aftercare.app import App

COOKIE = "aftercare_session"


@dataclass(frozen=True)
class Here:
    """One request of somebody who is logged in."""

    app: App
    request: Request
    visitor: Visitor
    now: datetime

    @property
    def by_htmx(self) -> bool:
        return "HX-Request" in self.request.headers

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """The page in the reader's language, its times in the team's zone."""
        pages: Pages = self.request.app.state.pages
        staff = self.visitor.staff
        return pages.response(
            self.request,
            template,
            self.now,
            locale=staff.locale,
            status=status,
            visitor=self.visitor,
            zone=staff.team.zone,
            clinic=self.app.clinic,
            **values,
        )


def here(request: Request) -> Here:
    """Only for those who are logged in. Raises LoggedOff."""
    app: App = request.app.state.app
    now = app.clock.now()
    # A page that refreshes itself while nobody is there must not keep the session alive.
    active = "X-Idle" not in request.headers
    with app.database.begin() as session:
        found = visitor(session, now, request.cookies.get(COOKIE), idle(app), active=active)
    return Here(app, request, found, now)


def posted(
    request: Request, here: Annotated[Here, Depends(here)], csrf: Annotated[str, Form()] = ""
) -> Here:
    """Only for forms that we made for this very session."""
    check_origin(request)
    if not secrets.compare_digest(csrf.encode(), here.visitor.csrf.encode()):
        raise HTTPException(403, "This form is out of date. Reload the page and try again.")
    return here


def check_origin(request: Request) -> None:
    """Refuse what another site makes the browser send; old browsers do not tell."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(403, "This form came from another site.")


def idle(app: App) -> timedelta:
    return timedelta(minutes=app.settings.session_minutes)


def to_login(request: Request, why: str) -> Response:
    """Send to the log-in page, and back afterwards; a part of a page cannot be gone back to."""
    by_htmx = "HX-Request" in request.headers
    back = request.headers.get("HX-Current-URL", "") if by_htmx else request.url.path
    target = f"/login?why={why}&next={quote(own_path(back))}"
    if by_htmx:
        return Response(status_code=401, headers={"HX-Redirect": target})
    response = RedirectResponse(target, 303)
    response.delete_cookie(COOKIE)
    return response


def own_path(address: str) -> str:
    """The path of one of our own pages; the queue for anything else."""
    path = address.partition("://")[2].partition("/")[2] if "://" in address else address[1:]
    path = "/" + path.partition("?")[0].partition("#")[0]
    # `//elsewhere` and backslashes would leave this site.
    return path if path[1:2] not in ("/", "\\") and "\\" not in path else "/"


AtHome = Annotated[Here, Depends(here)]
Posted = Annotated[Here, Depends(posted)]
