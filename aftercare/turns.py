"""One turn of a conversation, as Rasa and the product see each other."""

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


class DialogueUnavailable(Exception):
    """Rasa did not answer, or not as it should. Carries no words of the conversation."""


class Dialogue(Protocol):
    """Rasa as the product sees it. `conversation` is an opaque id."""

    def ask(self, conversation: str, text: str, message_id: str) -> list[str]:
        """Give Rasa a text; the texts it says. Raises DialogueUnavailable."""
        ...

    def begin(self, conversation: str, check_in: str) -> list[str]:
        """Begin a check-in. Raises DialogueUnavailable."""
        ...
