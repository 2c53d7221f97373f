"""Decides what one text means and what is said to it."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from aftercare.checkins import end, open_check_in, question_of
from aftercare.clinic import Clinic
from aftercare.conversations import answers, wishes
from aftercare.conversations.ground import Ground, Reply
from aftercare.escalations import Reason, note_from_patient, open_escalation
from aftercare.evidence import reading_json, reasons
from aftercare.inbound import ENDS_TEXTS, Incoming, change_standing, sender_of
from aftercare.levels import Level
from aftercare.models import Escalation, Message, Patient
from aftercare.triage import Understanding

STANDING_REPEAT = timedelta(minutes=10)
ASKED_AGAIN_WITHIN = timedelta(hours=24)

__all__ = ["Heard", "Reply", "hear"]


# No language's word is longer; between spaces, only noise is.
LONGEST_WORD = 100


@dataclass(frozen=True)
class Heard:
    """What is said to a text, and whether a question waits for an answer after it."""

    replies: tuple[Reply, ...] = ()
    asking: bool = False
    asked_again: bool = False


def hear(
    session: Session,
    clinic: Clinic,
    now: datetime,
    patient: Patient,
    message: Message,
    heard_as: str,
    nlu: Understanding,
) -> Heard:
    """Read the text with all that is known, save what it says, and choose the replies.

    In this order: danger, an emergency that is still open, what the patient wants, the
    answer to the question, and what is left, which is asked once more and then a human's.
    """
    check_in = open_check_in(session, patient)
    question = question_of(clinic, check_in) if check_in else None
    body = message.body or ""
    if not _worded(body):
        heard_as, nlu = "fallback", Understanding("nlu_fallback", 0.0, {})
    reading = clinic.reader.read(body, patient.locale, question, nlu)
    message.reading = reading_json(reading, question)
    here = Ground(
        session, clinic, now, patient, message, check_in, question, reading, heard_as, nlu
    )
    if reading.level is Level.EMERGENCY:
        return _emergency(here)
    if escalation := _unreached_emergency(session, patient):
        return _still_waiting(here, escalation)
    return Heard() if _leaves(here) else _converse(here)


def _converse(here: Ground) -> Heard:
    told = _urgent(here)
    wished, answered = wishes.granted(here), answers.taken(here)
    replies = (*told, *wished.replies, *answered.replies)
    if answered.taken:
        return Heard(replies, _asking(here), answered.asked_again)
    if wished.granted:
        return Heard((*replies, *answers.repeat(here)), _asking(here))
    if here.question:
        missed = answers.not_understood(here)
        return Heard((*replies, *missed.replies), _asking(here), missed.asked_again)
    rest = _small_talk(here, told)
    return Heard((*wished.replies, *rest.replies), rest.asking, rest.asked_again)


def _asking(here: Ground) -> bool:
    return open_check_in(here.session, here.patient) is not None


def _leaves(here: Ground) -> bool:
    """A wish to stop, or a wrong number, that only the classifier heard: the words the
    vocabulary knows were acted on before Rasa was asked. A human looks whether it was one."""
    wish = here.reading.wants & ENDS_TEXTS
    sender = sender_of(here.session, here.message)
    if not wish or sender is None:
        return False
    flagged = here.flag([Reason("stop_heard", Level.ROUTINE, "flag", {"nlu": here.nlu.intent})])
    text = Incoming(here.session, here.clinic, here.now, here.message, sender, here.reading)
    return change_standing(text, flagged)


def _emergency(here: Ground) -> Heard:
    here.flag(reasons(here.reading, here.question_id, at_least=Level.URGENT))
    if here.check_in:
        end(here.check_in, here.now, "interrupted")
    told = here.clinic.reader.told(here.reading) or "emergency"
    return Heard((here.reply(told, kind="emergency"),))


def _worded(body: str) -> bool:
    """Whether a classifier can make anything of it: of a kept-down key it makes a guess."""
    words = body.split()
    return not words or any(len(w) <= LONGEST_WORD or not w.isascii() for w in words)


def _unreached_emergency(session: Session, patient: Patient) -> Escalation | None:
    escalation = open_escalation(session, patient)
    if escalation is None or Level(escalation.level) is not Level.EMERGENCY:
        return None
    return None if escalation.reached_at else escalation


def _still_waiting(here: Ground, escalation: Escalation) -> Heard:
    """While an emergency is open every text goes to its case manager, and nobody is asked
    about weight."""
    pressing = reasons(here.reading, here.question_id, at_least=Level.ROUTINE)
    if pressing:
        here.flag(pressing)
    else:
        note_from_patient(here.session, here.now, escalation, here.message)
    if here.check_in:
        end(here.check_in, here.now, "interrupted")
    lately = here.session.scalar(
        select(Message.id)
        .where(
            Message.patient_id == here.patient.id,
            Message.direction == "out",
            Message.kind == "emergency",
            Message.at > here.now - STANDING_REPEAT,
        )
        .offset(1)
        .limit(1)
    )
    return Heard(() if lately else (here.reply("emergency_standing", kind="emergency"),))


def _urgent(here: Ground) -> tuple[Reply, ...]:
    """What only this reading found: the screen has told of the rest already."""
    pressing = reasons(here.reading, here.question_id, at_least=Level.URGENT)
    if not pressing:
        return ()
    flagged = here.flag(pressing)
    return (here.urgent(flagged.staffed),) if flagged.news else ()


def _small_talk(here: Ground, told: tuple[Reply, ...]) -> Heard:
    """A text with no question pending and no wish in it."""
    if told or here.reading.level > Level.NONE:
        said = told or _answered_by_screen(here)
        return Heard(told if said else (here.reply("routine_noted"),))
    if here.heard_as in {"thanks", "greeting"}:
        return Heard((here.reply(here.heard_as),))
    if here.heard_as == "question":
        return _for_a_human(here, "question", "out_of_scope")
    if here.heard_as == "out_of_scope" and not here.reading.unread:
        return Heard((here.reply("greeting"),))
    if _asked_again_lately(here):
        return _for_a_human(here, "unread", "handed_over")
    return Heard((here.reply("say_again"),), asked_again=True)


def _answered_by_screen(here: Ground) -> bool:
    mine = select(Message.id).where(Message.reply_to == here.message.id).limit(1)
    return here.session.scalar(mine) is not None


def _for_a_human(here: Ground, concept: str, told: str) -> Heard:
    here.flag([Reason(concept, Level.ROUTINE, "flag", {"nlu": here.nlu.intent})])
    return Heard((here.reply(told),))


def _asked_again_lately(here: Ground) -> bool:
    before = here.session.scalar(
        select(Message)
        .where(
            Message.patient_id == here.patient.id,
            Message.direction == "in",
            Message.seq < here.message.seq,
            Message.at > here.now - ASKED_AGAIN_WITHIN,
        )
        .order_by(Message.seq.desc())
        .limit(1)
    )
    return bool(before and before.turn and json.loads(before.turn).get("asked_again"))
