"""In French a sugar is in grams a litre and a pressure in centimetres."""

from pathlib import Path

import pytest

from aftercare.levels import Level
from aftercare.triage import Reader

CONTENT = Path(__file__).parents[3] / "content"


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader.load(CONTENT)


def test_a_sugar_of_0_42_grams_is_a_low_sugar(reader: Reader) -> None:
    assert "low_sugar" in reader.screen("dextro à 0,42", "fr").concepts


def test_a_sugar_of_2_8_grams_is_high_and_not_low(reader: Reader) -> None:
    assert reader.screen("glycémie 2,8", "fr").concepts == ("high_sugar",)


def test_a_sugar_of_1_1_grams_is_nothing_to_raise(reader: Reader) -> None:
    assert reader.screen("glycémie 1,1", "fr").level is Level.NONE


def test_a_pressure_of_19_over_11_is_urgent(reader: Reader) -> None:
    assert reader.screen("tension 19/11", "fr").level is Level.URGENT


def test_a_pressure_of_12_over_8_is_nothing_to_raise(reader: Reader) -> None:
    assert reader.screen("tension 12/8", "fr").level is Level.NONE
