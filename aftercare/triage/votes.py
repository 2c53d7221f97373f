"""The second votes: what Rasa's classifier, and the screen's encoder, make of a text."""

from collections.abc import Mapping, Sequence
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
# What the patient is told where life is not wanted.
CRISIS = "crisis"
# The concept of a vote that names none.
UNNAMED = "possible_red_flag"


@dataclass(frozen=True)
class Thresholds:
    """How much probability Rasa's red-flag intents need together: for somebody to call
    today (`alone`), for an emergency (`sure`); how much the second opinion has to give to the
    same (`agreed`, `both`); and how sure any other intent has to be (`intent`)."""

    alone: float = 0.6
    sure: float = 0.9
    intent: float = 0.7
    agreed: float = 0.3
    both: float = 0.5


@dataclass(frozen=True)
class Limits:
    """How much probability the second opinion needs.

    Its red flags together need `alone`, or `aside` where the vocabulary set one aside (denied,
    over, another's), since it weighed the words; and one of them has to reach `clear` by itself:
    a little of everything is no meaning. The emergencies among them need `sure` to be one,
    `beside` where a red flag was set aside, and `denied` where it is their own and a lesser one
    stands. Self-harm by itself needs `crisis` to be called about in an answer;
    out of the blue many a harmless sentence looks like a farewell.

    Where it takes a text for `calm`, an emergency that a pattern saw is no more than urgent
    below `unsure`, and for a human to read below `doubt`. Needs together need `need`, or
    `settled` where the answer says that there is none; a wish `wish`, a death `death`, which a
    human reads from `death_perhaps`. What a pattern takes for the end of all texts is one from
    `opt_out`, or from `ends` (a wrong number, a death); below that a human finds out, and below
    `never` nobody needs to.
    """

    alone: float = 0.6
    crisis: float = 0.35
    aside: float = 0.8
    sure: float = 0.6
    beside: float = 0.9
    denied: float = 0.99
    clear: float = 0.2
    calm: float = 0.6
    unsure: float = 0.25
    doubt: float = 0.1
    need: float = 0.45
    settled: float = 0.8
    wish: float = 0.6
    death: float = 0.8
    death_perhaps: float = 0.7
    ends: float = 0.2
    never: float = 0.08
    opt_out: float = 0.05


def red_flag_vote(
    nlu: Understanding,
    weighed: Sequence[Weighed],
    rules: Mapping[str, Rule],
    thresholds: Thresholds,
    guess: Mapping[str, float] | None = None,
) -> Evidence | None:
    """Evidence when the red-flag intents together are probable enough.

    It speaks where the screen found nothing. What the screen found stands at its level,
    and the words that it set aside (a denial, an idiom) are not brought in again. Where the
    second opinion has a `guess`, both have to think so; else only what may be self-harm goes to
    a human to read.
    """
    flags = {i: p for i, p in nlu.ranking.items() if _reports(i, rules)}
    total = sum(flags.values())
    if total < thresholds.alone or _screened(weighed, rules):
        return None
    concept = _concept(max(flags, key=lambda intent: flags[intent]), rules)
    level = rules[concept].concept.level if total >= thresholds.sure else Level.URGENT
    if guess and emergencies(guess, rules) < thresholds.both:
        level = Level.URGENT
    if guess and together(guess, rules) < thresholds.agreed:
        if total < thresholds.sure or rules[concept].concept.told != CRISIS:
            return None
        level = Level.ROUTINE
    if _calm(weighed):
        level = Level.ROUTINE
    cues = (f"red-flag intents together {total:.2f}",)
    return Evidence(concept, level, "nlu", nlu.intent, cues)


def meaning_vote(
    guess: Mapping[str, float],
    weighed: Sequence[Weighed],
    rules: Mapping[str, Rule],
    limits: Limits,
    asked: bool = False,
) -> Evidence | None:
    """Evidence when the second opinion's red flags together are probable enough; of an answer
    (`asked`), a hint at self-harm sooner."""
    flags = {name: p for name, p in guess.items() if _emergency(name, rules)}
    aside = any(w.verdict is not Verdict.STANDS for w in weighed if w.match.section == "concepts")
    likely = together(guess, rules)
    clear = max(guess.get(URGENT, 0.0), *flags.values()) >= limits.clear
    cues = (f"meaning: red flags together {likely:.2f}",)
    if likely < (max(limits.alone, limits.aside) if aside else limits.alone) or not clear:
        return _hinted(guess, weighed, rules, limits.crisis, cues) if asked else None
    named = max(flags, key=lambda name: flags[name])
    concept = named if named in rules else UNNAMED
    total = sum(flags.values())
    needed = max(limits.sure, limits.beside) if aside else limits.sure
    if _denied_beside_a_lesser(named, weighed, rules):
        needed = limits.denied
    if total >= needed:
        return Evidence(concept, Level.EMERGENCY, "meaning", "", cues)
    if total < guess.get(URGENT, 0.0):
        concept = UNNAMED
    return Evidence(concept, Level.URGENT, "meaning", "", cues)


def _hinted(
    guess: Mapping[str, float],
    weighed: Sequence[Weighed],
    rules: Mapping[str, Rule],
    needed: float,
    cues: tuple[str, ...],
) -> Evidence | None:
    """Who hints at self-harm is called today: it is said in hints, and asking does no harm."""
    judged = {w.match.name for w in weighed if w.match.section == "concepts"}
    for name, likely in guess.items():
        crisis = name in rules and rules[name].concept.told == CRISIS
        if crisis and likely >= needed and name not in judged:
            return Evidence(name, Level.URGENT, "meaning", "", cues)
    return None


def _denied_beside_a_lesser(
    named: str, weighed: Sequence[Weighed], rules: Mapping[str, Rule]
) -> bool:
    """`rash all over, no swelling in the face`: what was denied is not what the rest means."""
    flags = [w for w in weighed if w.match.section == "concepts" and w.match.name in rules]
    lesser = any(
        w.verdict is Verdict.STANDS and rules[w.match.name].concept.level is Level.URGENT
        for w in flags
    )
    return lesser and any(w.match.name == named and w.verdict is Verdict.DENIED for w in flags)


def together(guess: Mapping[str, float], rules: Mapping[str, Rule]) -> float:
    """The probability that somebody has to act today: of every emergency, and of the urgent."""
    return sum(p for name, p in guess.items() if name == URGENT or _emergency(name, rules))


def emergencies(guess: Mapping[str, float], rules: Mapping[str, Rule]) -> float:
    """The probability of every emergency together."""
    return sum(p for name, p in guess.items() if _emergency(name, rules))


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


def _reports(intent: str, rules: Mapping[str, Rule]) -> bool:
    known = rules.get(intent)
    emergency = known is not None and known.concept.level is Level.EMERGENCY
    return emergency or intent.startswith(RED_FLAG)


def _concept(intent: str, rules: Mapping[str, Rule]) -> str:
    name = intent.removeprefix(RED_FLAG).lstrip("_/.")
    return name if name in rules else UNNAMED
