"""Reads a text as the answer to the question that was asked."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from aftercare.protocols import NOT_SURE, AnswerType, Question, Value
from aftercare.triage.cues import Verdict, Weighed
from aftercare.triage.fold import Unit, fold
from aftercare.triage.measures import believable
from aftercare.triage.numbers import HIGHEST_GRAMS, Number, convert, guess_unit
from aftercare.triage.trends import of_before

# How sure we are, where the product asks back below about one half.
SURE, LIKELY, HEDGED, IMPLAUSIBLE = 1.0, 0.8, 0.6, 0.3
# The first of the Korean syllables, which come after all letters of other languages here.
HANGUL = "가"
# The topic of a question whether something has gone away, and what answers it.
GONE, STILL = "gone", "still"
# A hedge in a longer text need not be its answer.
LONGEST_HALF = 6
# So many words behind a no may say what it denies.
FEW = 3


@dataclass(frozen=True)
class Answer:
    """The value given, in the question's own unit, and the words that gave it."""

    value: Value | None
    unit: str | None = None
    confidence: float = 0.0
    matched: str = ""


@dataclass(frozen=True)
class Heard:
    """What of a text bears on its answer."""

    text: str
    units: Sequence[Unit]
    weighed: Sequence[Weighed]
    numbers: Sequence[Number]
    grams: bool = False
    """Whether the patient's language measures sugar in grams a litre."""

    def words(self, start: int, end: int) -> str:
        if not self.units or start >= len(self.units):
            return ""
        return self.text[self.units[start].start : self.units[end - 1].end]


def answer(question: Question, heard: Heard, topic: frozenset[str]) -> Answer:
    """The answer that `heard` gives; its value is None when there is none.

    `topic` holds the concepts and needs that the question is about.
    """
    match question.answer:
        case AnswerType.YES_NO:
            return _yes_no(question, heard, topic)
        case AnswerType.NUMBER:
            return _number(question, heard)
        case AnswerType.SCALE:
            return _scale(question, heard)
        case AnswerType.CHOICE:
            return _choice(question, heard)
        case AnswerType.TEXT:
            return Answer(heard.text.strip() or None, None, SURE, heard.text.strip())


def _yes_no(question: Question, heard: Heard, topic: frozenset[str]) -> Answer:
    said = _longest(
        w
        for w in heard.weighed
        if w.match.section == "answers"
        and not _about_something_else(w, heard, topic)
        and not _syllable(w, heard)
    )
    bad = _bad_answer(question)
    for found in (
        _gone(heard, bad) if GONE in topic else None,
        _opening(said, heard, bad),
        _about_topic(heard, topic, bad),
        _judged(said, heard, bad),
        _anywhere(said, heard),
        _half(said, heard, bad),
    ):
        if found:
            return _hedge(found, said)
    return Answer(None)


def _about_something_else(said: Weighed, heard: Heard, topic: frozenset[str]) -> bool:
    """`i dont have a ride` is no answer to `trouble breathing?`: its no belongs to the ride."""
    return any(
        other.match.section in ("needs", "wants")
        and other.match.name not in topic
        and _length(other) >= _length(said)
        and other.match.overlaps(said.match)
        for other in heard.weighed
    )


def _syllable(said: Weighed, heard: Heard) -> bool:
    """One syllable within a Korean word: the `야` of `숨이야` is no yes."""
    place = said.match.start
    if _length(said) != 1 or place == 0:
        return False
    unit, before = heard.units[place], heard.units[place - 1]
    return before.end == unit.start and unit.form >= HANGUL


def _opening(said: Sequence[Weighed], heard: Heard, bad: bool | None) -> Answer | None:
    """A yes, no or not-sure at the start, as most answers have it.

    Where no is the bad answer, one with more behind it may mean the trouble: `no no i threw up
    nothing` to `can you keep food down?`.
    """
    for weighed in said:
        match = weighed.match
        if match.start <= 2 and match.name in _PLAIN:
            alone = match.end == len(heard.units) or heard.units[match.end].after_pause
            more = len(heard.units) - match.end >= FEW
            perhaps = bad is False and match.name == "no" and more
            sure = SURE if (alone or match.start == 0) and not perhaps else LIKELY
            return Answer(_PLAIN[match.name], None, sure, heard.words(match.start, match.end))
    return None


