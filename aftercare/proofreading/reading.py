"""How hard a text is to read, in the languages that have a formula for it."""

from collections.abc import Callable, Mapping

import textstat

GRADE = 6.0
"""School grade for English: half of all patients read no better."""

EASE = 65.0
"""Spanish: from here on the scales of Fernández-Huerta and Szigriszt call it fairly easy."""

SLACK_GRADE, SLACK_EASE = 3.0, 10.0
"""One short text may stray this far; a whole file may not."""


def hard_to_read(
    words: str, locale: str, grade: float = GRADE, *, slack: bool = False
) -> str | None:
    """What is too hard about `words`, in a phrase; None when easy or without a formula."""
    measure = _MEASURES.get(locale.partition("-")[0])
    return measure(words, grade, slack) if measure and words.strip() else None


def _english(words: str, grade: float, slack: bool) -> str | None:
    textstat.set_lang("en")
    reads = float(textstat.flesch_kincaid_grade(words))
    limit = grade + (SLACK_GRADE if slack else 0)
    return f"reads at grade {reads:.1f}, over {limit:g}" if reads > limit else None


def _spanish(words: str, _: float, slack: bool) -> str | None:
    textstat.set_lang("es")
    ease = min(float(textstat.fernandez_huerta(words)), float(textstat.szigriszt_pazos(words)))
    limit = EASE - (SLACK_EASE if slack else 0)
    return f"reads at ease {ease:.0f}, under {limit:g}" if ease < limit else None


_MEASURES: Mapping[str, Callable[[str, float, bool], str | None]] = {
    "en": _english,
    "es": _spanish,
}
