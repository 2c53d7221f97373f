"""Proofreads the texts of one file in one language together: ease, cost, who has read them."""

from collections.abc import Iterator, Sequence

from aftercare.proofreading.finding import Finding, error, warning
from aftercare.proofreading.reading import GRADE, hard_to_read
from aftercare.proofreading.texts import Text, proofread_text
from aftercare.segments import Encoding


def proofread_group(texts: Sequence[Text], grade: float = GRADE) -> Iterator[Finding]:
    """Each text, then all of them as one: a formula needs more than a sentence."""
    for text in texts:
        yield from proofread_text(text)
    if texts:
        yield from _whole(texts, grade)


def _whole(texts: Sequence[Text], grade: float) -> Iterator[Finding]:
    first = texts[0]
    read = [text.sent for text in texts if len(text.sent.split()) > 2]
    if hard := hard_to_read(" ".join(read), first.locale, grade):
        problem = f"as a whole, the {first.kind} texts ({first.locale}) {hard}."
        yield error(first.file, first.line, "reading", problem, "use shorter words and sentences.")


def dear_letters(file: str, locale: str, texts: Sequence[Text]) -> Iterator[Finding]:
    """One warning for a language whose own letters do not fit into 7 bits: its price."""
    dear = [text for text in texts if text.weight.encoding is Encoding.UCS2]
    letters = dict.fromkeys(char for text in dear for char in text.weight.flips if char.isalpha())
    if letters:
        shown = " ".join(list(letters)[:8]) + (" ..." if len(letters) > 8 else "")
        problem = f"{len(dear)} of {len(texts)} texts ({locale}) cost more for their letters: "
        mend = "nothing; never strip accents, 70 characters fit into a segment then."
        yield warning(file, 1, "characters", f"{problem}{shown}.", mend)


def unreviewed(texts: Sequence[Text], production: bool) -> Iterator[Finding]:
    """The critical texts that no clinic approved: refused in production, told elsewhere."""
    if not texts:
        return
    mend = f"have a qualified person read them, then: aftercare content review {texts[0].locale}"
    if production:
        for text in texts:
            problem = f"{text.id} ({text.locale}) is critical and not approved."
            yield error(text.file, text.line, "unreviewed", problem, f"{mend}.")
        return
    first = texts[0]
    problem = f"{len(texts)} critical texts ({first.locale}) await a clinic's approval."
    yield warning(first.file, first.line, "unreviewed", problem, f"{mend}; production sends none.")
