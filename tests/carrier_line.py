"""A phone line for a clinic's day: the stand-in carrier and the product's webhooks, listening."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import uvicorn
from fastapi import FastAPI

from aftercare.carrier import CarrierConfig, Phones, running
from aftercare.clock import SetClock
from aftercare.settings import Settings
from aftercare.web.webhooks import router


class CurrentClock:
    """The clock of whichever test runs: the carrier outlives them."""

    def __init__(self) -> None:
        self.of: SetClock = SetClock(datetime(2026, 3, 10, 15, tzinfo=UTC))

    def now(self) -> datetime:
        return self.of.now()


@dataclass
class Line:
    """The carrier and the product's webhooks, listening."""

    carrier: str
    web: str
    server: FastAPI
    clock: CurrentClock
    phones: Phones


@contextmanager
def line(settings: Settings) -> Iterator[Line]:
    server = FastAPI()
    server.include_router(router)
    clock = CurrentClock()
    with _serving(server) as web:
        config = CarrierConfig(
            account_sid=settings.twilio_account_sid,
            auth_token=settings.twilio_auth_token.get_secret_value(),
            webhook_url=f"{web}/webhooks/sms",
            clock=clock,
            tells_opt_out=False,
        )
        with running(config) as carrier, Phones(carrier) as phones:
            yield Line(carrier, web, server, clock, phones)


@contextmanager
def _serving(app: FastAPI) -> Iterator[str]:
    config = uvicorn.Config(app, host="127.0.0.1", port=0, access_log=False, log_level="warning")
    server = uvicorn.Server(config)
    sock = config.bind_socket()
    thread = threading.Thread(target=server.run, args=([sock],), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{sock.getsockname()[1]}"
    server.should_exit = True
    thread.join()
