"""Vietnamese is read by its tones where they are written, and by its letters where not."""

from aftercare.triage.fold import words
from aftercare.triage.lexicon import Lexicon
from aftercare.triage.patterns import Item, phrase


def finds(term: str, text: str) -> bool:
    item = Item(frozenset({phrase(term)}))
    return bool(
        Lexicon([item], spelled={"ko": "không"}, fuzzy=False, accents=True).find(words(text))
    )


def test_pain_is_not_a_head_where_the_tones_are_written() -> None:
    assert finds("đau", "tôi đau quá")
    assert not finds("đau", "gội đầu rồi")


def test_a_text_without_diacritics_is_read_by_its_letters() -> None:
    assert finds("đau ngực", "toi dau nguc qua")


def test_a_word_without_a_tone_is_itself_in_a_text_that_writes_them() -> None:
    assert not finds("con chó", "nấu cháo cho con cho nó đỡ mệt")
    assert finds("con chó", "con cho nha toi")


def test_a_tone_may_stand_on_either_vowel() -> None:
    assert finds("khỏe", "tôi khoẻ rồi")


def test_the_two_dipping_tones_are_taken_for_one_another() -> None:
    assert finds("ngã", "mẹ tôi bị ngả sáng nay")


def test_shorthand_stands_beside_words_with_their_tones() -> None:
    assert finds("không đau", "em ko đau nữa")
