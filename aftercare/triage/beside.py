"""What the second opinion is told beside a text: what was asked, and what the vocabulary saw."""

from collections.abc import Sequence

from aftercare.protocols import Question
from aftercare.triage.answers import Answer
from aftercare.triage.cues import Verdict
from aftercare.triage.features import SEEN, STATE
from aftercare.triage.screen import Screened

_HEARD = ("calm", "needs", "wants")


def beside(
    screened: Screened, asked: Sequence[str], question: Question | None, given: Answer | None
) -> tuple[str, ...]:
    """The topics `asked` about, how the vocabulary took the answer, and what else it saw."""
    told = list(asked)
    if question and given and given.value is not None:
        told.append(f"{STATE}flagged" if question.assess(given.value) else f"{STATE}safe")
        told.append(f"{STATE}{type(given.value).__name__}")
    elif question:
        told.append(f"{STATE}unanswered")
    if set_aside(screened):
        told.append(f"{STATE}aside")
    told += (f"{STATE}{section}" for section in _HEARD if any(screened.standing(section)))
    return (*told, *sorted(_sighted(screened)))


def set_aside(screened: Screened) -> bool:
    """Whether a red flag was denied, over, supposed or another's: symptoms are spoken of."""
    return any(w.verdict is not Verdict.STANDS for w in screened.named("concepts"))


def _sighted(screened: Screened) -> set[str]:
    """Each concept that the vocabulary saw with what stands around it; each need and wish."""
    flags = {f"{SEEN}{w.match.name}:{w.verdict}" for w in screened.named("concepts")}
    return flags | {
        f"{SEEN}{section}.{name}"
        for section in ("needs", "wants")
        for name in screened.standing(section)
    }
