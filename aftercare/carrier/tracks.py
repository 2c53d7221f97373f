"""The statuses a text still has to pass."""

from aftercare.carrier.ledger import Text

_DELIVERED = ("accepted", "queued", "sending", "sent", "delivered")
_UNDELIVERED = ("accepted", "queued", "sending", "sent", "undelivered")
_NEVER_SENT = {30006, 30007, 30032, 30034}
"""Errors the carrier finds before it sends: the text ends as failed."""


def ahead(text: Text) -> tuple[str, ...]:
    """What comes after the text's present status; nothing at the end."""
    track = _track(text.fails_with)
    return track[track.index(text.status) + 1 :] if text.status in track else ()


def _track(fails_with: int | None) -> tuple[str, ...]:
    if fails_with is None:
        return _DELIVERED
    return ("accepted", "queued", "failed") if fails_with in _NEVER_SENT else _UNDELIVERED
