"""Scripts without spaces: where a word ends, and the numbers written in their numerals."""

import pytest

from aftercare.triage.fold import clean, words
from aftercare.triage.measures import beyond
from aftercare.triage.numbers import Number, find_numbers
from aftercare.triage.patterns import phrase
from aftercare.triage.vocabulary import Threshold

FEVER = [
    Threshold("temperature", ">= 100.4", "fever"),
    Threshold("temperature", "< 95", "sepsis"),
]
UNITS = {"度": "°C", "도": "°C", "公斤": "kg", "斤": "jin", "点": "time", "次": "count"}


def numbers(text: str) -> list[Number]:
    return find_numbers(
        words(clean(text)),
        {"하나": 1.0},
        UNITS,
        over=frozenset("比에"),
        point=frozenset("点度도"),
    )


def forms(text: str) -> list[str]:
    return [unit.form for unit in words(clean(text))]


def test_english_words_stand_apart_from_the_chinese_around_them() -> None:
    assert forms("我chest pain好劲82kg") == ["我", "chest", "pain", "好", "劲", "82kg"]


def test_a_pattern_is_cut_as_a_text_is() -> None:
    assert phrase("胸口 chest pain") == ("胸", "口", "chest", "pain")


def test_a_space_between_chinese_characters_is_a_pause() -> None:
    assert words("没有 胸痛")[2].after_pause


def test_a_space_between_korean_words_is_none() -> None:
    assert not words("가슴 아파요")[2].after_pause


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("体重82公斤", 82.0, "kg"),
        ("体重一百五十斤", 150.0, "jin"),
        ("烧到38度5", 38.5, "°C"),
        ("三十八度五", 38.5, "°C"),
        ("삼십팔도 오부", 38.5, "°C"),
        ("高压一百八", 180.0, None),
        ("一百零八", 108.0, None),
        ("백팔", 108.0, None),
        ("血糖十六点七", 16.7, None),
        ("하나", 1.0, None),
    ],
)
def test_numerals_are_read_with_their_unit(text: str, value: float, unit: str | None) -> None:
    assert [(n.value, n.unit) for n in numbers(text)] == [(value, unit)]


@pytest.mark.parametrize("text", ["血压180比110", "혈압 180에 110", "혈압이 백팔십에 백십"])
def test_a_blood_pressure_is_read_as_it_is_said(text: str) -> None:
    assert [(n.value, n.lower) for n in numbers(text)] == [(180.0, 110.0)]


@pytest.mark.parametrize("text", ["一直很痛", "이 약", "万一"])
def test_an_everyday_word_is_no_number(text: str) -> None:
    assert numbers(text) == []


def test_half_past_three_is_no_measurement() -> None:
    assert numbers("3点吃的药")[0].unit == "time"


def test_an_enumeration_comma_is_no_pause() -> None:
    assert not words("发烧、胸痛")[3].after_pause


def test_degrees_of_a_fever_need_no_word_for_it() -> None:
    found = list(beyond(numbers("어젯밤부터 38도5부"), [], FEVER, None))
    assert [(each.concept, each.value) for each in found] == [("fever", 101.3)]


def test_degrees_of_a_summer_day_are_no_temperature() -> None:
    assert not list(beyond(numbers("오늘 33도래요"), [], FEVER, None))


def test_a_score_after_a_decimal_word_is_read_without_complaint() -> None:
    assert [n.value for n in numbers("8点6.5分 38度0.5")] == [8.0, 6.5, 38.0, 0.5]
