"""Protocols: what is asked, when, and which answers are red flags. Pure."""

from aftercare.protocols.library import ProtocolLibrary
from aftercare.protocols.protocol import Protocol
from aftercare.protocols.questions import (
    NOT_SURE,
    AnswerType,
    Choice,
    Dated,
    Flag,
    Question,
    Value,
    question_from,
)

__all__ = [
    "NOT_SURE",
    "AnswerType",
    "Choice",
    "Dated",
    "Flag",
    "Protocol",
    "ProtocolLibrary",
    "Question",
    "Value",
    "question_from",
]
