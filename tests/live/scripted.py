"""A product in memory that follows a script: what Rasa's side is tested against alone."""

from dataclasses import dataclass, field
from typing import ClassVar

from aftercare.triage import Understanding
from aftercare.turns import Turn

QUESTIONS = ("Any chest pain right now?", "What is your weight today?", "Did you take your pills?")
DONE = "That is all for today."


@dataclass(frozen=True)
class Heard:
    """One text as it came through Rasa."""

    conversation: str
    message: str | None
    heard_as: str
    nlu: Understanding


@dataclass
class ScriptedTurns:
    """Asks QUESTIONS in order, keeps everything it heard, and repeats what still waits."""

    TROUBLE: ClassVar = "INSERT failed, parameters: ('my chest hurts',)"

    heard: list[Heard] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)
    fails: bool = False
    _at: dict[str, int] = field(default_factory=dict)
    _given: dict[tuple[str, str], Turn] = field(default_factory=dict)

    def begin_check_in(self, conversation: str, check_in: str) -> Turn:
        self._break_if_asked()
        self.begun.append(check_in)
        self._at[conversation] = 0
        return self._ask(conversation)

    def hear(
        self, conversation: str, message: str | None, heard_as: str, nlu: Understanding
    ) -> Turn:
        self._break_if_asked()
        self.heard.append(Heard(conversation, message, heard_as, nlu))
        given = self._given.get((conversation, message or ""))
        if given is None:
            given = self._take(conversation, heard_as)
            self._given[conversation, message or ""] = given
        return given

    def wait(self, conversation: str, question: int) -> None:
        """Have `conversation` wait for the answer to this question."""
        self._at[conversation] = question

    def waits(self, conversation: str) -> bool:
        return self._at.get(conversation, len(QUESTIONS)) < len(QUESTIONS)

    def _take(self, conversation: str, heard_as: str) -> Turn:
        if not self.waits(conversation):
            return Turn((f"({heard_as})",), asking=False)
        if heard_as in {"answer", "fallback"}:
            self._at[conversation] += 1
            return self._ask(conversation)
        return Turn((f"({heard_as})", QUESTIONS[self._at[conversation]]), asking=True)

    def _ask(self, conversation: str) -> Turn:
        if not self.waits(conversation):
            return Turn((DONE,), asking=False)
        return Turn((QUESTIONS[self._at[conversation]],), asking=True)

    def _break_if_asked(self) -> None:
        if self.fails:
            raise RuntimeError(self.TROUBLE)
