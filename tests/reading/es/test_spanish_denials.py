"""In Spanish the words of a denial and of a complaint run into each other."""

from pathlib import Path

import pytest

from aftercare.levels import Level
from aftercare.triage import Reader

CONTENT = Path(__file__).parents[3] / "content"


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader.load(CONTENT)


def test_a_no_that_answers_does_not_deny_the_chest_pain_after_the_comma(reader: Reader) -> None:
    assert reader.screen("no, me duele el pecho", "es").level is Level.EMERGENCY


def test_no_me_duele_denies_the_chest_pain(reader: Reader) -> None:
    assert reader.screen("no me duele el pecho", "es").level is Level.NONE


def test_no_se_me_hinchan_denies_the_swelling_that_begins_with_se_me(reader: Reader) -> None:
    assert reader.screen("no se me hinchan los pies", "es").level is Level.NONE


def test_an_unrelated_no_leaves_the_chest_pain_standing(reader: Reader) -> None:
    assert reader.screen("no fui al trabajo me duele el pecho", "es").level is Level.EMERGENCY


def test_a_beginning_is_heard_as_its_vowel_makes_it_sound(reader: Reader) -> None:
    """`adormec*` in the vocabulary finds `adormecida`, which sounds like `adormesida`."""
    assert reader.screen("la mano adormesida", "es").level is Level.EMERGENCY


def test_a_no_that_ends_the_clause_denies_what_stands_before_it(reader: Reader) -> None:
    reading = reader.screen("falta de aire no, falta de dinero sí", "es")
    assert reading.level is Level.ROUTINE
    assert reading.needs == ("cost",)


def test_a_wrong_number_holds_although_the_number_changed_hands_last_year(reader: Reader) -> None:
    text = "yo no soy ese señor, este número me lo dieron hace un año"
    assert "wrong_number" in reader.screen(text, "es").wants


def test_a_portuguese_cue_does_not_weigh_words_that_spanish_knows(reader: Reader) -> None:
    """`nada` ends a Portuguese denial; in Spanish it stresses the one that went before."""
    assert "opt_out" in reader.screen("ya no quiero que me manden nada", "es").wants
