"""Answers a number that belongs to no patient: nothing of anybody, and an emergency is one
whoever writes."""

from datetime import datetime, timedelta
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier
from sqlalchemy import select
from sqlalchemy.orm import Session

from aftercare.clinic import Clinic
from aftercare.escalations import flag_stranger
from aftercare.evidence import reading_json, reasons
from aftercare.i18n import SOURCE
from aftercare.levels import Level
from aftercare.models import Message
from aftercare.outbound import queue_to_stranger
from aftercare.triage import Reading

TOLD_EVERY = timedelta(hours=12)


def from_stranger(session: Session, clinic: Clinic, now: datetime, message: Message) -> None:
    """Escalate what is pressing, and say that we do not know the number, once in a while."""
    reading = clinic.reader.screen(message.body or "", SOURCE)
    message.reading = reading_json(reading, None)
    message.state, message.settled_at = "handed_over", now
    pressing = reasons(reading, None, at_least=Level.URGENT)
    if pressing:
        flag_stranger(session, clinic, now, pressing, message)
    told = clinic.reader.told(reading) if reading.level is Level.EMERGENCY else None
    silent = reading.wants & {"opt_out", "opt_in", "help"} or _told_lately(session, now, message)
    if told is None and silent:
        return
    body = clinic.say(told or "sender_unknown", _spoken(clinic, reading, message.body or ""))
    queue_to_stranger(session, now, message.phone, "emergency" if told else "notice", body, message)


def _spoken(clinic: Clinic, reading: Reading, words: str) -> str:
    """The language to answer in: the one asked for, else a guess from the words."""
    wanted = [w.removeprefix("language:") for w in reading.wants if w.startswith("language:")]
    if wanted:
        return wanted[0]
    guess = _guesser(clinic.reader.locales).classify(words)[0]
    return _by_language(clinic.reader.locales).get(guess, SOURCE)


def _by_language(locales: tuple[str, ...]) -> dict[str, str]:
    return {locale.partition("-")[0]: locale for locale in reversed(locales)}


@cache
def _guesser(locales: tuple[str, ...]) -> LanguageIdentifier:
    guesser = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True, min_confidence=0.6)
    guesser.set_languages(set(_by_language(locales)) & set(guesser.labels))
    return guesser


def _told_lately(session: Session, now: datetime, message: Message) -> bool:
    # Two machines answering each other would never stop.
    return bool(
        session.scalar(
            select(Message.id)
            .where(
                Message.phone_hash == message.phone_hash,
                Message.direction == "out",
                Message.at > now - TOLD_EVERY,
            )
            .limit(1)
        )
    )
