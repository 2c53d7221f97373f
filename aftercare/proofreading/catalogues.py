"""Proofreads the catalogues: every text in every language, none stale, none left over."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Message

from aftercare.i18n import SOURCE, Phrasebook, catalogue, tag
from aftercare.proofreading.finding import Finding, error, warning
from aftercare.proofreading.groups import dear_letters, proofread_group, unreviewed
from aftercare.proofreading.texts import Text
from aftercare.review import review_in
from aftercare.wordings import Wording

EXTRACT = "run: make messages"


@dataclass(frozen=True)
class Sheet:
    """The English texts of one file."""

    file: str
    wordings: tuple[Wording, ...]


def proofread_english(sheets: Sequence[Sheet]) -> Iterator[Finding]:
    """The English where it was written."""
    for sheet in sheets:
        texts = [
            Text(w.id, SOURCE, w.words, sheet.file, w.line, w.kind, w.critical, w.allowed)
            for w in sheet.wordings
        ]
        yield from proofread_group(texts)


def proofread_catalogue(
    root: Path, file: Path, sheets: Sequence[Sheet], phrasebook: Phrasebook, production: bool
) -> Iterator[Finding]:
    """One language's patient catalogue against the English."""
    locale, name = tag(file.parent.parent.name), str(file.relative_to(root))
    try:
        entries = {str(entry.id): entry for entry in catalogue(file) if entry.id}
    except ValueError as broken:
        yield error(name, 1, "broken", f"{broken}.", "mend the .po file.")
        return
    known = {w.words for sheet in sheets for w in sheet.wordings}
    for msgid, entry in entries.items():
        if msgid not in known:
            yield _left_over(name, entry)
    yield from _entries(locale, name, entries, sheets)
    texts = [_texts(locale, name, entries, sheet) for sheet in sheets]
    if locale != SOURCE:
        for group in texts:
            yield from proofread_group(group)
        yield from dear_letters(name, locale, [text for group in texts for text in group])
    critical = [text for group in texts for text in group if text.critical]
    unread = [t for t in critical if not phrasebook.cleared(locale, t.source or t.words)]
    yield from unreviewed(list({t.words: t for t in unread}.values()), production)


def _entries(
    locale: str, file: str, entries: Mapping[str, Message], sheets: Sequence[Sheet]
) -> Iterator[Finding]:
    seen: set[str] = set()
    for wording in (w for sheet in sheets for w in sheet.wordings if w.words not in seen):
        seen.add(wording.words)
        entry = entries.get(wording.words)
        if entry is None:
            problem = f"{wording.id} ({locale}) has no entry."
            yield error(file, 1, "missing", problem, f"{EXTRACT}.")
        elif locale != SOURCE:
            yield from _translated(locale, file, wording, entry)


def _translated(locale: str, file: str, wording: Wording, entry: Message) -> Iterator[Finding]:
    line = entry.lineno or 1
    if not entry.string:
        problem = f"{wording.id} ({locale}) is not translated."
        yield error(file, line, "missing", problem, "write its msgstr.")
    elif entry.fuzzy or review_in(entry.user_comments).is_stale(wording.words):
        problem = f"{wording.id} ({locale}) was translated from an older English."
        mend = f"compare it with the English, then: aftercare content review {locale} {wording.id}"
        yield error(file, line, "stale", problem, f"{mend}.")


def _left_over(file: str, entry: Message) -> Finding:
    problem = f"nobody says: {str(entry.id)[:60]!r}."
    return error(file, entry.lineno or 1, "left_over", problem, f"{EXTRACT}.")


def _texts(locale: str, file: str, entries: Mapping[str, Message], sheet: Sheet) -> list[Text]:
    return [
        Text(
            w.id,
            locale,
            str(entry.string or w.words),
            file,
            entry.lineno or 1,
            w.kind,
            w.critical,
            w.allowed,
            source=w.words,
        )
        for w in sheet.wordings
        if (entry := entries.get(w.words)) and (entry.string or locale == SOURCE)
    ]


def proofread_console(root: Path, file: Path) -> Iterator[Finding]:
    """What staff read may stay English, but somebody should know."""
    locale, name = tag(file.parent.parent.name), str(file.relative_to(root))
    entries = [entry for entry in catalogue(file) if entry.id]
    for entry in (each for each in entries if _has_string(each)):
        if strange := _fields(entry.string or "") - _fields(entry.id):
            problem = f"a console text ({locale}) uses {', '.join(sorted(strange))}."
            mend = f"use: {', '.join(sorted(_fields(entry.id))) or 'none'}."
            yield error(name, entry.lineno or 1, "placeholder", problem, mend)
    missing = [entry for entry in entries if not _has_string(entry)]
    if missing and locale != SOURCE:
        problem = f"{len(missing)} console texts ({locale}) are not translated."
        yield warning(name, missing[0].lineno or 1, "missing", problem, "write their msgstr.")


def _has_string(entry: Message) -> bool:
    return all(entry.string) if isinstance(entry.string, tuple) else bool(entry.string)


def _fields(words: str | Sequence[str]) -> set[str]:
    """What Python or the page fills in: one name too many breaks the page."""
    spoken = words if isinstance(words, str) else " ".join(words)
    return set(re.findall(r"%\(\w+\)s|\{\w+\}", spoken))
