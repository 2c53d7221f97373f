"""The words the console says for what the tables store."""

from collections.abc import Mapping


def _(words: str) -> str:
    """Marks words for the translators; they are looked up when a page is made."""
    return words


LABELS: Mapping[str, Mapping[str, str]] = {
    "level": {
        "emergency": _("Emergency"),
        "urgent": _("Urgent"),
        "routine": _("Routine"),
        "none": _("Calm"),
    },
    "state": {
        "open": _("Nobody has taken it"),
        "acknowledged": _("Taken"),
        "reached": _("Patient reached"),
        "closed": _("Closed"),
    },
    "status": {
        "active": _("Gets texts"),
        "opted_out": _("Opted out of texts"),
        "wrong_number": _("Wrong number"),
        "deceased": _("Deceased"),
    },
    "episode": {
        "active": _("Programme running"),
        "paused": _("Programme paused"),
        "completed": _("Programme completed"),
        "stopped": _("Programme stopped"),
    },
    "check_in": {
        "scheduled": _("planned"),
        "starting": _("starting"),
        "open": _("waiting for an answer"),
        "completed": _("completed"),
        "interrupted": _("interrupted"),
        "silent": _("no answer"),
        "expired": _("not sent in time"),
    },
    "role": {
        "case_manager": _("Case manager"),
        "supervisor": _("Supervisor"),
        "admin": _("Administrator"),
    },
    "sex": {
        "female": _("female"),
        "male": _("male"),
        "other": _("other"),
        "F": _("female"),
        "M": _("male"),
        "O": _("other"),
    },
    "source": {
        "screen": _("found by the red-flag vocabulary"),
        "nlu": _("found by the language model"),
        "question": _("this question's own rule"),
    },
    "kind": {
        "text": _("Text"),
        "welcome": _("Welcome"),
        "check_in": _("Check-in"),
        "reply": _("Automatic reply"),
        "emergency": _("Emergency text"),
        "reminder": _("Reminder"),
        "education": _("Education"),
        "staff": _("Care team"),
        "notice": _("Notice"),
    },
    "delivery": {
        "queued": _("waiting to be sent"),
        "sending": _("being sent"),
        "accepted": _("sent"),
        "scheduled": _("sent"),
        "sent": _("sent"),
        "delivered": _("delivered"),
        "read": _("read"),
        "failed": _("not delivered"),
        "undelivered": _("not delivered"),
        "expired": _("not sent: too late"),
        "canceled": _("not sent: withdrawn"),
        "received": _("not read yet"),
        "screened": _("being read"),
        "answered": _("read"),
        "handed_over": _("left for a person to read"),
    },
    "event": {
        "flag": _("Red flag"),
        "need": _("Need"),
        "raised": _("Raised"),
        "assigned": _("Assigned"),
        "paged": _("Paged"),
        "page_failed": _("Page could not be delivered"),
        "acknowledged": _("Taken"),
        "attempt": _("Tried to reach the patient"),
        "reached": _("Patient reached"),
        "replied": _("Texted the patient"),
        "noted": _("Note"),
        "wrote": _("The patient wrote"),
        "undelivered": _("Our text was not delivered"),
        "closed": _("Closed"),
    },
    "contact": {
        "voice": _("Phone call"),
        "text": _("Text"),
        "in_person": _("In person"),
        "attempts": _("Tried, not reached"),
        "welfare_check": _("Welfare check"),
    },
    "outcome": {
        "advice_given": _("Advice given"),
        "visit_booked": _("Visit booked"),
        "sent_to_emergency": _("Sent to emergency care"),
        "medicine_changed": _("Medicine changed by the prescriber"),
        "need_met": _("Need met"),
        "no_action_needed": _("No action needed"),
        "not_reached": _("Patient not reached"),
        "other": _("Something else"),
    },
    "error": {
        "opted_out": _("the patient opted out"),
        "wrong_number": _("wrong number"),
        "deceased": _("the patient died"),
        "stale": _("it was too late to be useful"),
        "daily_cap": _("the day's limit of texts was reached"),
    },
    "concept": {
        "silence": _("No answer to the check-in"),
        "undelivered": _("Our texts do not arrive"),
        "unanswered": _("A text waits to be read by a person"),
        "opted_out_while_open": _("Opted out with an escalation open"),
        "asked_help": _("Asked for help"),
        "wrong_number": _("Says it is the wrong number"),
        "deceased": _("Says the patient died"),
        "shared_number": _("A number that several patients share"),
    },
    "need": {
        "transport": _("Transportation"),
        "cost": _("Cost"),
        "food": _("Food"),
        "housing": _("Housing"),
        "appointment": _("Appointment"),
        "medicine": _("Medicine"),
        "loneliness": _("Loneliness"),
        "other": _("Something else"),
    },
    "medicine": {
        "anticoagulant": _("blood thinner"),
        "antiplatelet": _("clot prevention"),
        "insulin": _("insulin"),
        "antibiotic": _("antibiotic"),
        "diuretic": _("water pill"),
        "antiseizure": _("seizure medicine"),
        "steroid": _("steroid"),
        "transplant": _("transplant medicine"),
    },
}


REFUSALS = (
    _("choose how it ended"),
    _("choose how the patient was contacted"),
    _("write what was done"),
    _("say whether the patient confirmed"),
    _("say whether the flag was worth acting on"),
    _("an emergency closes with voice contact, recorded attempts, or a welfare check"),
    _("write the text first"),
    _("write the note first"),
)
"""What `escalations` says when it refuses: listed here so that translators get it."""


def label(group: str, word: object) -> str:
    """The English words for `word`; the word itself, made readable, when nobody named it."""
    plain = str(word)
    return LABELS.get(group, {}).get(plain) or readable(plain)


def readable(word: str) -> str:
    """`chest_pain` as a person writes it: `Chest pain`."""
    words = word.replace("_", " ").replace(".", " ").strip()
    return words[:1].upper() + words[1:]
