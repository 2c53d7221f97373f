"""What is planned to go wrong: the next requests of the product that fail on purpose."""

from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import BaseModel, Field, model_validator

from aftercare.carrier.errors import DELIVERY_ERRORS


class FaultKind(StrEnum):
    """The ways a carrier lets one down."""

    REFUSED = "refused"
    """Answered with a 4xx and `code`; no message exists."""
    UNDELIVERED = "undelivered"
    """Taken, and later reported undelivered with `code`."""
    SLOW_DOWN = "slow_down"
    ERROR = "error"
    ERROR_BUT_TAKEN = "error_but_taken"
    """Answered with a 500 although the message exists and goes out."""
    TIMEOUT = "timeout"
    TIMEOUT_BUT_TAKEN = "timeout_but_taken"

    @property
    def takes_the_text(self) -> bool:
        return self in (self.UNDELIVERED, self.ERROR_BUT_TAKEN, self.TIMEOUT_BUT_TAKEN)


class Asked(StrEnum):
    """Which request a fault meets."""

    SEND = "send"
    LOOK_UP = "look_up"


class Fault(BaseModel):
    """One planned fault. Without `to` it meets whatever comes next."""

    kind: FaultKind
    code: int | None = None
    to: str | None = None
    times: int = Field(default=1, ge=1, le=10_000)
    asked: Asked = Asked.SEND

    @model_validator(mode="after")
    def _code_where_needed(self) -> "Fault":
        if self.kind is FaultKind.UNDELIVERED:
            self.code = self.code or 30003
            if self.code not in DELIVERY_ERRORS:
                raise ValueError(f"unknown delivery error {self.code}")
        if self.kind is FaultKind.REFUSED and self.code is None:
            raise ValueError("a refusal needs its code, as 21610")
        if self.asked is Asked.LOOK_UP and self.kind.takes_the_text:
            raise ValueError(f"a look-up cannot end {self.kind.value}")
        return self


@dataclass
class Faults:
    """The planned faults, in the order they were planned."""

    planned: list[Fault] = field(default_factory=list)

    def plan(self, fault: Fault) -> None:
        self.planned.append(fault)

    def take(self, asked: Asked, to: str = "") -> Fault | None:
        """The fault that meets this request, used up by one."""
        for fault in self.planned:
            if fault.asked is asked and fault.to in (None, to):
                fault.times -= 1
                if not fault.times:
                    self.planned.remove(fault)
                return fault
        return None

    def clear(self) -> None:
        self.planned.clear()
