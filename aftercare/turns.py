"""One turn of a conversation: what Rasa's actions ask of the product, and get back."""

from dataclasses import dataclass
from typing import Protocol

from aftercare.triage import Understanding


@dataclass(frozen=True)
class Turn:
    """What the patient is told now, and whether a check-in question is pending after it."""

    texts: tuple[str, ...] = ()
    asking: bool = False


class Turns(Protocol):
    """The product as Rasa's actions see it."""

    def begin_check_in(self, conversation: str, check_in: str) -> Turn:
        """Open the check-in and ask its first question."""
        ...

    def hear(
        self, conversation: str, message: str | None, heard_as: str, nlu: Understanding
    ) -> Turn:
        """Take one text of the patient, whose words are stored under `message`.

        `heard_as` is what Rasa's rules chose (answer, red_flag, human, …); `nlu` what
        its classifier said. Asking twice for the same message gives the same turn.
        """
        ...
