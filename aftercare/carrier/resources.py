"""Texts as the JSON of Twilio's Message and Media resources."""

from datetime import datetime
from email.utils import format_datetime
from typing import Any

from aftercare.carrier.config import CarrierConfig
from aftercare.carrier.errors import DELIVERY_ERRORS
from aftercare.carrier.ledger import Media, Text
from aftercare.carrier.parameters import API_VERSION, media_path, message_path

_UNSENT = ("accepted", "scheduled", "queued", "sending")


def message(text: Text, config: CarrierConfig) -> dict[str, Any]:
    """One Message."""
    path = message_path(text, config)
    return {
        "account_sid": config.account_sid,
        "api_version": API_VERSION,
        "body": text.body,
        "date_created": _rfc2822(text.created),
        "date_sent": _rfc2822(text.sent),
        "date_updated": _rfc2822(text.updated),
        "direction": text.direction,
        "error_code": text.error_code,
        "error_message": DELIVERY_ERRORS.get(text.error_code or 0),
        "from": None if text.status == "accepted" else text.sender,
        "messaging_service_sid": text.service,
        "num_media": str(len(text.media)),
        "num_segments": str(text.segments),
        "price": None,
        "price_unit": None if text.status in _UNSENT else "USD",
        "sid": text.sid,
        "status": text.status,
        "subresource_uris": {"media": f"{path}/Media.json"},
        "to": text.to,
        "uri": f"{path}.json",
    }


def media(text: Text, item: Media, config: CarrierConfig) -> dict[str, Any]:
    """One Media."""
    return {
        "account_sid": config.account_sid,
        "content_type": item.content_type,
        "date_created": _rfc2822(text.created),
        "date_updated": _rfc2822(text.created),
        "parent_sid": text.sid,
        "sid": item.sid,
        "uri": media_path(text, item.sid, config) + ".json",
    }


def _rfc2822(moment: datetime | None) -> str | None:
    return format_datetime(moment) if moment else None
