"""Proofreads the education modules: every language there, none stale, easy to read."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from aftercare.education import Module, Page, module_from
from aftercare.i18n import SOURCE, Phrasebook
from aftercare.proofreading.finding import Finding, error, warning
from aftercare.proofreading.groups import dear_letters, proofread_group, unreviewed
from aftercare.proofreading.texts import Text
from aftercare.wordings import ALWAYS

WHEN_TO_CALL = "nurse_line", "number"


def proofread_lesson(
    root: Path, folder: Path, locales: Sequence[str], phrasebook: Phrasebook, production: bool
) -> Iterator[Finding]:
    """One module, in every language the product speaks."""
    name = str((folder / "module.yml").relative_to(root))
    try:
        module = module_from(folder, phrasebook, {})
    except ValueError as broken:
        said = str(broken).replace(f"{root}/", "")
        yield error(name, 1, "broken", f"{said}.", "mend the file it names.")
        return
    for locale in locales:
        if locale not in module.pages:
            problem = f"{module.id} has no {locale}.md."
            yield error(name, 1, "missing", problem, f"copy {SOURCE}.md and translate it.")
    for page in module.pages.values():
        yield from _page(root, folder, module, page, production)
    yield from _sources(name, module)


def _page(
    root: Path, folder: Path, module: Module, page: Page, production: bool
) -> Iterator[Finding]:
    file = folder / f"{page.locale.replace('-', '_')}.md"
    file = file if file.exists() else folder / f"{page.locale}.md"
    name = str(file.relative_to(root))
    lines = _first_lines(file.read_text(encoding="utf-8"))
    english = module.pages[SOURCE]
    if len(page.parts) != len(english.parts):
        problem = f"has {len(page.parts)} texts where the English has {len(english.parts)}."
        yield error(name, lines[0], "missing", problem, "one paragraph for each English one.")
    elif page.locale != SOURCE and page.review.source != module.source_hash:
        mend = (
            f"compare it with {SOURCE}.md, then: aftercare content review {page.locale} {module.id}"
        )
        yield error(name, 1, "stale", "was made from an older English.", f"{mend}.")
    texts = _texts(module, page, name, lines)
    yield from proofread_group(texts, module.grade)
    if page.locale != SOURCE:
        yield from dear_letters(name, page.locale, texts)
    if not page.asked_as:
        yield warning(name, 1, "asked_as", "nobody can ask for it.", "list words under asked_as.")
    if not page.review.clears(english.body, page.body):
        whole = Text(module.id, page.locale, page.body, name, lines[0], "lesson")
        yield from unreviewed([whole], production)


def _texts(module: Module, page: Page, file: str, lines: Sequence[int]) -> list[Text]:
    english = module.pages[SOURCE].parts
    sources = english if page.locale != SOURCE and len(english) == len(page.parts) else None
    return [
        Text(
            f"{module.id} text {i + 1}",
            page.locale,
            part,
            file,
            lines[i],
            "lesson",
            allowed=ALWAYS,
            source=sources[i] if sources else None,
        )
        for i, part in enumerate(page.parts)
    ]


def _sources(file: str, module: Module) -> Iterator[Finding]:
    if not module.references:
        yield error(file, 1, "source", f"{module.id} names no source.", "list it in references.")
    last = module.pages[SOURCE].parts[-1]
    if not all(f"{{{{ {name} }}}}" in last for name in WHEN_TO_CALL):
        problem = f"{module.id} does not end with when to call."
        mend = "let the last text name {{ nurse_line }} and {{ number }}."
        yield error(file, 1, "when_to_call", problem, mend)


def _first_lines(page: str) -> list[int]:
    """The line each paragraph after the front matter begins on."""
    lines = page.splitlines()
    start = lines.index("---", 1) + 1
    found = [
        number
        for number, line in enumerate(lines[start:], start + 1)
        if line.strip() and not lines[number - 2].strip(" -")
    ]
    return found or [start]
