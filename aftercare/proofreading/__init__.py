"""Proofreads all content before a patient can read it: every file, every language."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import yaml
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from aftercare.i18n import Phrasebook, catalogue, tag
from aftercare.proofreading.catalogues import (
    Sheet,
    proofread_catalogue,
    proofread_console,
    proofread_english,
)
from aftercare.proofreading.finding import Finding, Severity, error
from aftercare.proofreading.lessons import proofread_lesson
from aftercare.proofreading.rules import (
    Shelf,
    Vocabulary,
    fast,
    proofread_protocol,
    proofread_shared,
    proofread_vocabularies,
)
from aftercare.protocols.files import shared_from
from aftercare.review import review_in
from aftercare.wordings import in_messages, in_questions, lined

__all__ = ["Finding", "Severity", "proofread"]


def proofread(root: Path, *, production: bool = False) -> tuple[Finding, ...]:
    """Everything to mend in `root`'s content/ and locales/, file by file."""
    broken = tuple(_broken(root))
    return broken or tuple(sorted({*_findings(root, production)}))


def _broken(root: Path) -> Iterator[Finding]:
    """Files that cannot be read at all: until they can, nothing else can be told."""
    vocabularies = root / "content" / "red_flags"
    for file in sorted((root / "content").rglob("*.yml")):
        yield from _broken_yaml(root, file, fast if vocabularies in file.parents else lined)
    for file in sorted(root.glob("locales/*/LC_MESSAGES/*.po")):
        yield from _broken_catalogue(root, file)


def _broken_yaml(root: Path, file: Path, read: Callable[[Path], object]) -> Iterator[Finding]:
    try:
        read(file)
    except (MarkedYAMLError, yaml.MarkedYAMLError) as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        problem = f"is not YAML: {wrong.problem or wrong.context}."
        yield error(
            _name(root, file), mark.line + 1 if mark else 1, "broken", problem, "mend the line."
        )
    except (YAMLError, yaml.YAMLError, UnicodeDecodeError) as wrong:
        yield error(_name(root, file), 1, "broken", f"is not YAML: {wrong}.", "mend it.")


def _broken_catalogue(root: Path, file: Path) -> Iterator[Finding]:
    try:
        for entry in catalogue(file):
            review_in(entry.user_comments)
    except ValueError as wrong:
        yield error(_name(root, file), 1, "broken", f"cannot be read: {wrong}.", "mend the entry.")


def _findings(root: Path, production: bool) -> Iterator[Finding]:
    sheets, phrasebook = _sheets(root), Phrasebook.load(root)
    catalogues = sorted(root.glob("locales/*/LC_MESSAGES/patient.po"))
    locales = [tag(file.parent.parent.name) for file in catalogues]
    yield from proofread_english(sheets)
    for file in catalogues:
        yield from proofread_catalogue(root, file, sheets, phrasebook, production)
    for file in sorted(root.glob("locales/*/LC_MESSAGES/console.po")):
        yield from proofread_console(root, file)
    folders = [file.parent for file in sorted(root.glob("content/education/*/module.yml"))]
    for folder in folders:
        yield from proofread_lesson(root, folder, locales, phrasebook, production)
    yield from _protocols(root, locales, frozenset(f.name for f in folders), sheets, production)


def _protocols(
    root: Path,
    locales: Sequence[str],
    modules: frozenset[str],
    sheets: Sequence[Sheet],
    production: bool,
) -> Iterator[Finding]:
    folder = root / "content" / "protocols"
    ids = {wording.id for sheet in sheets for wording in sheet.wordings}
    shelf = Shelf(
        shared=shared_from(folder),
        vocabulary=Vocabulary.load(root / "content"),
        modules=modules,
        units=frozenset(id for id in ids if id.startswith("unit_")),
        locales=tuple(locales),
    )
    yield from proofread_vocabularies(shelf)
    yield from proofread_shared(root, folder / "shared" / "questions.yml", shelf)
    for file in sorted(folder.glob("*.yml")):
        yield from proofread_protocol(root, file, shelf, production)


def _sheets(root: Path) -> list[Sheet]:
    messages = root / "content" / "messages.yml"
    protocols = sorted((root / "content" / "protocols").glob("*.yml"))
    shared = root / "content" / "protocols" / "shared" / "questions.yml"
    return [
        Sheet(_name(root, messages), tuple(in_messages(lined(messages)))),
        *(
            Sheet(_name(root, file), tuple(in_questions(lined(file))))
            for file in [shared, *protocols]
        ),
    ]


def _name(root: Path, file: Path) -> str:
    return str(file.relative_to(root))
