"""What a text asks for: needs (a ride) and wishes (no more texts), by everybody who reads it."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from aftercare.levels import Level
from aftercare.protocols import Question
from aftercare.triage.answers import SURE, Answer
from aftercare.triage.cues import Verdict
from aftercare.triage.fold import Unit
from aftercare.triage.reading import Evidence, Understanding
from aftercare.triage.screen import Screened
from aftercare.triage.vocabulary import Rule
from aftercare.triage.votes import HUMAN, LANGUAGE, WISHES, Limits, Thresholds, together

NEEDS = frozenset(
    ("transport", "cost", "food", "housing", "appointment", "medicine", "loneliness", "other")
)
DECEASED = "deceased"
# What is said beside anything: `thank you for everything, she died this morning`.
COURTESIES = frozenset(("thanks", "greeting"))
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


def meant_wishes(
    guess: Mapping[str, float], limits: Limits, named: str | None = None
) -> Iterator[str]:
    """The wishes that are likely enough, as `Reading.wants` names them; `named` is a language
    that the text names. A human finds out which one it is where none is."""
    yield from (name for name in WISHES if guess.get(name, 0.0) >= limits.wish)
    if guess.get(DECEASED, 0.0) >= limits.death:
        yield DECEASED
    elif guess.get(DECEASED, 0.0) >= limits.death_perhaps:
        yield HUMAN
    languages = {name: p for name, p in guess.items() if name.startswith(LANGUAGE)}
    if languages and sum(languages.values()) >= limits.wish:
        likeliest = max(languages, key=lambda name: languages[name])
        if likeliest != LANGUAGE:
            yield likeliest
        elif named:
            yield f"{LANGUAGE}:{named}"
        else:
            yield from (LANGUAGE, HUMAN)


def language_named(
    units: Sequence[Unit], names: Mapping[str, Sequence[str]], own: str
) -> str | None:
    """The first language that a text names besides the patient's `own`."""
    written = " ".join(unit.form for unit in units)
    closed = "".join(unit.form for unit in units)
    found = {
        locale: (_base(locale) == _base(own), place)
        for locale, called in names.items()
        if locale != own and (place := _first(called, written, closed)) is not None
    }
    return min(found, key=lambda locale: found[locale]) if found else None


def _base(locale: str) -> str:
    return locale.partition("-")[0]


def _first(called: Sequence[str], written: str, closed: str) -> int | None:
    places = [(closed if _unspaced(name) else written).find(name) for name in called]
    return min((place for place in places if place >= 0), default=None)


def _unspaced(name: str) -> bool:
    return name[0] >= "\u3040"


def unmeant(
    wants: frozenset[str], guess: Mapping[str, float], rules: Mapping[str, Rule], limits: Limits
) -> frozenset[str]:
    """Words that seem to ask for the end of all texts, or to tell of a death, and mean something
    else (`my phone died`); with them comes the wish for a human, who finds out, unless nothing
    speaks for it.

    Never beside a red flag: `stop texting me, my chest hurts` is both.
    """
    if together(guess, rules) >= limits.alone:
        return frozenset()
    needed = {"opt_out": limits.opt_out, "wrong_number": limits.ends, DECEASED: limits.ends}
    return frozenset(name for name in wants & needed.keys() if guess.get(name, 0.0) < needed[name])


def asked_back(unmeant: frozenset[str], guess: Mapping[str, float], limits: Limits) -> bool:
    """Whether a human has to find out what was meant; always, where somebody may want no texts."""
    return any(name == "opt_out" or guess.get(name, 0.0) >= limits.never for name in unmeant)


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
