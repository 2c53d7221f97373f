"""What the stand-in carrier has to know before it starts."""

import os
from dataclasses import dataclass
from enum import StrEnum

from aftercare.clock import Clock, SystemClock

TEST_NUMBER = "+15005550006"
"""The number Twilio itself reserves for test sending."""


class Delivery(StrEnum):
    """When a text's status moves on and its callbacks go out."""

    AT_ONCE = "at_once"
    PACED = "paced"
    """As on a real phone, a moment between two statuses: for people who watch."""
    HELD = "held"
    """Only when /control/deliver asks: for tests."""


class Order(StrEnum):
    """In which order the status callbacks of one text are posted."""

    IN_ORDER = "in_order"
    REVERSED = "reversed"


@dataclass(frozen=True)
class CarrierConfig:
    """One account with one line.

    `webhook_url` is what the product registered for incoming texts, and `public_url` the part
    of it a proxy answers for: an address below it is signed as it stands, but posted to
    `reached_at`, as the hospital's proxy would pass it on.
    """

    account_sid: str
    auth_token: str
    webhook_url: str
    api_base: str = "http://127.0.0.1:8010"
    """Where the product reaches the stand-in; the addresses of pictures begin with it."""
    number: str = TEST_NUMBER
    messaging_service_sid: str | None = None
    fallback_url: str | None = None
    public_url: str | None = None
    reached_at: str | None = None
    clock: Clock = SystemClock()  # noqa: RUF009 — it has no state
    delivery: Delivery = Delivery.AT_ONCE
    order: Order = Order.IN_ORDER
    twice: bool = False
    """Post every status callback a second time, as networks do."""
    pace: float = 0.5
    """Seconds between two statuses when paced."""
    handles_opt_out: bool = True
    """Answer STOP, START and HELP and block opted-out numbers, as Twilio does by default."""
    tells_opt_out: bool = True
    """Send OptOutType with such a text, as Advanced Opt-Out does."""
    console_url: str | None = None
    """Where the phones' page links to for the other side of the conversation."""
    zone: str = "America/New_York"
    """Where a phone is that was not told its zone."""


class ForbiddenInProduction(RuntimeError):
    """The stand-in carrier reaches no patient, so it may not stand in for a real one."""


def refuse_production() -> None:
    """Raise when this process is meant for patients."""
    if os.environ.get("AFTERCARE_ENV") == "production":
        raise ForbiddenInProduction("the stand-in carrier cannot run with AFTERCARE_ENV=production")
