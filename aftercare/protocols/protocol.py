"""One protocol: what its patients are asked, on which days, and what comes next."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from aftercare.levels import Level
from aftercare.protocols.questions import Flag, Question, Value

MOST_QUESTIONS = 10
"""More than this in one check-in and patients stop answering; the rest waits for the next."""


@dataclass(frozen=True)
class Sending:
    """An education module of a protocol, and the check-in day after which it goes out."""

    module: str
    after_day: int


@dataclass(frozen=True)
class Daily:
    """A short check-in between the full ones, only for who agreed to it."""

    first: int
    last: int
    questions: tuple[str, ...]
    consent: str


@dataclass(frozen=True)
class Source:
    """The document a threshold was taken from."""

    id: str
    title: str
    version: str
    link: str = ""


@dataclass(frozen=True)
class SignOff:
    """The clinician who took responsibility for the protocol at this clinic; or nobody yet."""

    by: str = ""
    credential: str = ""
    on: str = ""


@dataclass(frozen=True)
class Protocol:
    """What patients with one kind of illness are asked, on which days after discharge."""

    id: str
    version: str
    title: str
    conditions: tuple[str, ...]
    cadence: tuple[int, ...]
    questions: tuple[Question, ...]
    education: tuple[Sending, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)
    sign_off: SignOff | None = None
    daily: Daily | None = None

    @property
    def signed_off(self) -> bool:
        return bool(self.sign_off and self.sign_off.by and self.sign_off.on)

    def question(self, id: str) -> Question:
        """The question with this id. Raises KeyError when the protocol has none."""
        for question in self.questions:
            if question.id == id:
                return question
        raise KeyError(id)

    def days(self, consents: Collection[str] = ()) -> tuple[int, ...]:
        """The days after discharge with a check-in, for a patient who gave `consents`."""
        days = set(self.cadence)
        if self.daily and self.daily.consent in consents:
            days.update(range(self.daily.first, self.daily.last + 1))
        return tuple(sorted(days))

    def asked_on(self, day: int | None = None) -> tuple[Question, ...]:
        """The questions of that day's check-in: all of them, or only the daily ones."""
        if day is None or day in self.cadence or not self.daily:
            return self.questions
        return tuple(q for q in self.questions if q.id in self.daily.questions)

    def _lasting(self, known: Mapping[str, Value]) -> dict[str, Value]:
        """Facts, and earlier answers that still hold: last week's missed dose is no reason now."""
        passing = {question.id for question in self.questions if question.ask_until is None}
        return {name: value for name, value in known.items() if name not in passing}

    def next_question(
        self,
        answers: Mapping[str, Value],
        after: str | None,
        *,
        known: Mapping[str, Value] | None = None,
        day: int | None = None,
    ) -> Question | None:
        """The question that follows `after` (the first one for None); None at the end.

        `answers` are this check-in's. `known` holds the last answers of earlier
        check-ins and the facts `ask_if` may name (`follow_up`); `day` is the number of
        days since discharge.
        """
        facts = self._lasting(known or {}) | ({} if day is None else {"day": float(day)})
        asked = self.asked_on(day)
        if sum(question.id in answers for question in asked) >= MOST_QUESTIONS:
            return None
        start = next((i for i, q in enumerate(asked, 1) if q.id == after), 0)
        for question in asked[start:]:
            if not _settled(question, known or {}) and _wanted(question, {**facts, **answers}):
                return question
        return None


def _settled(question: Question, known: Mapping[str, Value]) -> bool:
    """Whether an earlier check-in's answer makes asking again needless."""
    if question.ask_until is None or question.id not in known:
        return False
    return question.ask_until == "answered" or _fits(question.ask_until, known[question.id])


def _wanted(question: Question, facts: Mapping[str, Value]) -> bool:
    return all(_holds(name, when, facts) for name, when in (question.ask_if or {}).items())


def _holds(name: str, when: str, facts: Mapping[str, Value]) -> bool:
    if name not in facts:
        # Without a day nothing is left out: better asked twice than never.
        return name == "day" or when.startswith("not ")
    if when.startswith("not "):
        return not _fits(when.removeprefix("not "), facts[name])
    return _fits(when, facts[name])


def _fits(when: str, value: Value) -> bool:
    return Flag(when, Level.NONE).matches(value, None, ())
