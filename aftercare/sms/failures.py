"""Why a text was not delivered: a closed list, and what each kind asks of us."""

from dataclasses import dataclass
from enum import StrEnum


class Retry(StrEnum):
    """When the same text may be tried again."""

    NEVER = "never"
    ONCE = "once"
    LATER = "later"
    """After a pause that grows, until the text is stale."""
    AFTER_LOOK_UP = "after_look_up"
    """Only once the carrier was asked for the message and does not have it."""


class Tell(StrEnum):
    """Whose work the failure becomes."""

    NOBODY = "nobody"
    CASE_MANAGER = "case_manager"
    OPERATOR = "operator"


@dataclass(frozen=True)
class Handling:
    """What a kind of failure asks of us."""

    retry: Retry
    outcome_known: bool
    tell: Tell


class FailureKind(StrEnum):
    """Every way a text fails; stored with the message, so values never change."""

    OPTED_OUT = "opted_out"
    INVALID_NUMBER = "invalid_number"
    LANDLINE = "landline"
    BLOCKED = "blocked"
    UNREACHABLE = "unreachable"
    UNEXPLAINED = "unexplained"
    FILTERED = "filtered"
    UNREGISTERED = "unregistered"
    TOO_LONG = "too_long"
    SLOW_DOWN = "slow_down"
    AUTH = "auth"
    MISCONFIGURED = "misconfigured"
    NOT_CONNECTED = "not_connected"
    CARRIER_TROUBLE = "carrier_trouble"
    TIMEOUT = "timeout"
    OTHER = "other"

    @property
    def handling(self) -> Handling:
        return _HANDLING[self]

    @property
    def retry(self) -> Retry:
        return self.handling.retry

    @property
    def outcome_known(self) -> bool:
        """False when the message may exist at the carrier although we were told of an error."""
        return self.handling.outcome_known

    @property
    def tell(self) -> Tell:
        return self.handling.tell


class SendFailed(Exception):
    """A text was refused, or nobody knows what became of it.

    Carries no number and no words of the text, so it is safe to log.
    """

    def __init__(self, kind: FailureKind, code: int | None = None) -> None:
        super().__init__(f"{kind.value} (code {code})" if code else kind.value)
        self.kind = kind
        self.code = code


def failure_of(code: int | None) -> FailureKind:
    """The kind behind a Twilio error code, from an answer or a status callback."""
    return _KIND_OF.get(code, FailureKind.OTHER) if code else FailureKind.OTHER


_HANDLING = {
    FailureKind.OPTED_OUT: Handling(Retry.NEVER, True, Tell.CASE_MANAGER),
    FailureKind.INVALID_NUMBER: Handling(Retry.NEVER, True, Tell.CASE_MANAGER),
    FailureKind.LANDLINE: Handling(Retry.NEVER, True, Tell.CASE_MANAGER),
    FailureKind.BLOCKED: Handling(Retry.NEVER, True, Tell.CASE_MANAGER),
    FailureKind.UNREACHABLE: Handling(Retry.LATER, True, Tell.CASE_MANAGER),
    FailureKind.UNEXPLAINED: Handling(Retry.ONCE, True, Tell.CASE_MANAGER),
    FailureKind.FILTERED: Handling(Retry.NEVER, True, Tell.OPERATOR),
    FailureKind.UNREGISTERED: Handling(Retry.NEVER, True, Tell.OPERATOR),
    FailureKind.TOO_LONG: Handling(Retry.NEVER, True, Tell.OPERATOR),
    FailureKind.SLOW_DOWN: Handling(Retry.LATER, True, Tell.NOBODY),
    FailureKind.AUTH: Handling(Retry.LATER, True, Tell.OPERATOR),
    FailureKind.MISCONFIGURED: Handling(Retry.LATER, True, Tell.OPERATOR),
    FailureKind.NOT_CONNECTED: Handling(Retry.LATER, True, Tell.OPERATOR),
    FailureKind.CARRIER_TROUBLE: Handling(Retry.AFTER_LOOK_UP, False, Tell.NOBODY),
    FailureKind.TIMEOUT: Handling(Retry.AFTER_LOOK_UP, False, Tell.NOBODY),
    FailureKind.OTHER: Handling(Retry.NEVER, True, Tell.CASE_MANAGER),
}

# Codes and meanings: twilio.com/docs/api/errors. A code missing here is OTHER, which a case
# manager sees, so that an unknown refusal is never silence.
_CODES: dict[FailureKind, tuple[int, ...]] = {
    FailureKind.OPTED_OUT: (21610,),
    # 30005: the number "may no longer exist".
    FailureKind.INVALID_NUMBER: (21211, 21217, 21401, 21421, 21604, 21614, 30005, 30014),
    FailureKind.LANDLINE: (30006,),
    FailureKind.BLOCKED: (30004, 30450),
    FailureKind.UNREACHABLE: (21612, 30003, 30017, 30410),
    FailureKind.UNEXPLAINED: (30008,),
    FailureKind.FILTERED: (21618, 30007),
    FailureKind.UNREGISTERED: (21717, 21729, 30018, 30024, 30032, 30033, 30034, 30035),
    FailureKind.TOO_LONG: (21605, 21617, 30019),
    # 30022, 30023, 30027: the day's or minute's share of our campaign is used up.
    FailureKind.SLOW_DOWN: (20429, 21611, 21730, 30001, 30022, 30023, 30027),
    FailureKind.AUTH: (20003, 20403, 30002),
    FailureKind.MISCONFIGURED: (
        *(20404, 21408, 21601, 21602, 21603, 21606, 21607, 21608, 21609, 21616, 21626),
        *(21657, 21659, 21660, 21701, 21702, 21703, 21704, 21705, 21711, 21715, 21719),
        *(30010, 30015, 30016, 30124, 30127),
    ),
    FailureKind.CARRIER_TROUBLE: (20500, 20502, 20503, 20504, 21619, 30020, 30021),
}
_KIND_OF = {code: kind for kind, codes in _CODES.items() for code in codes}
