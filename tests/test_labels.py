"""The console has words for every reason an item can have."""

import re
from pathlib import Path

import pytest
import yaml

from aftercare.web.console.labels import LABELS

ROOT = Path(__file__).parent.parent
REASON = re.compile(r'(?:Reason\(|\.flag\()\s*"([a-z_]+)"')


def reasons_in_code() -> set[str]:
    files = (ROOT / "aftercare").rglob("*.py")
    return {name for file in files for name in REASON.findall(file.read_text())}


def concepts() -> set[str]:
    text = (ROOT / "content" / "red_flags" / "concepts.yml").read_text()
    return set(yaml.safe_load(text)["concepts"])


@pytest.mark.parametrize("reason", sorted(reasons_in_code() | concepts()))
def test_a_reason_has_words_for_the_case_manager(reason: str) -> None:
    assert reason in LABELS["concept"]
