"""The second vote: what Rasa's classifier makes of a text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aftercare.levels import Level
from aftercare.triage.cues import Verdict, Weighed
from aftercare.triage.reading import Evidence, Understanding
from aftercare.triage.vocabulary import Rule

# Intents that report a red flag are named like an emergency's concept, or begin so.
RED_FLAG = "red_flag"
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
    if any(w.match.section == "calm" and w.verdict is Verdict.STANDS for w in weighed):
        level = Level.ROUTINE
    cues = (f"red-flag intents together {total:.2f}",)
    return Evidence(concept, level, "nlu", nlu.intent, cues)


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
