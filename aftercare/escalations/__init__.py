"""Escalations: opened and raised by what patients write, worked on by case managers."""

from aftercare.escalations.coverage import Roster, assignee, roster
from aftercare.escalations.flagging import (
    Flagged,
    Reason,
    flag,
    flag_stranger,
    note_from_patient,
    open_escalation,
)
from aftercare.escalations.paging import Pager, page, page_due
from aftercare.escalations.working import (
    CannotClose,
    Closing,
    Conflict,
    acknowledge,
    attempt,
    close,
    note,
    reached,
    reply,
)

__all__ = [
    "CannotClose",
    "Closing",
    "Conflict",
    "Flagged",
    "Pager",
    "Reason",
    "Roster",
    "acknowledge",
    "assignee",
    "attempt",
    "close",
    "flag",
    "flag_stranger",
    "note",
    "note_from_patient",
    "open_escalation",
    "page",
    "page_due",
    "reached",
    "reply",
    "roster",
]
