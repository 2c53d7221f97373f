"""A patient's text comes in: stored once, screened before anything else, never lost."""

from aftercare.inbound.handover import hand_over
from aftercare.inbound.incoming import Incoming
from aftercare.inbound.receiving import Arrived, receive
from aftercare.inbound.screening import screen
from aftercare.inbound.senders import sender_of
from aftercare.inbound.standing import ENDS_TEXTS, change_standing
from aftercare.inbound.statuses import Status, status_changed, undeliverable

__all__ = [
    "ENDS_TEXTS",
    "Arrived",
    "Incoming",
    "Status",
    "change_standing",
    "hand_over",
    "receive",
    "screen",
    "sender_of",
    "status_changed",
    "undeliverable",
]
