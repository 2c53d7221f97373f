"""Reads one text: the screen, the classifier's vote and the question in hand."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from aftercare.levels import Level, highest
from aftercare.protocols import Question
from aftercare.triage import values, wishes
from aftercare.triage.answers import SURE, Answer, answer
from aftercare.triage.beside import beside, set_aside
from aftercare.triage.cues import Verdict
from aftercare.triage.fold import clean, words
from aftercare.triage.meaning import FEWEST_WORDS, Meaning
from aftercare.triage.reading import Concept, Evidence, Reading, Understanding
from aftercare.triage.screen import Screen, Screened
from aftercare.triage.vocabulary import (
    Rule,
    Threshold,
    Vocabulary,
    load_languages,
    load_rules,
    load_settings,
    load_thresholds,
    load_topics,
    load_vocabulary,
)
from aftercare.triage.votes import (
    CALM,
    CRISIS,
    HUMAN,
    Limits,
    Thresholds,
    meaning_vote,
    red_flag_vote,
    together,
)
from aftercare.triage.wishes import NEEDS

# An answer of so many words says nothing besides.
BRIEF = 4
# The second opinion may doubt a pattern in texts of so many words.
FEWEST_DOUBTED = 4


class Reader:
    """Reads texts in every language it has a vocabulary for, at once."""

    def __init__(
        self,
        vocabularies: Iterable[Vocabulary],
        rules: Mapping[str, Rule],
        thresholds: Sequence[Threshold],
        settings: Mapping[str, Mapping[str, str]],
        topics: Mapping[str, frozenset[str]],
        languages: Mapping[str, Sequence[str]],
        meaning: Meaning | None = None,
    ) -> None:
        self._screen = Screen(vocabularies)
        self._rules = rules
        self._thresholds = thresholds
        self._topics = topics
        self._languages = languages
        # Questions are few and asked a thousand times: each is read once.
        self._asked_about: dict[str, frozenset[str]] = {}
        self._intents = settings.get("intents", {})
        self._votes = Thresholds(**_numbers(settings.get("votes", {})))
        self._meaning = meaning
        self._meant_limits = Limits(**_numbers(settings.get("meaning", {})))
        self.concepts: Mapping[str, Concept] = {name: rule.concept for name, rule in rules.items()}

    @classmethod
    def load(cls, content_dir: Path, second_opinion: bool = True) -> "Reader":
        """Compile the vocabularies under `content_dir`/red_flags; without the second opinion
        to learn it."""
        folder = content_dir / "red_flags"
        common = folder / "concepts.yml"
        files = sorted(path for path in folder.glob("*.yml") if path != common)
        return cls(
            [load_vocabulary(path) for path in files],
            load_rules(common),
            load_thresholds(common),
            load_settings(common),
            load_topics(common),
            load_languages(common),
            Meaning.load(folder) if second_opinion else None,
        )

    @property
    def locales(self) -> tuple[str, ...]:
        """The languages that can be read."""
        return self._screen.locales

    @property
    def needs(self) -> frozenset[str]:
        """The needs that a text may name."""
        return NEEDS

    def topics(self, question: Question) -> tuple[str, ...]:
        """The concepts and needs that `question` asks about, in order."""
        return tuple(sorted(self._topic(question)))

    def told(self, reading: Reading) -> str | None:
        """The id of the message that answers the most pressing red flag of `reading`."""
        pressing = [e for e in reading.evidence if e.level is reading.level]
        told = [self.concepts[e.concept].told for e in pressing if e.concept in self.concepts]
        if CRISIS in told or reading.level < Level.URGENT:
            return CRISIS if CRISIS in told else None
        return "emergency" if reading.level is Level.EMERGENCY else "urgent"

    def screen(self, text: str, locale: str) -> Reading:
        """Read `text` by the vocabulary alone, with no question in hand."""
        return self.read(text, locale)

    def read(
        self,
        text: str,
        locale: str,
        question: Question | None = None,
        nlu: Understanding | None = None,
    ) -> Reading:
        """Read `text` as an answer to `question`, if one is pending. Never raises."""
        screened = self._screen.hear(clean(text), locale)
        given = answer(question, screened.heard, self._topic(question)) if question else None
        guess = self._guess(screened, question, given)
        doubted = self._doubted(screened, guess, locale)
        evidence = [
            *self._flags(screened, doubted),
            *values.measured(screened, question, self._rules, self._thresholds),
            *values.counted(question, given, self._topic(question), self._rules, self._thresholds),
            *values.changed(screened, question, self._topic(question), self._rules),
            *self._answered(question, given, doubted),
            *self._meant(screened, guess, question is not None),
            *self._voted(screened, None if _nothing_besides(screened, given) else nlu, guess),
        ]
        if question and given and _unlikely(question, given, doubted[0]):
            given = None  # It is asked once more.
        needs, wants = self._wishes(
            screened, locale, question, given, nlu, guess, highest(e.level for e in evidence)
        )
        evidence += wishes.followed_up(screened, needs, wants)
        return self._reading(screened, evidence, needs, wants, given)

    def _wishes(
        self,
        screened: Screened,
        locale: str,
        question: Question | None,
        given: Answer | None,
        nlu: Understanding | None,
        guess: Mapping[str, float],
        level: Level,
    ) -> tuple[tuple[str, ...], frozenset[str]]:
        """Needs and wishes; what the second opinion alone sees counts below urgent only."""
        limits, topic = self._meant_limits, self._topic(question)
        voted = wishes.voted(nlu, self._intents, self._votes)
        wants = frozenset(screened.standing("wants")) | {
            w.removeprefix("want.") for w in voted if w.startswith("want.")
        }
        if guess and (unmeant := wishes.unmeant(wants, guess, self._rules, limits)):
            wants -= unmeant
            if wishes.asked_back(unmeant, guess, limits):
                wants |= {HUMAN}
        settled = wishes.settled(question, given, topic)
        needed = wishes.named(screened, question, given, topic)
        needed += [w for w in voted if not w.startswith("want.")]
        needs = tuple(dict.fromkeys(need for need in needed if need not in settled))
        if guess and level < Level.URGENT:
            if wants <= wishes.COURTESIES:
                named = wishes.language_named(screened.heard.units, self._languages, locale)
                wants |= frozenset(wishes.meant_wishes(guess, limits, named))
            if not needs and wants <= wishes.COURTESIES:
                meant = wishes.meant_need(guess, settled, limits)
                needs = (meant,) if meant else ()
        return needs, wants

    def _doubted(
        self, screened: Screened, guess: Mapping[str, float], locale: str
    ) -> tuple[Level, str]:
        """The most that a pattern may say, and why, where the second opinion is against it."""
        limits = self._meant_limits
        if self._meaning is None or locale.partition("-")[0] not in self._meaning.languages:
            return Level.EMERGENCY, ""
        if not guess or len(screened.heard.units) < FEWEST_DOUBTED or set_aside(screened):
            return Level.EMERGENCY, ""
        if guess.get(CALM, 0.0) < limits.calm:
            return Level.EMERGENCY, ""  # A wish or a need beside a red flag speaks not against it.
        flags = together(guess, self._rules)
        cue = f"meaning: red flags only {flags:.2f}"
        if flags < limits.doubt:
            return Level.ROUTINE, cue
        return (Level.URGENT, cue) if flags < limits.unsure else (Level.EMERGENCY, "")

    def _flags(self, screened: Screened, doubted: tuple[Level, str]) -> Iterator[Evidence]:
        """Each red flag the screen saw; those set aside with the level they are left.

        A doubted one is left to a human to read or to call: nothing is dropped.
        """
        most, doubt = doubted
        seen: set[tuple[str, Level, str]] = set()
        for weighed in screened.named("concepts"):
            rule = self._rules.get(weighed.match.name)
            if rule is None:
                continue
            level = _left(rule, weighed.verdict)
            level = min(level, max(most, _never_below(rule)))
            words_ = screened.heard.words(weighed.match.start, weighed.match.end)
            cues = (
                *(
                    f"{weighed.verdict}: {screened.heard.words(c.start, c.end)}"
                    for c in weighed.cues
                ),
                *([doubt] if doubt else []),
            )
            if (key := (rule.concept.id, level, words_)) not in seen:
                seen.add(key)
                yield Evidence(rule.concept.id, level, "screen", words_, cues)

    def _answered(
        self, question: Question | None, given: Answer | None, doubted: tuple[Level, str]
    ) -> Iterator[Evidence]:
        if question is None or given is None or given.value is None:
            return
        if given.confidence < 0.5 and isinstance(given.value, float):
            return  # An implausible number is confirmed before it alarms anybody.
        for flag in question.assess(given.value):
            concept = flag.concept or question.id or "answer"
            cues, level = [f"answer {flag.when} to: {question.text}"], flag.level
            # A yes to a question for an emergency is heard today, however it was inferred.
            most = max(doubted[0], Level.URGENT) if level is Level.EMERGENCY else doubted[0]
            if _worked_out(given) and most < level:
                level = most
                cues.append(doubted[1])
            yield Evidence(concept, level, "question", given.matched, tuple(cues))

    def _guess(
        self, screened: Screened, question: Question | None, given: Answer | None
    ) -> Mapping[str, float]:
        """What the second opinion makes of the text; nothing where it has none to give."""
        heard = screened.heard
        answered = given is not None and given.confidence == SURE and len(heard.units) <= BRIEF
        if self._meaning is None or answered or len(heard.units) < FEWEST_WORDS:
            return {}
        return self._meaning.guess(heard.text, self._around(screened, question, given))

    def opinion(
        self, text: str, locale: str, question: Question | None = None
    ) -> Mapping[str, float]:
        """What the second opinion makes of `text`: the probability of each meaning, the likeliest
        first; nothing of an answer that needs none (`yes`), or of a text too short to mean much."""
        screened = self._screen.hear(clean(text), locale)
        given = answer(question, screened.heard, self._topic(question)) if question else None
        guess = self._guess(screened, question, given)
        return dict(sorted(guess.items(), key=lambda row: -row[1]))

    def around(self, text: str, locale: str, question: Question | None = None) -> tuple[str, ...]:
        """What the second opinion is told beside the words: what had been asked, what the
        vocabulary made of the answer, and whether it set a red flag aside."""
        screened = self._screen.hear(clean(text), locale)
        given = answer(question, screened.heard, self._topic(question)) if question else None
        return self._around(screened, question, given)

    def _around(
        self, screened: Screened, question: Question | None, given: Answer | None
    ) -> tuple[str, ...]:
        asked = self.topics(question) if question else ()
        return beside(screened, asked, question, given)

    def _meant(
        self, screened: Screened, guess: Mapping[str, float], asked: bool
    ) -> Iterator[Evidence]:
        weighed, limits = screened.heard.weighed, self._meant_limits
        if guess and (found := meaning_vote(guess, weighed, self._rules, limits, asked)):
            yield found

    def _voted(
        self, screened: Screened, nlu: Understanding | None, guess: Mapping[str, float]
    ) -> Iterator[Evidence]:
        if nlu is None:
            return
        found = red_flag_vote(nlu, screened.heard.weighed, self._rules, self._votes, guess)
        if found:
            yield found

    def _topic(self, question: Question | None) -> frozenset[str]:
        """The concepts and needs that a question asks about."""
        if question is None:
            return frozenset()
        named = {flag.concept for flag in question.flags if flag.concept}
        named |= {flag.need for flag in question.flags if flag.need}
        if question.text not in self._asked_about:
            self._asked_about[question.text] = self._in_question(question.text)
        return self._asked_about[question.text] | named

    def _in_question(self, text: str) -> frozenset[str]:
        screened = self._screen.hear(clean(text), "en")
        said = f" {' '.join(unit.form for unit in screened.heard.units)} "
        return frozenset(
            {
                w.match.name
                for section in ("concepts", "needs")
                for w in screened.named(section)
                if w.verdict is not Verdict.IDIOM
            }
            | {
                topic
                for topic, phrases in self._topics.items()
                if any(f" {phrase} " in said for phrase in phrases)
            }
        )

    def _reading(
        self,
        screened: Screened,
        evidence: Sequence[Evidence],
        needs: tuple[str, ...],
        wants: frozenset[str],
        given: Answer | None,
    ) -> Reading:
        level = highest(e.level for e in evidence)
        concepts = dict.fromkeys(
            e.concept
            for e in evidence
            if e.level > Level.NONE and e.concept in self.concepts and e.concept not in needs
        )
        answered = given is not None and given.value is not None
        found = bool(answered or level > Level.NONE or needs or wants)
        return Reading(
            level=level,
            concepts=tuple(concepts),
            evidence=tuple(sorted(evidence, key=lambda e: -e.level.rank)),
            needs=needs,
            wants=wants,
            value=given.value if given else None,
            unit=given.unit if given else None,
            confidence=given.confidence if given else SURE if found else 0.0,
            unread=not found and not _calm(screened),
        )


def _numbers(settings: Mapping[str, str]) -> dict[str, float]:
    return {name: float(value) for name, value in settings.items()}


def _never_below(rule: Rule) -> Level:
    """Words of self-harm are answered today, whatever the second opinion makes of them."""
    return Level.URGENT if rule.concept.told == CRISIS else Level.NONE


def _worked_out(given: Answer) -> bool:
    """Whether a yes or no was inferred from what was said, not said outright."""
    return isinstance(given.value, bool) and given.confidence < SURE


def _nothing_besides(screened: Screened, given: Answer | None) -> bool:
    """Whether the text is the answer and nothing more: `one oh three` means nothing to Rasa, who
    knows no question."""
    if given is None or given.value is None or given.confidence < SURE:
        return False
    return len(words(given.matched)) == len(screened.heard.units)


def _unlikely(question: Question, given: Answer, most: Level) -> bool:
    """An alarming yes or no that was inferred from a text that means nothing alarming."""
    if not _worked_out(given) or given.value is None or most >= Level.URGENT:
        return False
    return highest(flag.level for flag in question.assess(given.value)) in (
        Level.ROUTINE,
        Level.URGENT,
    )


def _left(rule: Rule, verdict: Verdict) -> Level:
    """The level that a red flag keeps after what stands around it was weighed."""
    return {
        Verdict.STANDS: rule.concept.level,
        Verdict.PAST: rule.past,
        Verdict.RESOLVED: rule.resolved,
        Verdict.HYPOTHETICAL: rule.hypothetical,
    }.get(verdict, Level.NONE)


def _calm(screened: Screened) -> bool:
    """A remark that needs no human: small talk, or red flags that were all set aside."""
    if any(screened.standing("doubt")):
        return False
    return any(screened.named("calm")) or any(screened.named("concepts"))
