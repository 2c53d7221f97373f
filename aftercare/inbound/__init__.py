"""A patient's text comes in: stored once, screened before anything else, never lost."""

from aftercare.inbound.handover import hand_over
from aftercare.inbound.receiving import Arrived, receive
from aftercare.inbound.screening import screen
from aftercare.inbound.statuses import status_changed, undeliverable

__all__ = [
    "Arrived",
    "hand_over",
    "receive",
    "screen",
    "status_changed",
    "undeliverable",
]
