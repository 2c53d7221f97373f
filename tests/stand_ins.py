"""Who stands in for the pager and for Rasa in a clinic's day, with switches for their troubles."""

from typing import Any

from aftercare.dialogue import Rasa
from aftercare.turns import Dialogue, DialogueUnavailable


class Paged:
    """The pager of a test: who was paged, and whether their address takes it."""

    def __init__(self) -> None:
        self.pages: list[tuple[str, int]] = []
        self.works = True

    def page(self, addresses: list[str], level: str, reference: int, escalation: Any) -> bool:
        if self.works:
            self.pages.append((level, reference))
        return self.works


class Switchable:
    """Rasa with a switch: `down` makes it refuse, as a stopped process does."""

    def __init__(self, dialogue: Dialogue) -> None:
        self.dialogue = dialogue
        self.down = False
        self.fault: Exception | None = None

    def ask(self, conversation: str, text: str, message_id: str) -> list[str]:
        self._refuse()
        try:
            return self.dialogue.ask(conversation, text, message_id)
        except DialogueUnavailable:
            raise
        except Exception as error:
            self.fault = error
            raise

    def begin(self, conversation: str, check_in: str) -> list[str]:
        self._refuse()
        return self.dialogue.begin(conversation, check_in)

    def forget(self, conversation: str) -> None:
        """Lose what is known of a conversation, as Rasa may lose its tracker."""
        if isinstance(self.dialogue, Rasa):
            tracker = f"/conversations/{conversation}/tracker/events"
            self.dialogue.client.put(tracker, json=[]).raise_for_status()
        else:
            self.dialogue.lose(conversation)  # type: ignore[attr-defined]

    def _refuse(self) -> None:
        if self.down:
            raise DialogueUnavailable("ConnectError")


class Nobody:
    def ask(self, conversation: str, text: str, message_id: str) -> list[str]:
        raise DialogueUnavailable("nobody")

    def begin(self, conversation: str, check_in: str) -> list[str]:
        raise DialogueUnavailable("nobody")
