"""The second votes: what Rasa's classifier, and the screen's encoder, make of a text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aftercare.levels import Level
from aftercare.triage.cues import Verdict, Weighed
from aftercare.triage.reading import Evidence, Understanding
from aftercare.triage.vocabulary import Rule

# Intents that report a red flag are named like an emergency's concept, or begin so.
RED_FLAG = "red_flag"
# The encoder's class of what somebody has to call about today.
URGENT = "urgent"
# The concept of a vote that names none.
UNNAMED = "possible_red_flag"


@dataclass(frozen=True)
class Thresholds:
    """How much probability the red-flag intents need together: for somebody to call
    today (`alone`), for an emergency (`sure`); and how sure any other intent has to be."""

    alone: float = 0.6
    sure: float = 0.9
    intent: float = 0.7


def red_flag_vote(
    nlu: Understanding,
    weighed: Sequence[Weighed],
    rules: Mapping[str, Rule],
    thresholds: Thresholds,
) -> Evidence | None:
    """Evidence when the red-flag intents together are probable enough.

    It speaks where the screen found nothing. What the screen found stands at its level,
    and the words that it set aside (a denial, an idiom) are not brought in again.
    """
    flags = {i: p for i, p in nlu.ranking.items() if _reports(i, rules)}
    total = sum(flags.values())
    if total < thresholds.alone or _screened(weighed, rules):
        return None
    concept = _concept(max(flags, key=lambda intent: flags[intent]), rules)
    level = rules[concept].concept.level if total >= thresholds.sure else Level.URGENT
    if _calm(weighed):
        level = Level.ROUTINE
    cues = (f"red-flag intents together {total:.2f}",)
    return Evidence(concept, level, "nlu", nlu.intent, cues)


def meaning_vote(
    guess: Mapping[str, float],
    weighed: Sequence[Weighed],
    rules: Mapping[str, Rule],
    thresholds: Thresholds,
) -> Evidence | None:
    """Evidence when the encoder's red flags together are probable enough.

    It speaks only where the vocabulary found neither a red flag nor small talk.
    """
    flags = {name: p for name, p in guess.items() if name in rules}
    total = sum(flags.values())
    together = total + guess.get(URGENT, 0.0)
    # A text whose need or wish was understood has its meaning; only certainty adds to it.
    enough = thresholds.sure if _understood(weighed) else thresholds.alone
    if together < enough or _screened(weighed, rules) or _calm(weighed):
        return None
    cues = (f"meaning: red flags together {together:.2f}",)
    if total < guess.get(URGENT, 0.0):
        return Evidence(UNNAMED, rules[UNNAMED].concept.level, "screen", "", cues)
    concept = max(flags, key=lambda name: flags[name])
    level = rules[concept].concept.level if total >= thresholds.sure else Level.URGENT
    return Evidence(concept, level, "screen", "", cues)


def _understood(weighed: Sequence[Weighed]) -> bool:
    return any(
        w.match.section in ("needs", "wants") and w.verdict is Verdict.STANDS for w in weighed
    )


def _calm(weighed: Sequence[Weighed]) -> bool:
    return any(w.match.section == "calm" and w.verdict is Verdict.STANDS for w in weighed)


def _screened(weighed: Sequence[Weighed], rules: Mapping[str, Rule]) -> bool:
    return any(
        w.match.section == "concepts"
        and w.match.name in rules
        and rules[w.match.name].concept.level >= Level.URGENT
        for w in weighed
    )


def intent_names(
    nlu: Understanding | None, known: Mapping[str, str], thresholds: Thresholds
) -> tuple[str, ...]:
    """The need or want that the top intent stands for, when it is sure of it."""
    if nlu is None or nlu.confidence < thresholds.intent:
        return ()
    return (known[nlu.intent],) if nlu.intent in known else ()


def _reports(intent: str, rules: Mapping[str, Rule]) -> bool:
    known = rules.get(intent)
    emergency = known is not None and known.concept.level is Level.EMERGENCY
    return emergency or intent.startswith(RED_FLAG)


def _concept(intent: str, rules: Mapping[str, Rule]) -> str:
    name = intent.removeprefix(RED_FLAG).lstrip("_/.")
    return name if name in rules else UNNAMED
