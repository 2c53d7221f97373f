"""STOP, START and HELP as Twilio itself handles them: the bare word, in any case."""

from enum import StrEnum


class OptOut(StrEnum):
    """The three kinds, in the words of the webhook's OptOutType."""

    STOP = "STOP"
    START = "START"
    HELP = "HELP"


_WORDS = {
    **dict.fromkeys(
        ("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"),
        OptOut.STOP,
    ),
    **dict.fromkeys(("START", "YES", "UNSTOP"), OptOut.START),
    **dict.fromkeys(("HELP", "INFO"), OptOut.HELP),
}

ANSWERS = {
    OptOut.STOP: "You have successfully been unsubscribed. You will not receive any more messages "
    "from this number. Reply START to resubscribe.",
    OptOut.START: "You have successfully been re-subscribed to messages from this number. "
    "Reply HELP for help. Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
    OptOut.HELP: "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}


def keyword(body: str, opted_out: bool) -> OptOut | None:
    """What the bare word asks of the carrier.

    "YES" is a plain answer, and no keyword, from a number that never opted out.
    """
    word = _WORDS.get(body.strip().upper())
    if word is OptOut.START and not opted_out:
        return None
    return word
