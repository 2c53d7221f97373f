"""Which of several reasons a case manager reads first."""

from aftercare.evidence import reasons
from aftercare.levels import Level
from aftercare.triage import Evidence, Reading


def test_a_named_danger_tells_more_than_a_yes_to_the_safety_question() -> None:
    evidence = (
        Evidence("stroke_signs", Level.EMERGENCY, "screen", "boca chueca"),
        Evidence("safety", Level.EMERGENCY, "question", "boca chueca"),
    )
    reading = Reading(Level.EMERGENCY, evidence=evidence)
    found = reasons(reading, "safety", at_least=Level.URGENT)
    assert [reason.concept for reason in found] == ["safety", "stroke_signs"]
