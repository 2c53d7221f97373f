"""The outbox: what is queued, and how it is handed to the carrier."""

from aftercare.outbound.delivery import Carrier, Delivery, carrier_state, settled
from aftercare.outbound.outbox import (
    cancel_check_in,
    cancel_waiting,
    enqueue_due,
    last_word,
    queue,
    queue_to_stranger,
)

__all__ = [
    "Carrier",
    "Delivery",
    "cancel_check_in",
    "cancel_waiting",
    "carrier_state",
    "enqueue_due",
    "last_word",
    "queue",
    "queue_to_stranger",
    "settled",
]
