"""Takes a text as the answer to the question that waits for one."""

import json
from dataclasses import dataclass
from typing import Any

from aftercare.checkins import ask_next, record
from aftercare.conversations import lessons, needs
from aftercare.conversations.ground import Ground, Reply
from aftercare.escalations import Reason
from aftercare.levels import Level
from aftercare.models import CheckIn
from aftercare.protocols import AnswerType, Flag, Question, Value

CONFIRM_BELOW = 0.5
"""`triage` gives an implausible number less than this."""


@dataclass(frozen=True)
class Taken:
    """Whether the text answered, and what follows."""

    taken: bool
    replies: tuple[Reply, ...] = ()
    asked_again: bool = False


def taken(here: Ground) -> Taken:
    """Record the text as the answer if it is one, and ask the next question."""
    if here.check_in is None or here.question is None:
        return Taken(False)
    if here.check_in.unsure is not None:
        return _confirmed(here, here.check_in, here.question)
    value = here.reading.value
    if value is None:
        return Taken(False)
    if _implausible(here.question, value, here.reading.confidence):
        return _to_confirm(here, here.check_in, here.question, value)
    return Taken(True, _recorded(here, here.check_in, here.question, value))


def repeat(here: Ground) -> tuple[Reply, ...]:
    """The waiting question once more, after something else was dealt with."""
    if here.check_in is None or here.question is None or here.check_in.state != "open":
        return ()
    return (Reply(here.asked(here.check_in, here.question)),)


def not_understood(here: Ground) -> Taken:
    """Ask once more, with a hint how; the second time a human reads it and we go on."""
    check_in, question = here.check_in, here.question
    if check_in is None or question is None:
        return Taken(False)
    if check_in.tries == 0:
        check_in.tries = 1
        again = here.reply("ask_again", question=here.asked(check_in, question))
        return Taken(True, (again,), asked_again=True)
    reason = Reason("unread", Level.ROUTINE, "flag", {"question": question.id})
    here.flag([reason])
    record(here.session, here.now, check_in, question, None, here.message)
    return Taken(True, (here.reply("handed_over"), *_go_on(here, check_in, question)))


def _implausible(question: Question, value: Value, confidence: float) -> bool:
    if question.answer is not AnswerType.NUMBER or isinstance(value, bool | str):
        return False
    low, high = question.plausible or (float("-inf"), float("inf"))
    return not low <= value <= high or confidence < CONFIRM_BELOW


def _to_confirm(here: Ground, check_in: CheckIn, question: Question, value: Value) -> Taken:
    check_in.unsure = json.dumps(value)
    unit = here.clinic.messages.unit(question.unit or "", here.patient.locale)
    confirm = here.reply("confirm_value", value=value, unit=unit)
    return Taken(True, (confirm,), asked_again=True)


def _confirmed(here: Ground, check_in: CheckIn, question: Question) -> Taken:
    """The patient says whether the unlikely number was meant, or gives another one."""
    kept: Value = json.loads(check_in.unsure or "null")
    check_in.unsure = None
    said = here.clinic.reader.read(here.message.body or "", here.patient.locale, _YES_NO).value
    value = here.reading.value
    if value is not None and not _implausible(question, value, here.reading.confidence):
        return Taken(True, _recorded(here, check_in, question, value))
    if said is True or value == kept:
        return Taken(True, _recorded(here, check_in, question, kept))
    if said is False and check_in.tries == 0:
        check_in.tries = 1
        return Taken(True, (Reply(here.asked(check_in, question)),), asked_again=True)
    return Taken(False)


_YES_NO = Question(id="confirm", text="Is this right?", answer=AnswerType.YES_NO)


def _recorded(
    here: Ground, check_in: CheckIn, question: Question, value: Value
) -> tuple[Reply, ...]:
    assessed = record(here.session, here.now, check_in, question, value, here.message)
    told = _act_on(here, question, value, assessed.flags)
    return (*told, *_go_on(here, check_in, question))


def _act_on(
    here: Ground, question: Question, value: Value, flags: tuple[Flag, ...]
) -> tuple[Reply, ...]:
    """Escalate what the answer raises; the trend is only known now, so is its news."""
    if not flags:
        return ()
    flagged = here.flag([_reason(here, question, value, rule) for rule in flags])
    needed = dict.fromkeys(rule.need for rule in flags if rule.need)
    new = [need for need in needed if not needs.known(here, need)]
    needs.note(here, new, flagged.escalation)
    if flagged.news and flags[0].level is Level.URGENT:
        return (here.urgent(flagged.staffed),)
    return (here.reply(needs.told(new)),) if new else ()


def _reason(here: Ground, question: Question, value: Value, rule: Flag) -> Reason:
    matched = here.message.body or ""
    evidence: dict[str, Any] = {
        "evidence": [
            {
                "concept": rule.concept or question.id,
                "level": str(rule.level),
                "source": "question",
                "matched": matched,
                "cues": [f"rule {rule.when} ({rule.source})"],
            }
        ],
        "question": question.id,
        "value": value,
        "task": rule.task,
    }
    kind = "need" if rule.need and rule.level is Level.ROUTINE else "flag"
    return Reason(rule.concept or question.id, rule.level, kind, evidence)


def _go_on(here: Ground, check_in: CheckIn, question: Question) -> tuple[Reply, ...]:
    following = ask_next(here.session, here.clinic, here.now, check_in, question.id)
    if following:
        return (Reply(here.asked(check_in, following)),)
    return (here.reply("check_in_done"), *lessons.due_after(here, check_in))
