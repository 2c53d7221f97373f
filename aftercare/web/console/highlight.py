"""Marks the words that were weighed, inside the patient's own words. Pure."""

import unicodedata
from collections.abc import Iterable

from markupsafe import Markup, escape


def highlight(text: str, matched: Iterable[str]) -> Markup:
    """`text`, escaped, with every place of `matched` in <mark>; accents and case do not count."""
    marked = _marked(text, matched)
    parts: list[Markup] = []
    start = 0
    while start < len(text):
        end = start
        while end < len(text) and marked[end] == marked[start]:
            end += 1
        words = escape(text[start:end])
        parts.append(Markup("<mark>{}</mark>").format(words) if marked[start] else words)
        start = end
    return Markup("").join(parts)


def _marked(text: str, matched: Iterable[str]) -> list[bool]:
    marked = [False] * len(text)
    folded = _folded(text)
    for words in matched:
        wanted = _folded(words)
        # All of it marked says no more than none of it.
        whole = wanted.strip() in ("", folded.strip())
        place = -1 if whole else folded.find(wanted)
        while place >= 0:
            marked[place : place + len(wanted)] = [True] * len(wanted)
            place = folded.find(wanted, place + len(wanted))
    return marked


def _folded(text: str) -> str:
    # Letter by letter, so that places in the folded text are places in the text.
    return "".join((unicodedata.normalize("NFKD", char)[:1] or char).lower()[:1] for char in text)
