"""What a check-in asks, and when an answer to it is a red flag."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from aftercare.levels import Level


class AnswerType(StrEnum):
    YES_NO = "yes_no"
    NUMBER = "number"
    SCALE = "scale"
    CHOICE = "choice"
    TEXT = "text"


NOT_SURE = "not_sure"
"""The value of a yes/no question whose patient does not know."""

type Value = bool | float | str
"""True/False/`not_sure` for yes_no; a number in the question's own unit for
number and scale; a choice's id for choice; the words for text."""


@dataclass(frozen=True)
class Change:
    """A threshold on the change against earlier answers: `up 3 in 1 day`."""

    direction: str
    amount: float
    within: timedelta


@dataclass(frozen=True)
class Flag:
    """A rule of one question: which answers are a red flag, how pressing, says who.

    `need` names what the patient lacks, `task` what the case manager does about it.
    With `taking` the rule holds only for a patient on one of these kinds of medicine.
    """

    when: str
    level: Level
    concept: str | None = None
    source: str = ""
    need: str | None = None
    task: str | None = None
    taking: tuple[str, ...] = ()

    def matches(self, value: Value, at: datetime | None, earlier: Sequence["Dated"]) -> bool:
        if change := _change(self.when):
            return isinstance(value, float | int) and _changed(change, float(value), at, earlier)
        if comparison := _COMPARISON.fullmatch(self.when):
            return (
                isinstance(value, float | int)
                and not isinstance(value, bool)
                and _compare(comparison[1], float(value), float(comparison[2]))
            )
        return self.when == _word(value)


@dataclass(frozen=True)
class Dated:
    """An earlier answer to the same question: its value and when it was given (UTC)."""

    value: Value
    at: datetime


@dataclass(frozen=True)
class Choice:
    id: str
    text: str


@dataclass(frozen=True)
class Question:
    """One question of a protocol. `text` is the English source (a msgid, Jinja2).

    It is left out unless every `ask_if` holds (earlier answer or fact → answer), and
    once an earlier check-in answered `ask_until` (`yes`, or `answered` for anything).
    """

    id: str
    text: str
    answer: AnswerType
    unit: str | None = None
    plausible: tuple[float, float] | None = None
    choices: tuple[Choice, ...] = ()
    flags: tuple[Flag, ...] = ()
    ask_if: Mapping[str, str] | None = None
    ask_until: str | None = None

    def assess(
        self,
        value: Value,
        at: datetime | None = None,
        earlier: Sequence[Dated] = (),
        taking: Collection[str] = (),
    ) -> tuple[Flag, ...]:
        """The flags that `value`, given at `at` (UTC), raises; most pressing first.

        `taking` are the kinds of high-risk medicine the patient is on.
        """
        raised = [
            flag
            for flag in self.flags
            if flag.matches(value, at, earlier)
            and (not flag.taking or not set(flag.taking).isdisjoint(taking))
        ]
        return tuple(sorted(raised, key=lambda flag: -flag.level.rank))


def question_from(row: Mapping[str, Any]) -> Question:
    """Read a question in the form protocol files and the evaluation contract share.

    Raises ValueError naming the field that cannot be read.
    """
    try:
        answer = AnswerType(row["answer"])
    except (KeyError, ValueError) as error:
        raise ValueError(f"answer: one of {', '.join(AnswerType)} is needed") from error
    plausible = row.get("plausible")
    return Question(
        id=str(row.get("id", "")),
        text=str(row["text"]),
        answer=answer,
        unit=row.get("unit"),
        plausible=(float(plausible[0]), float(plausible[1])) if plausible else None,
        choices=tuple(Choice(str(k), str(v)) for k, v in (row.get("choices") or {}).items()),
        flags=tuple(
            _flag(when, rule)
            for when, rules in (row.get("flags") or {}).items()
            for rule in (rules if isinstance(rules, list) else [rules])
        ),
        ask_if={str(k): _word(v) for k, v in (row.get("ask_if") or {}).items()} or None,
        ask_until=_word(row["ask_until"]) if "ask_until" in row else None,
    )


def _flag(when: object, rule: object) -> Flag:
    word = _word(when) if isinstance(when, bool) else str(when).strip()
    if isinstance(rule, Mapping):
        return Flag(
            word,
            Level(rule["level"]),
            concept=rule.get("concept"),
            source=str(rule.get("source", "")),
            need=rule.get("need"),
            task=rule.get("task"),
            taking=tuple(rule.get("taking") or ()),
        )
    return Flag(word, Level(str(rule)))


def _word(value: object) -> str:
    # YAML reads a bare yes/no as a boolean; both spellings mean the same answer.
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


_COMPARISON = re.compile(r"(<=|>=|<|>)\s*(-?\d+(?:\.\d+)?)")
_CHANGE = re.compile(r"(up|down)\s+(\d+(?:\.\d+)?)\s+in\s+(\d+)\s+days?")


def _change(when: str) -> Change | None:
    if not (found := _CHANGE.fullmatch(when)):
        return None
    return Change(found[1], float(found[2]), timedelta(days=int(found[3])))


def _changed(change: Change, value: float, at: datetime | None, earlier: Sequence[Dated]) -> bool:
    if at is None:
        return False
    # Half a day of grace: yesterday's 9:05 weight still counts at today's 9:40.
    since = at - change.within - timedelta(hours=12)
    known = [float(e.value) for e in earlier if e.at >= since and isinstance(e.value, float | int)]
    if not known:
        return False
    if change.direction == "up":
        return value - min(known) >= change.amount
    return max(known) - value >= change.amount


def _compare(sign: str, left: float, right: float) -> bool:
    return {
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
    }[sign]
