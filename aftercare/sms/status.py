"""The order of a text's statuses: callbacks arrive late and twice, a text never goes back."""

_ORDER = {
    "accepted": 0,
    "scheduled": 1,
    "queued": 2,
    "sending": 3,
    "sent": 4,
    "failed": 5,
    "undelivered": 5,
    "partially_delivered": 5,
    "canceled": 5,
    # A handset's receipt outweighs an earlier guess of the network that it did not arrive.
    "delivered": 6,
    "read": 7,
}


def progress(old: str | None, new: str) -> str:
    """The status to keep. A status unknown to us changes nothing that is known."""
    if old not in _ORDER:
        return new
    return new if _ORDER.get(new, -1) > _ORDER[old] else old


def is_final(status: str) -> bool:
    """Whether nothing but a handset's receipt may still come."""
    return _ORDER.get(status, -1) >= _ORDER["failed"]
