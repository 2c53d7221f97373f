"""Starts an education module: a folder that is its own recipe."""

import re
from pathlib import Path

from aftercare.i18n import SOURCE, Phrasebook

ABOUT = """\
topic: {topic}
version: "1"
# The hardest reading grade the English may have.
grade: 6
references:
  - title: TODO who says so
    version: TODO its version or date
"""

PAGE = """\
---
title: {topic}
# The words a patient may ask for it with, in this language.
asked_as: []
state: draft
translator: ""
credential: ""
reviewer: ""
reviewed: ""
{source}---
{{{{ hospital }}}}: TODO one thought, under 320 characters. Short words, short sentences.

TODO one more thought. A blank line begins a new text.

When to call: TODO what to watch for: call {{{{ nurse_line }}}}. TODO what cannot wait: call {{{{ number }}}} now. Do not text.
"""  # noqa: E501


def start_module(root: Path, module: str, topic: str) -> tuple[Path, ...]:
    """Write the files of a new module; gives their paths.

    Raises ValueError for a name that cannot be a folder's, FileExistsError when it is taken.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", module):
        raise ValueError(f"{module}: a module's name is small letters, digits and _")
    folder = root / "content" / "education" / module
    folder.mkdir(parents=True)
    locales = Phrasebook.load(root).locales_shipped or (SOURCE,)
    files = {"module.yml": ABOUT.format(topic=topic)} | {
        f"{locale}.md": PAGE.format(topic=topic, source=_source(locale)) for locale in locales
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return tuple(folder / name for name in files)


def _source(locale: str) -> str:
    return "" if locale == SOURCE else 'source: ""\n'
