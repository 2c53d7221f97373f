"""In Portuguese a complaint can be denied after it, and an end can be denied before it."""

from pathlib import Path

import pytest

from aftercare.levels import Level
from aftercare.triage import Reader

CONTENT = Path(__file__).parents[3] / "content"


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader.load(CONTENT)


def test_a_pain_that_has_not_passed_is_not_over(reader: Reader) -> None:
    assert reader.screen("dor no peito e nao passou", "pt").level is Level.EMERGENCY


def test_a_pain_that_has_passed_is_over(reader: Reader) -> None:
    assert reader.screen("dor no peito mas passou", "pt").level is Level.URGENT


def test_a_no_at_the_end_of_its_clause_denies_the_breathlessness(reader: Reader) -> None:
    assert reader.screen("falta de ar nao, falta é juizo", "pt").level is Level.NONE


def test_measuring_the_sugar_twice_is_no_reading_of_two(reader: Reader) -> None:
    assert reader.screen("medi a glicose duas vezes hoje", "pt").level is Level.NONE
