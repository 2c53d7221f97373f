"""The second votes: what Rasa's classifier, and the screen's encoder, make of a text."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from aftercare.levels import Level
from aftercare.triage.cues import Verdict, Weighed
from aftercare.triage.reading import Evidence, Understanding
from aftercare.triage.vocabulary import Rule

# Intents that report a red flag are named like an emergency's concept, or begin so.
RED_FLAG = "red_flag"
# The second opinion's classes beside those named like an emergency, a need or a wish.
OTHER_FLAG, URGENT, CALM = "red_flag_other", "urgent", "none"
LANGUAGE, EDUCATION, HUMAN = "language", "education", "human"
WISHES = ("opt_out", "wrong_number", HUMAN, EDUCATION)
NEVER = 2.0
# The concept of a vote that names none.
UNNAMED = "possible_red_flag"


@dataclass(frozen=True)
class Thresholds:
    """How much probability Rasa's red-flag intents need together: for somebody to call
    today (`alone`), for an emergency (`sure`); and how sure any other intent has to be."""

    alone: float = 0.6
    sure: float = 0.9
    intent: float = 0.7


@dataclass(frozen=True)
class Limits:
    """How much probability the second opinion needs for its red flags together, by what the
    vocabulary made of the text: nothing (`alone`), an answer, a wish or small talk
    (`understood`), or a need, or a red flag that was denied, over or another's (`aside`).

    One of them has to reach `clear` by itself: a little of everything is no meaning. The
    emergencies among them need `sure` to be one. Where it takes a text for `calm`, an emergency
    that a pattern saw is no more than urgent below `unsure`, and for a human to read below
    `doubt`. Needs together need `need`, a wish `wish`.
    """

    alone: float = 0.9
    understood: float = 0.95
    aside: float = 0.98
    sure: float = 0.7
    clear: float = 0.3
    calm: float = 0.9
    unsure: float = 0.4
    doubt: float = 0.03
    need: float = 0.4
    wish: float = 0.7


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
    limits: Limits,
    answered: bool = False,
) -> Evidence | None:
    """Evidence when the second opinion's red flags together are probable enough.

    Where the vocabulary saw one that stands, it can only make it more pressing.
    """
    flags = {name: p for name, p in guess.items() if _emergency(name, rules)}
    total = sum(flags.values())
    likely = together(guess, rules)
    clear = max(guess.get(URGENT, 0.0), *flags.values()) >= limits.clear
    if likely < _needed(weighed, rules, limits, answered) or not clear:
        return None
    cues = (f"meaning: red flags together {likely:.2f}",)
    named = max(flags, key=lambda name: flags[name])
    concept = named if named in rules else UNNAMED
    if total >= limits.sure:
        return Evidence(concept, Level.EMERGENCY, "screen", "", cues)
    if total < guess.get(URGENT, 0.0):
        concept = UNNAMED
    return Evidence(concept, Level.URGENT, "screen", "", cues)


def together(guess: Mapping[str, float], rules: Mapping[str, Rule]) -> float:
    """The probability that somebody has to act today: of every emergency, and of the urgent."""
    return sum(p for name, p in guess.items() if name == URGENT or _emergency(name, rules))


def meant_need(guess: Mapping[str, float], needs: Collection[str], limits: Limits) -> str | None:
    """The likeliest need, where all needs together are likely enough."""
    likely = {name: guess.get(name, 0.0) for name in needs}
    if sum(likely.values()) < limits.need:
        return None
    return max(likely, key=lambda name: likely[name])


def meant_wishes(guess: Mapping[str, float], limits: Limits) -> Iterator[str]:
    """The wishes that are likely enough, as `Reading.wants` names them.

    A wish for a language that is not named is one for a human, who finds out which; so is a
    death, because only words that name it may end the texts of somebody who lives.
    """
    yield from (name for name in WISHES if guess.get(name, 0.0) >= limits.wish)
    if guess.get("deceased", 0.0) >= limits.wish:
        yield HUMAN
    languages = {name: p for name, p in guess.items() if name.startswith(LANGUAGE)}
    if languages and sum(languages.values()) >= limits.wish:
        named = max(languages, key=lambda name: languages[name])
        yield HUMAN if named == LANGUAGE else named


def _needed(
    weighed: Sequence[Weighed], rules: Mapping[str, Rule], limits: Limits, answered: bool
) -> float:
    """How sure the second opinion has to be, beside what the vocabulary made of the text."""
    flags = [w for w in weighed if w.match.section == "concepts" and _pressing(w, rules)]
    stands = any(w.verdict is Verdict.STANDS for w in flags)
    if any(w.verdict is not Verdict.STANDS for w in flags):
        # A red flag beside a denied one (`rash, no swelling`) was weighed: nothing to add.
        return NEVER if stands else limits.aside
    if stands:
        return limits.alone
    heard = {w.match.section for w in weighed if w.verdict is Verdict.STANDS}
    if "needs" in heard:
        return limits.aside
    return limits.understood if answered or heard & {"wants", "calm"} else limits.alone


def _pressing(weighed: Weighed, rules: Mapping[str, Rule]) -> bool:
    rule = rules.get(weighed.match.name)
    return rule is not None and rule.concept.level >= Level.URGENT


def _emergency(name: str, rules: Mapping[str, Rule]) -> bool:
    rule = rules.get(name)
    return name == OTHER_FLAG or (rule is not None and rule.concept.level is Level.EMERGENCY)


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
