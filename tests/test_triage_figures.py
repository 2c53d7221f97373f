"""What was once read well stays read well: no committed figure of the reading drops.

`tests/reading/<language>/figures.json` holds the figures of that language's rows. After a
change that reads better, write them anew:  UPDATE_FIGURES=1 pytest tests/test_triage_figures.py
"""

import json
import os
from pathlib import Path

import pytest

from aftercare import settings
from aftercare.triage import Reader
from aftercare.triage.evaluation import ALL, Figures, evaluate, figures, load_rows

ROWS = Path(__file__).parent / "reading"
# Rows that only teach the second opinion (`taught.jsonl`) say nothing about how well it reads.
MEASURED = ("dev", "test", "unseen", "lives")
PARTS = [
    (file.parent.name, file.stem)
    for file in sorted(ROWS.glob("*/*.jsonl"))
    if file.stem in MEASURED
]
# The languages the product is shipped with have been taught more than a new one can begin with.
SHIPPED = ("ar", "en", "es", "fr", "ht", "ko", "pt", "ru", "tl", "vi", "zh")
# Higher is better for these, lower for those.
CAUGHT = ("caught", "exact_emergency", "caught_urgent", "noticed_routine", "exact")
RAISED = ("raised_to_emergency", "raised_to_urgent", "sent_to_review")

READER = Reader.load(settings.ROOT / "content")


def measured(lang: str, part: str) -> dict[str, float | None]:
    found: Figures = figures(evaluate(READER, load_rows(ROWS / lang / f"{part}.jsonl")))[ALL]
    return {name: getattr(found, name) for name in (*CAUGHT, *RAISED)}


@pytest.mark.parametrize(("lang", "part"), PARTS)
def test_no_figure_of_the_reading_drops(lang: str, part: str) -> None:
    file = ROWS / lang / "figures.json"
    committed = json.loads(file.read_text()) if file.exists() else {}
    now = measured(lang, part)
    if os.environ.get("UPDATE_FIGURES"):
        file.write_text(json.dumps({**committed, part: now}, indent=2) + "\n")
        return
    assert part in committed, f"write the figures of {lang} {part}: see this file's first lines"
    before = committed[part]
    worse = [n for n in CAUGHT if (now[n] or 0) < (before[n] or 0)]
    worse += [n for n in RAISED if (now[n] or 0) > (before[n] or 0)]
    assert worse == [], {name: (before[name], now[name]) for name in worse}


@pytest.mark.parametrize("lang", sorted({lang for lang, _ in PARTS}))
def test_the_rows_of_a_language_are_all_different(lang: str) -> None:
    files = sorted((ROWS / lang).glob("*.jsonl"))
    rows = [row for file in files for row in load_rows(file)]
    asked = [(row.text, row.question.text if row.question else None) for row in rows]
    assert len(asked) == len(set(asked))
    assert len({row.id for row in rows}) == len(rows)


@pytest.mark.parametrize("lang", sorted({lang for lang, _ in PARTS}))
def test_a_language_has_rows_enough_to_say_something(lang: str) -> None:
    parts = [part for known, part in PARTS if known == lang]
    assert sum(len(load_rows(ROWS / lang / f"{part}.jsonl")) for part in parts) >= 150


@pytest.mark.parametrize("lang", SHIPPED)
def test_a_shipped_language_was_taught_thousands_of_texts(lang: str) -> None:
    assert len(load_rows(ROWS / lang / "taught.jsonl")) >= 2000