def _gone(heard: Heard, bad: bool | None) -> Answer | None:
    """What is left of a symptom that was told of before: `no more pain` is a yes to `has it gone
    away?`, and `still there` a no, whatever they are elsewhere. What is left goes first."""
    if bad is None:
        return None
    said = _longest(w for w in heard.weighed if w.match.name in (GONE, STILL))
    left = [w for w in said if (w.match.name == GONE) == _denied(w)]
    over = [w for w in said if w.match.name == GONE and not _denied(w)]
    if not left and not over:
        return None
    first = (left or over)[0].match
    return Answer(bad if left else not bad, None, LIKELY, heard.words(first.start, first.end))


def _denied(weighed: Weighed) -> bool:
    """Denied by words that are none of its own: `not gone`, but not `doesnt hurt`."""
    return weighed.verdict is Verdict.DENIED and not any(
        cue.overlaps(weighed.match) for cue in weighed.cues
    )


def _about_topic(heard: Heard, topic: frozenset[str], bad: bool | None) -> Answer | None:
    """The very thing that was asked about, affirmed or denied."""
    about = [w for w in heard.weighed if w.match.name in topic]
    standing = [w for w in about if w.verdict is Verdict.STANDS]
    if bad is None or not about:
        return None
    first = (standing or about)[0]
    value = bad if standing else not bad
    return Answer(value, None, LIKELY, heard.words(first.match.start, first.match.end))


def _judged(said: Sequence[Weighed], heard: Heard, bad: bool | None) -> Answer | None:
    """`all gone` is a no to a symptom and a yes to `has it gone away?`."""
    if bad is None:
        return None
    judged = [w for w in said if w.match.name in ("good", "bad")]
    worst = [w for w in judged if (w.match.name == "bad") == _as_said(w)]
    if not judged:
        return None
    first = (worst or judged)[0].match
    return Answer(bad if worst else not bad, None, LIKELY, heard.words(first.start, first.end))


def _as_said(judged: Weighed) -> bool:
    """Whether a word means what it says: `no problem` is denied by nothing but itself."""
    own = judged.verdict is Verdict.DENIED and not _denied(judged)
    return judged.verdict in _AS_SAID[judged.match.name] or (own and judged.match.name == "good")


def _anywhere(said: Sequence[Weighed], heard: Heard) -> Answer | None:
    for weighed in said:
        match = weighed.match
        unsaid = match.name == "yes" and weighed.verdict is Verdict.DENIED
        if match.name in _PLAIN and not unsaid:
            words = heard.words(match.start, match.end)
            return Answer(_PLAIN[match.name], None, HEDGED, words)
    return None


def _half(said: Sequence[Weighed], heard: Heard, bad: bool | None) -> Answer | None:
    """`sometimes` to `thoughts of hurting yourself?` is a yes, to `took them all?` a no."""
    hedged = [w.match for w in said if w.match.name == "hedged"]
    if bad is None or not hedged or len(heard.units) > LONGEST_HALF:
        return None
    return Answer(bad, None, HEDGED, heard.words(hedged[0].start, hedged[0].end))


def _hedge(found: Answer, said: Sequence[Weighed]) -> Answer:
    hedged = any(w.match.name == "hedged" for w in said)
    if hedged and found.value != NOT_SURE:
        return replace(found, confidence=min(found.confidence, HEDGED))
    return found


def _bad_answer(question: Question) -> bool | None:
    """The answer that is a red flag: True for `chest pain?`, False for `took them all?`."""
    flagged = {flag.when: flag.level.rank for flag in question.flags if flag.when in ("yes", "no")}
    if not flagged:
        return None
    return max(flagged, key=lambda when: flagged[when]) == "yes"


def _number(question: Question, heard: Heard) -> Answer:
    readings = [_measured(question, n, heard) for n in _present(heard)]
    readings = [r for r in readings if r.value is not None]
    best = max(readings, key=lambda r: r.confidence, default=Answer(None))
    if question.unit is None and (best.value is None or _not_one(heard)):
        none = _none(question, heard)
        return none if none.value is not None else best
    return best


def _not_one(heard: Heard) -> bool:
    """`not a single one` counts nothing."""
    return len(heard.numbers) == 1 and heard.numbers[0].spelled and heard.numbers[0].value == 1


