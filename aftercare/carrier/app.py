"""Puts the stand-in carrier together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.middleware.trustedhost import TrustedHostMiddleware

from aftercare.carrier import control, phones, rest
from aftercare.carrier.config import CarrierConfig, refuse_production
from aftercare.carrier.errors import Refused
from aftercare.carrier.exchange import Exchange


def create_app(config: CarrierConfig) -> FastAPI:
    """The carrier as a web application. Raises ForbiddenInProduction."""
    refuse_production()
    exchange = Exchange(config)
    if not exchange.webhooks.reaches(config.webhook_url):
        raise ValueError("the stand-in carrier calls loopback only: set reached_at")

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await exchange.close()

    app = FastAPI(title="Stand-in carrier", lifespan=lifespan, docs_url=None, redoc_url=None)
    # A web page elsewhere could otherwise reach this loopback server under its own name.
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
    app.add_exception_handler(Refused, _refusal)
    app.include_router(rest.routes(exchange))
    app.include_router(control.routes(exchange))
    app.include_router(phones.routes(exchange))
    app.mount("/static", StaticFiles(directory=phones.STATIC), name="static")
    return app


async def _refusal(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, Refused):
        raise error
    headers = {"WWW-Authenticate": 'Basic realm="Twilio API"'} if error.status == 401 else None
    return JSONResponse(error.json(), error.status, headers)
