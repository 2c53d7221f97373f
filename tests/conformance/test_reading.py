"""The labelled texts that came with the task are read as their authors meant them."""

import pytest

from aftercare import settings
from aftercare.levels import Level
from aftercare.triage import Reader
from aftercare.triage.evaluation import Row, load_rows

SAMPLE = settings.ROOT.parent / "shared/fixtures/language/reading_sample.jsonl"
pytestmark = pytest.mark.skipif(not SAMPLE.exists(), reason=f"no sample of texts at {SAMPLE}")

READER = Reader.load(settings.ROOT / "content")
# Only languages that have a vocabulary: the others are read by those, and by the classifier.
ROWS = [
    row
    for row in (load_rows(SAMPLE) if SAMPLE.exists() else [])
    if any(locale.split("-")[0] == row.lang for locale in READER.locales)
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_sample_text_is_read_at_its_level(row: Row) -> None:
    reading = READER.read(row.text, row.lang, row.question)
    assert reading.level is row.level
    if row.level is Level.NONE:
        assert not reading.unread
