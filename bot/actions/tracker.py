"""Reads what Rasa knows of the latest text out of its tracker."""

from collections.abc import Mapping
from typing import Any

from rasa_sdk import Tracker

from aftercare.triage import Entity, Understanding

# FallbackClassifier puts this into the ranking beside the intents it doubts.
NO_INTENT = "nlu_fallback"


def message_of(tracker: Tracker) -> str | None:
    """The id under which the product stored the latest text."""
    metadata = tracker.latest_message.get("metadata") or {}
    return metadata.get("message_id")


def understanding_of(tracker: Tracker) -> Understanding:
    """What the classifier made of the latest text."""
    latest = tracker.latest_message
    intent = latest.get("intent") or {}
    return Understanding(
        intent=str(intent.get("name") or ""),
        confidence=float(intent.get("confidence") or 0.0),
        ranking={
            row["name"]: float(row["confidence"])
            for row in latest.get("intent_ranking") or []
            if row["name"] != NO_INTENT
        },
        entities=tuple(_entity(row) for row in latest.get("entities") or []),
    )


def check_in_of(tracker: Tracker) -> str:
    """The check-in that a proactive trigger names."""
    check_in = next(tracker.get_latest_entity_values("check_in"), None)
    if not check_in:
        raise ValueError("EXTERNAL_check_in came without its check_in")
    return str(check_in)


def _entity(row: Mapping[str, Any]) -> Entity:
    return Entity(
        kind=str(row["entity"]),
        value=str(row["value"]),
        start=int(row.get("start") or 0),
        end=int(row.get("end") or 0),
    )
