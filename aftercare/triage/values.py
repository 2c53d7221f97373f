"""What the values of a text say by rule: beyond a threshold, too many, or more than before."""

from collections.abc import Iterator, Mapping, Sequence

from aftercare.levels import Level
from aftercare.protocols import Question
from aftercare.triage.answers import LIKELY, Answer
from aftercare.triage.measures import beyond, holds
from aftercare.triage.reading import Evidence
from aftercare.triage.screen import Screened
from aftercare.triage.trends import change, gained
from aftercare.triage.vocabulary import Rule, Threshold

# `82 before, 95 now`: somebody calls today where it was an emergency, and reads it where not.
_BEFORE = {Level.EMERGENCY: Level.URGENT}


def measured(
    screened: Screened,
    question: Question | None,
    rules: Mapping[str, Rule],
    thresholds: Sequence[Threshold],
) -> Iterator[Evidence]:
    """Each measured value beyond a threshold, whatever was asked."""
    heard = screened.heard
    asked = question.unit if question else None
    for found in beyond(heard.numbers, heard.weighed, thresholds, asked, heard.grams, heard.units):
        concept = rules[found.concept].concept
        level, when = concept.level, ""
        if found.before:
            level, when = _BEFORE.get(level, Level.ROUTINE), " before"
        matched = heard.words(found.number.start, found.number.end)
        cue = f"{found.measure} {found.value:g}{when}"
        yield Evidence(concept.id, level, "screen", matched, (cue,))


def counted(
    question: Question | None,
    given: Answer | None,
    topic: frozenset[str],
    rules: Mapping[str, Rule],
    thresholds: Sequence[Threshold],
) -> Iterator[Evidence]:
    """The answer to a question about `topic` that brings no rule of its own: a pain of 9, three
    doses missed."""
    if question is None or question.flags or given is None or given.confidence < LIKELY:
        return
    if not isinstance(given.value, float):
        return
    for found in thresholds:
        if found.measure in topic and holds(found.when, given.value):
            concept = rules[found.concept].concept
            cues = (f"answer {found.when} to: {question.text}",)
            yield Evidence(concept.id, concept.level, "question", given.matched, cues)


def changed(
    screened: Screened,
    question: Question | None,
    topic: frozenset[str],
    rules: Mapping[str, Rule],
) -> Iterator[Evidence]:
    """More pounds, or more pillows, than in the other value that the text tells."""
    heard = screened.heard
    if question is None or (found := change(heard.numbers, heard.weighed, heard.units)) is None:
        return
    if question.unit in ("lb", "kg") and gained(found, question.unit):
        name = "weight_gain"
    elif "pillows" in topic and found.now.value > found.before.value:
        name = "breathing_worse"
    else:
        return
    concept = rules[name].concept
    matched = heard.words(found.now.start, found.now.end)
    cue = f"{found.before.value:g} before, {found.now.value:g} now"
    yield Evidence(concept.id, concept.level, "question", matched, (cue,))