def _present(heard: Heard) -> list[Number]:
    """The numbers of now: `342, yesterday 318` answers 342."""
    before = of_before(heard.numbers, heard.weighed, heard.units)
    now = [n for place, n in enumerate(heard.numbers) if place not in before]
    return now or list(heard.numbers)


def _measured(question: Question, number: Number, heard: Heard) -> Answer:
    if heard.grams and question.unit == "mg/dL" and number.value < HIGHEST_GRAMS:
        number = replace(number, unit=number.unit or "g/L")
    converted = convert(number.value, number.unit, question.unit)
    words = heard.words(number.start, number.end)
    if converted is None:
        return Answer(None)
    if number.unit is None:
        converted = guess_unit(converted, question.unit, question.plausible)
    plausible = question.plausible or believable(question.unit)
    sure = SURE if number.unit == question.unit or len(heard.numbers) == 1 else LIKELY
    if plausible and not plausible[0] <= converted <= plausible[1]:
        sure = IMPLAUSIBLE
    return Answer(converted, question.unit, sure, words)


def _scale(question: Question, heard: Heard) -> Answer:
    low, high = question.plausible or (0, 10)
    for number in _present(heard):
        words = heard.words(number.start, number.end)
        inside = low <= number.value <= high
        return Answer(number.value, question.unit, SURE if inside else IMPLAUSIBLE, words)
    return _none(question, heard)


def _none(question: Question, heard: Heard) -> Answer:
    """`none` to `how many?` and to `how bad?`."""
    low = question.plausible[0] if question.plausible else 0
    said = _longest(w for w in heard.weighed if w.match.section == "answers")
    nothing = [w for w in said if w.match.name in ("no", "nothing") or _denies_pain(w)]
    if not nothing:
        return Answer(None)
    first = nothing[0].match
    return Answer(float(low), question.unit, LIKELY, heard.words(first.start, first.end))


def _denies_pain(weighed: Weighed) -> bool:
    return weighed.match.name == "good" and weighed.verdict is Verdict.STANDS


def _choice(question: Question, heard: Heard) -> Answer:
    ids = [choice.id for choice in question.choices]
    for weighed in _longest(w for w in heard.weighed if w.match.section == "answers"):
        name = weighed.match.name.removeprefix("choice.")
        if name in ids and weighed.verdict is Verdict.STANDS:
            words = heard.words(weighed.match.start, weighed.match.end)
            return Answer(name, None, LIKELY, words)
    for number in heard.numbers:
        if (chosen := _numbered(ids, number)) is not None:
            return Answer(chosen, None, SURE, heard.words(number.start, number.end))
    return _worded(question, heard)


def _numbered(ids: Sequence[str], number: Number) -> str | None:
    if f"{number.value:g}" in ids:
        return f"{number.value:g}"
    if any(re.fullmatch(r"\d+\+?", each) for each in ids):
        more = [each for each in ids if each.endswith("+")]
        return more[-1] if more and number.value >= float(more[-1][:-1]) else None
    place = int(number.value) - 1
    return ids[place] if number.value.is_integer() and 0 <= place < len(ids) else None


def _worded(question: Question, heard: Heard) -> Answer:
    written = {unit.form for unit in heard.units}
    for choice in question.choices:
        wanted = {fold(word) for word in re.findall(r"\w+", choice.text) if len(word) > 2}
        if wanted and wanted <= written:
            return Answer(choice.id, None, LIKELY, heard.text)
    return Answer(None)


def _longest(said: Iterable[Weighed]) -> list[Weighed]:
    """Without those inside a longer one: `no se` is not a no."""
    ordered = sorted(said, key=lambda w: (-_length(w), w.match.start))
    kept: list[Weighed] = []
    for weighed in ordered:
        if not any(weighed.match.overlaps(k.match) for k in kept if _length(k) > _length(weighed)):
            kept.append(weighed)
    return sorted(kept, key=lambda w: (w.match.start, -_length(w)))


def _length(weighed: Weighed) -> int:
    return sum(part.end - part.start for part in weighed.match.parts)


# Under which verdicts a word means what it says: knocking on wood makes nothing worse.
_AS_SAID = {
    "bad": {Verdict.STANDS},
    "good": {Verdict.STANDS, Verdict.IDIOM, Verdict.RESOLVED},
}
_PLAIN: Mapping[str, Value] = {"yes": True, "no": False, "not_sure": NOT_SURE}
