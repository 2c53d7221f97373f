"""Check-ins: begun on their day, asked question by question, never left hanging."""

from aftercare.checkins.answering import Assessed, record
from aftercare.checkins.asking import (
    ask_next,
    begin,
    end,
    open_check_in,
    question_of,
    question_text,
)
from aftercare.checkins.silence import due, fall_silent, fallen_silent, remind, start_due, to_remind

__all__ = [
    "Assessed",
    "ask_next",
    "begin",
    "due",
    "end",
    "fall_silent",
    "fallen_silent",
    "open_check_in",
    "question_of",
    "question_text",
    "record",
    "remind",
    "start_due",
    "to_remind",
]
