"""Collects every text there is to translate, and brings the catalogues up to date.

`python -m aftercare.extract [--check]` rewrites locales/*/LC_MESSAGES/*.po; with
`--check` it changes nothing and exits 1 when a catalogue is behind. The three
extractors below also serve `pybabel extract -F babel.cfg .`.
"""

import io
import sys
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import write_po

from aftercare.i18n import SOURCE, catalogue, tag
from aftercare.review import Review, State, fingerprint, review_in
from aftercare.wordings import in_messages, in_questions, in_tasks, lined

MAPPINGS = {"patient": "babel.cfg", "console": "babel.console.cfg"}

type Found = Iterator[tuple[int, str | None, str, list[str]]]
"""What Babel takes from an extractor: line, function, text, comments for the translator."""


def messages(
    stream: IO[bytes], keywords: object, tags: Collection[str], options: Mapping[str, Any]
) -> Found:
    """The texts of `content/messages.yml`, with their id, weight and note."""
    for text in in_messages(lined(stream)):
        about = f"message: {text.id}{', critical' if text.critical else ''}"
        yield text.line, None, text.words, [about, *([text.note] if text.note else [])]


def questions(
    stream: IO[bytes], keywords: object, tags: Collection[str], options: Mapping[str, Any]
) -> Found:
    """What a protocol file asks patients."""
    for text in in_questions(lined(stream)):
        yield text.line, None, text.words, [f"{text.kind}: {text.id}, critical"]


def tasks(
    stream: IO[bytes], keywords: object, tags: Collection[str], options: Mapping[str, Any]
) -> Found:
    """What a protocol file tells staff."""
    for text in in_tasks(lined(stream)):
        yield text.line, None, text.words, [f"{text.kind}: {text.id}"]


def collect(root: Path, domain: str) -> Catalog:
    """Everything to translate in a domain, as an untranslated catalogue."""
    with (root / MAPPINGS[domain]).open() as stream:
        methods, options = parse_mapping_cfg(stream)  # type: ignore[no-untyped-call]
    found = Catalog(project="Aftercare", charset="utf-8", fuzzy=False)
    for name, line, text, comments, context in extract_from_dir(
        root, methods, options, comment_tags=("Translators:",), directory_filter=_is_ours
    ):
        found.add(text, locations=[(name, line)], auto_comments=comments, context=context)
    return found


def updated(file: Path, found: Catalog) -> str:
    """The .po file's text after bringing it up to what was found; reviews are kept.

    A text whose English changed keeps its old translation, marked fuzzy, so it is
    not sent until someone reads it again.
    """
    locale = tag(file.parent.parent.name)
    known = catalogue(file) if file.exists() else Catalog(locale=locale.replace("-", "_"))
    known.update(found, no_fuzzy_matching=locale == SOURCE)
    known.obsolete.clear()
    known.fuzzy = False
    for entry in known:
        if not entry.string:
            entry.flags.discard("fuzzy")
    if file.stem == "patient":
        _mark_unread(known)
    return written(known)


def main(arguments: Collection[str]) -> int:
    """Bring every catalogue up to date, or only say which is behind."""
    root, check, behind = Path.cwd(), "--check" in arguments, []
    for domain in MAPPINGS:
        found = collect(root, domain)
        for folder in sorted((root / "locales").glob("*/LC_MESSAGES")):
            file = folder / f"{domain}.po"
            text = updated(file, found)
            if not file.exists() or file.read_text(encoding="utf-8") != text:
                behind.append(file.relative_to(root))
                if not check:
                    file.write_text(text, encoding="utf-8")
    for file in behind:
        sys.stdout.write(f"{file}: {'is behind, run make messages' if check else 'updated'}\n")
    return 1 if check and behind else 0


def _mark_unread(entries: Catalog) -> None:
    """Give every text nobody accounts for a review that says so."""
    for entry in entries:
        if entry.id and not review_in(entry.user_comments).source:
            unread = Review(State.DRAFT, source=fingerprint(str(entry.id)))
            entry.user_comments.append(unread.comment())


def written(entries: Catalog) -> str:
    """The .po file's text."""
    out = io.BytesIO()
    # No line numbers and no dates: moving a question must not rewrite every catalogue.
    write_po(out, entries, width=96, include_lineno=False, sort_by_file=True, omit_header=True)
    header = (
        'msgid ""\nmsgstr ""\n'
        f'"Project-Id-Version: Aftercare\\n"\n"Language: {entries.locale}\\n"\n'
        '"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {entries.plural_forms}\\n"\n\n'
    )
    return header + out.getvalue().decode()


def _is_ours(folder: str) -> bool:
    return Path(folder).name not in {"var", "node_modules", "tests"} and not Path(
        folder
    ).name.startswith((".", "_"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
