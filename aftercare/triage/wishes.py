"""What a text asks for: needs (a ride) and wishes (no more texts), by everybody who reads it."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from aftercare.levels import Level
from aftercare.protocols import Question
from aftercare.triage.answers import SURE, Answer
from aftercare.triage.cues import Verdict
from aftercare.triage.reading import Evidence, Understanding
from aftercare.triage.screen import Screened
from aftercare.triage.vocabulary import Rule
from aftercare.triage.votes import HUMAN, LANGUAGE, WISHES, Limits, Thresholds, together

NEEDS = frozenset(
    ("transport", "cost", "food", "housing", "appointment", "medicine", "loneliness", "other")
)
# Wishes that a human has to act on, but nobody is in danger.
_FOLLOWED_UP = {"human", "deceased"}


def settled(
    question: Question | None, given: Answer | None, topic: frozenset[str]
) -> frozenset[str]:
    """The needs that were asked about and are none: `yes my son takes me`."""
    if not question or not given or given.confidence < SURE:
        return frozenset()
    if not isinstance(given.value, bool) or question.assess(given.value):
        return frozenset()
    return topic & NEEDS


def named(
    screened: Screened, question: Question | None, given: Answer | None, topic: frozenset[str]
) -> list[str]:
    """The needs that words name, or the answer to a question about one."""
    needs = list(screened.standing("needs"))
    if question and given and isinstance(given.value, bool) and question.assess(given.value):
        needs += sorted(topic & NEEDS)
    return needs


def voted(
    nlu: Understanding | None, known: Mapping[str, str], thresholds: Thresholds
) -> tuple[str, ...]:
    """The need, or the wish (`want.…`), that Rasa's top intent stands for, when it is sure."""
    if nlu is None or nlu.confidence < thresholds.intent:
        return ()
    return (known[nlu.intent],) if nlu.intent in known else ()


def meant_need(guess: Mapping[str, float], settled: Collection[str], limits: Limits) -> str | None:
    """The likeliest need, where all needs together are likely enough; more so where the answer
    has `settled` that there is none: `yes, but the 9 bus stopped running`."""
    likely = {name: guess.get(name, 0.0) for name in NEEDS}
    most = max(likely, key=lambda name: likely[name])
    needed = limits.settled if most in settled else limits.need
    return most if sum(likely.values()) >= needed else None


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
        likeliest = max(languages, key=lambda name: languages[name])
        yield HUMAN if likeliest == LANGUAGE else likeliest


def no_opt_out(guess: Mapping[str, float], rules: Mapping[str, Rule], limits: Limits) -> bool:
    """Whether words that ask for the end of texts mean something else: a human finds out.

    Never beside a red flag: `stop texting me, my chest hurts` is both.
    """
    return guess.get("opt_out", 0.0) < limits.opt_out and together(guess, rules) < limits.alone


def followed_up(
    screened: Screened, needs: Sequence[str], wants: frozenset[str]
) -> Iterator[Evidence]:
    """A need, or a wish for a human, is for the care team to follow up."""
    for name in (*needs, *sorted(wants & _FOLLOWED_UP)):
        found = [
            w
            for w in screened.heard.weighed
            if w.match.name == name and w.verdict is Verdict.STANDS
        ]
        match = found[0].match if found else None
        matched = screened.heard.words(match.start, match.end) if match else ""
        yield Evidence(name, Level.ROUTINE, "screen", matched)
