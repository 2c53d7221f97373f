"""What a patient wants besides answering: a ride, a person, a lesson, another language."""

from dataclasses import dataclass
from typing import Any

from babel import Locale
from sqlalchemy import select

from aftercare import audit
from aftercare.conversations import lessons, needs
from aftercare.conversations.ground import Ground, Reply
from aftercare.escalations import Reason, roster
from aftercare.levels import Level
from aftercare.models import Episode, Message
from aftercare.needs import code_of

_NEED_OF = {"ride": "transport", "need": "other"}
"""The need behind a rule of Rasa's that the vocabulary did not name more closely."""

_ASKING = frozenset({"other", "medicine"})
"""Needs as which a plain question reads; a lesson answers it, or its absence is its own item."""


@dataclass(frozen=True)
class Granted:
    """Whether there was a wish, and what is said to it."""

    granted: bool
    replies: tuple[Reply, ...] = ()


def granted(here: Ground) -> Granted:
    """Act on every wish in the text: they seldom come alone."""
    found = [
        act(here)
        for act in (_helper, _language, _needs, _human, _lesson, _question, _courtesy)
    ]  # fmt: skip
    replies = tuple(reply for one in found for reply in one.replies)
    return Granted(any(one.granted for one in found), replies)


def _helper(here: Ground) -> Granted:
    """Whoever writes for the patient is told once that we noticed; the text counts as read."""
    if here.message.caregiver_id is None:
        return Granted(False)
    before = here.session.scalar(
        select(Message.id)
        .where(Message.caregiver_id == here.message.caregiver_id, Message.seq < here.message.seq)
        .limit(1)
    )
    return Granted(False, () if before else (here.reply("caregiver_noted"),))


def _language(here: Ground) -> Granted:
    wanted = [w.removeprefix("language:") for w in here.reading.wants if w.startswith("language:")]
    if not wanted:
        return Granted(False)
    locale = wanted[0]
    named = _own_name(locale)
    if not here.clinic.phrasebook.knows(locale):
        reason = Reason("interpreter", Level.ROUTINE, "need", {"language": locale})
        here.flag([reason])
        return Granted(True, (here.reply("language_unavailable", language=named),))
    if locale == here.patient.locale:
        return Granted(True)
    before, here.patient.locale = here.patient.locale, locale
    audit.record(
        here.session, here.now, f"patient:{here.patient.id}", "patient.language",
        f"patient:{here.patient.id}", before=before, now=locale,
    )  # fmt: skip
    # Confirmed in both languages: who was misunderstood can still read how it was before.
    in_old = here.clinic.say("language_changed", before, language=named)
    return Granted(True, (here.reply("language_changed", language=named), Reply(in_old)))


def _own_name(locale: str) -> str:
    name = Locale.parse(locale, sep="-").get_display_name() or locale
    return name[:1].upper() + name[1:]


def _needs(here: Ground) -> Granted:
    """Each need becomes a row and an item; asked again about a ride, it is one need."""
    named = [need for need in here.reading.needs if _in_words(here, need)]
    if not named and here.heard_as in _NEED_OF and here.reading.value is None:
        named = [_NEED_OF[here.heard_as]]
    if not named:
        return Granted(False)
    new = [need for need in named if not needs.known(here, need)]
    if new:
        flagged = here.flag([_need_reason(here, need) for need in new])
        needs.note(here, new, flagged.escalation)
    return Granted(True, (here.reply(needs.told(named)),))


def _in_words(here: Ground, need: str) -> bool:
    """Whether the words name the need; what only the answer's rule means is the answer's."""
    if need in _ASKING and _wants_lesson(here):
        return False
    return here.reading.value is None or any(
        evidence.concept == need and evidence.matched for evidence in here.reading.evidence
    )


def _need_reason(here: Ground, need: str) -> Reason:
    rows = [e for e in here.reading.evidence if e.concept == need]
    matched = rows[0].matched if rows else here.message.body or ""
    evidence: list[dict[str, Any]] = [
        {"concept": need, "level": "routine", "source": "screen", "matched": matched, "cues": []}
    ]
    return Reason(need, Level.ROUTINE, "need", {"evidence": evidence, "code": code_of(need)})


def _human(here: Ground) -> Granted:
    asked = "human" in here.reading.wants or here.heard_as == "human"
    if not asked:
        return Granted(False)
    here.flag([Reason("human_wanted", Level.ROUTINE, "need")])
    team = here.session.scalar(
        select(Episode.team_id)
        .where(Episode.patient_id == here.patient.id)
        .order_by(Episode.discharged_at.desc())
        .limit(1)
    )
    on_duty = roster(here.session, team).on_duty(here.now) if team else []
    return Granted(True, (here.reply("human_noted" if on_duty else "human_noted_unstaffed"),))


def _lesson(here: Ground) -> Granted:
    if not _wants_lesson(here):
        return Granted(False)
    return Granted(True, lessons.asked_for(here))


def _wants_lesson(here: Ground) -> bool:
    return "education" in here.reading.wants or here.heard_as == "education"


def _question(here: Ground) -> Granted:
    """A question about medicines or visits: a human answers, never we."""
    if here.heard_as != "question" or here.reading.value is not None or here.reading.needs:
        return Granted(False)
    if here.question is None:
        return Granted(False)
    here.flag([Reason("question", Level.ROUTINE, "need")])
    return Granted(True, (here.reply("routine_noted"),))


def _courtesy(here: Ground) -> Granted:
    """Thanks or a greeting while a question waits: a word back, then the question again."""
    if here.question is None or here.reading.value is not None:
        return Granted(False)
    if here.heard_as in {"thanks", "greeting"}:
        return Granted(True, (here.reply(here.heard_as),))
    return Granted(False)
