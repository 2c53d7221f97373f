"""Records that a person read a text in one language: in the catalogue, or in the lesson."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from aftercare.education import module_from
from aftercare.extract import written
from aftercare.i18n import SOURCE, Phrasebook, catalogue, tag
from aftercare.review import Review, State, fingerprint
from aftercare.wordings import in_messages, in_questions, lined


@dataclass(frozen=True)
class Reader:
    """Who read, with what right, and how far that brings a text."""

    name: str
    credential: str
    state: State

    def read(self, source: str, text: str) -> Review:
        """The review that this reader's reading of these very words leaves."""
        return Review(
            self.state, self.name, self.credential, fingerprint(source), fingerprint(text)
        )


def review(
    root: Path, locale: str, ids: Collection[str], reader: Reader, on: date
) -> tuple[str, ...]:
    """Note the reading of the texts and lessons named (of all, when none is); gives their ids.

    Raises KeyError for an id that is not there, ValueError when nothing has the language.
    """
    lessons = {f.parent.name: f.parent for f in root.glob("content/education/*/module.yml")}
    wordings = _wordings(root)
    if unknown := set(ids) - set(lessons) - set(wordings):
        raise KeyError(sorted(unknown)[0])
    chosen = set(ids) or {*lessons, *wordings}
    file = root / "locales" / tag(locale).replace("-", "_") / "LC_MESSAGES" / "patient.po"
    if not file.exists():
        raise ValueError(f"there is no {file.relative_to(root)}")
    texts = {words for id in chosen for words in wordings.get(id, ())}
    done = _in_catalogue(file, texts, reader)
    for id in chosen & set(lessons):
        _in_lesson(lessons[id], tag(locale), reader, on)
    return tuple(sorted(id for id in chosen if id in lessons or done & set(wordings[id])))


def _in_catalogue(file: Path, texts: Collection[str], reader: Reader) -> set[str]:
    entries, done = catalogue(file), set()
    for entry in entries:
        source = str(entry.id)
        text = str(entry.string or (source if entries.locale_identifier == SOURCE else ""))
        if source in texts and text:
            kept = [line for line in entry.user_comments if not line.startswith("review:")]
            entry.user_comments = [*kept, reader.read(source, text).comment()]
            entry.flags.discard("fuzzy")
            done.add(source)
    file.write_text(written(entries), encoding="utf-8")
    return done


def _in_lesson(folder: Path, locale: str, reader: Reader, on: date) -> None:
    module = module_from(folder, Phrasebook({}), {})
    if locale not in module.pages:
        raise ValueError(f"{folder.name} has no {locale}.md")
    read = reader.read(module.pages[SOURCE].body, module.pages[locale].body)
    file = next(f for f in folder.glob("*.md") if tag(f.stem) == locale)
    about = {
        "state": read.state,
        "reviewer": read.who,
        "credential": read.credential,
        "reviewed": on.isoformat(),
        "source": read.source,
        "text": read.text,
    }
    file.write_text(_with(file.read_text(encoding="utf-8"), about), encoding="utf-8")


def _with(page: str, about: Mapping[str, str]) -> str:
    """`page` with these lines in its front matter, the rest as it was."""
    front, body = page.removeprefix("---\n").split("\n---\n", 1)
    for name, value in about.items():
        line = f'{name}: "{value}"'
        front, found = re.subn(rf"^{name}:.*$", line, front, flags=re.MULTILINE)
        front += "" if found else f"\n{line}"
    return f"---\n{front}\n---\n{body}"


def _wordings(root: Path) -> dict[str, set[str]]:
    content = root / "content"
    found = [*in_messages(lined(content / "messages.yml"))]
    for file in [*content.glob("protocols/shared/questions.yml"), *content.glob("protocols/*.yml")]:
        found += in_questions(lined(file))
    by_id: dict[str, set[str]] = {}
    for wording in found:
        by_id.setdefault(wording.id.partition(".")[0], set()).add(wording.words)
    return by_id
