"""A reading as it is kept: the evidence beside a text, and the reasons of an escalation."""

import json
from dataclasses import asdict
from typing import Any

from aftercare.escalations import Reason
from aftercare.levels import Level
from aftercare.protocols import Question
from aftercare.triage import Evidence, Reading


def reading_json(reading: Reading, question: Question | None) -> str:
    """The whole reading as JSON, for the message's sealed `reading`."""
    kept: dict[str, Any] = {
        "level": str(reading.level),
        "concepts": reading.concepts,
        "evidence": [_evidence(e) for e in reading.evidence],
        "needs": reading.needs,
        "wants": sorted(reading.wants),
        "value": reading.value,
        "unit": reading.unit,
        "confidence": reading.confidence,
        "unread": reading.unread,
        "question": question.id if question else None,
    }
    return json.dumps(kept, ensure_ascii=False)


def reasons(reading: Reading, question: str | None, at_least: Level) -> list[Reason]:
    """One reason per concept whose evidence reaches `at_least`."""
    found: dict[str, list[Evidence]] = {}
    for evidence in reading.evidence:
        if evidence.level >= at_least:
            found.setdefault(evidence.concept, []).append(evidence)
    return [
        Reason(
            concept,
            max(e.level for e in rows),
            "flag",
            {
                "evidence": [_evidence(e) for e in rows],
                "question": question,
                "value": reading.value,
            },
        )
        for concept, rows in sorted(found.items(), key=_tells_more)
    ]


def _tells_more(found: tuple[str, list[Evidence]]) -> bool:
    # The last reason is what the queue shows first: `stroke signs` says more than `yes to the
    # safety question`.
    return any(evidence.source != "question" for evidence in found[1])


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {k: str(v) if k == "level" else v for k, v in asdict(evidence).items()}
