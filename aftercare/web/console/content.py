"""What templates show of the content files: questions, titles, the rule behind a flag."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from jinja2 import pass_context
from jinja2.runtime import Context

from aftercare.chart import Event
from aftercare.clinic import Clinic
from aftercare.protocols import Flag, Question
from aftercare.web.console.labels import LABELS, readable


@dataclass(frozen=True)
class Rule:
    """A protocol's rule as staff read it."""

    when: str
    level: str
    source: str
    task: str


@pass_context
def protocol_title(context: Context, id: str) -> str:
    clinic: Clinic = context["clinic"]
    if id not in clinic.protocols.ids:
        return readable(id)
    return str(context["translations"].gettext(clinic.protocols.get(id).title))


@pass_context
def question_words(context: Context, id: str, protocol: str) -> str:
    """The question as it was asked; its id, made readable, when the protocol forgot it."""
    clinic: Clinic = context["clinic"]
    question = _question(clinic, protocol, id)
    if question is None:
        return readable(id)
    blanks = dict.fromkeys(_BLANK.findall(question.text), "…")
    return clinic.phrasebook.say(context["locale"], question.text, **blanks)


@pass_context
def rule(context: Context, event: Event, protocol: str) -> Rule | None:
    """The rule of the answered question that raised this flag."""
    clinic: Clinic = context["clinic"]
    question = _question(clinic, protocol, event.why.question or "")
    if question is None:
        return None
    fitting = [flag for flag in question.flags if _fits(flag, event)]
    gettext = context["translations"].gettext
    return _rule(clinic, protocol, fitting[0], gettext) if fitting else None


_BLANK = re.compile(r"{{\s*(\w+)")


def _question(clinic: Clinic, protocol: str, id: str) -> Question | None:
    if protocol not in clinic.protocols.ids:
        return None
    known = clinic.protocols.get(protocol).questions
    return next((question for question in known if question.id == id), None)


def _fits(flag: Flag, event: Event) -> bool:
    if event.row.kind == "need":
        return flag.need == event.row.concept
    return flag.concept == event.row.concept and flag.level == event.row.level


def _rule(clinic: Clinic, protocol: str, flag: Flag, gettext: Callable[[str], str]) -> Rule:
    source = clinic.protocols.get(protocol).sources.get(flag.source)
    words = f"{source.title}, {source.version}" if source else readable(flag.source)
    return Rule(_said(gettext, flag.when), str(flag.level), words, flag.task or "")


def _said(gettext: Callable[[str], str], when: str) -> str:
    """`>= 3` as a person says it."""
    sign, _, number = when.partition(" ")
    if sign in LABELS["when"]:
        return gettext(LABELS["when"][sign]).format(number=number)
    return f"“{gettext(LABELS['answer'][when])}”" if when in LABELS["answer"] else when
