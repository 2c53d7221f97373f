"""The web application: the carrier's webhooks, the console, health and metrics."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from aftercare.web import auth
from aftercare.web.attempts import Attempts
from aftercare.web.console import actions, misreading, patient_pages, queue_pages
from aftercare.web.headers import CarefulHeaders
from aftercare.web.here import to_login
from aftercare.web.metrics import Measured, Metrics
from aftercare.web.pages import STATIC, Pages
from aftercare.web.sessions import LoggedOff

if TYPE_CHECKING:
    from starlette.types import Scope

    from aftercare.app import App

log = logging.getLogger(__name__)


def create_app(app: App) -> FastAPI:
    """Everything that answers over HTTP for one installation."""
    web = FastAPI(title="Aftercare", docs_url=None, redoc_url=None, openapi_url=None)
    web.state.app = app
    web.state.pages = Pages(app.settings, app.clinic.phrasebook)
    web.state.attempts = Attempts()
    web.state.metrics = Metrics(app)
    web.add_middleware(Measured, metrics=web.state.metrics)
    web.add_middleware(CarefulHeaders, https=app.settings.public_url.startswith("https://"))
    web.mount("/static", KeptFiles(directory=STATIC), name="static")
    for part in (auth, queue_pages, patient_pages, actions, misreading):
        web.include_router(part.router)
    _add_webhooks(web)
    web.add_api_route("/health", health, include_in_schema=False)
    web.add_api_route("/metrics", metrics, include_in_schema=False)
    web.add_exception_handler(LoggedOff, _logged_off)
    web.add_exception_handler(HTTPException, _refused)
    web.add_exception_handler(RequestValidationError, _not_understood)
    web.add_exception_handler(Exception, _failed)
    return web


def health(request: Request) -> Response:
    """200 when the database answers and has the newest tables, for whoever watches."""
    app: App = request.app.state.app
    present, newest = app.database.revision()
    fits = present == newest
    return JSONResponse(
        {"status": "ok" if fits else "not migrated"}, status_code=200 if fits else 503
    )


def metrics(request: Request) -> Response:
    return Response(request.app.state.metrics.text(), media_type="text/plain; version=0.0.4")


class KeptFiles(StaticFiles):
    """Files whose address changes with their content, so that browsers keep them."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def _add_webhooks(web: FastAPI) -> None:
    # Imported here, because the webhooks import the uses, which the console does without.
    from aftercare.web.webhooks import router

    web.include_router(router)


async def _logged_off(request: Request, error: Exception) -> Response:
    return to_login(request, str(error))


async def _refused(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 400
    if request.url.path.startswith("/webhooks"):
        return PlainTextResponse(str(getattr(error, "detail", "")), status)
    return _error_page(request, status, str(getattr(error, "detail", "")))


async def _not_understood(request: Request, error: Exception) -> Response:
    # The validation's own answer would echo what was entered.
    return _error_page(request, 422, "")


async def _failed(request: Request, error: Exception) -> Response:
    route = getattr(request.scope.get("route"), "path", "unknown")
    log.error("request_failed", extra={"route": route, "error": type(error).__name__})
    return _error_page(request, 500, "")


def _error_page(request: Request, status: int, detail: str) -> Response:
    heading, words = {
        403: ("This was refused", detail),
        404: ("There is no such page", "It may have been moved or merged."),
        405: ("There is no such page", "It may have been moved or merged."),
        422: ("This could not be understood", "Go back and check what was entered."),
    }.get(status, ("Something went wrong", "It is not your fault. What you see is still safe."))
    pages: Pages = request.app.state.pages
    now = request.app.state.app.clock.now()
    return pages.response(request, "error.html", now, status=status, heading=heading, words=words)
