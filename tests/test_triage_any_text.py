"""Whatever arrives, a reading comes back: in time, and never an exception."""

import time

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from aftercare import settings
from aftercare.protocols import question_from
from aftercare.triage import Reader, Reading

READER = Reader.load(settings.ROOT / "content")
QUESTIONS = [
    None,
    question_from({"text": "Any chest pain?", "answer": "yes_no", "flags": {"yes": "emergency"}}),
    question_from({"text": "Weight?", "answer": "number", "unit": "lb", "plausible": [60, 700]}),
    question_from({"text": "Temperature?", "answer": "number", "unit": "°F"}),
    question_from({"text": "Pain, 0 to 10?", "answer": "scale"}),
    question_from({"text": "Why?", "answer": "choice", "choices": {"cost": "cost", "3+": "more"}}),
    question_from({"text": "How are you?", "answer": "text"}),
]
TELLING = (
    *("no", "not", "my", "chest", "pain", "cant", "breathe", "if", "stop", "yes", "182"),
    *("ten", "'", "’", "98/60", "38,5", ".", ",", "?", "الم", "胸", "🤢", "\x00", "\u202e"),
)
WORDS = st.sampled_from(TELLING)


@effort(max_examples=150, deadline=None)
@given(text=st.text(), question=st.sampled_from(QUESTIONS))
def test_any_characters_are_read(text: str, question: object) -> None:
    assert isinstance(READER.read(text, "en", question), Reading)  # type: ignore[arg-type]


@effort(max_examples=150, deadline=None)
@given(words=st.lists(WORDS, max_size=30), question=st.sampled_from(QUESTIONS))
def test_any_jumble_of_telling_words_is_read(words: list[str], question: object) -> None:
    assert isinstance(READER.read(" ".join(words), "es", question), Reading)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "\x00\x01\x02",
        "no\x00chest\x00pain",
        "🤢🤕😵‍💫👩🏽‍⚕️",
        "\u202eniap tsehc",
        "my chest ألم في صدري 胸口疼 hurts",
        "1/0 0/0 ////",
        "she took 'ten' of them, ten' or so",
        "the kids' soup",
        "\u0651 \u0301",
        "9" * 400,
        "a" * 10_000,
        "\ud800",
    ],
)
@pytest.mark.parametrize("locale", ["en", "es", "xx", ""])
def test_odd_texts_are_read_in_any_locale(text: str, locale: str) -> None:
    for question in QUESTIONS:
        assert isinstance(READER.read(text, locale, question), Reading)


@pytest.mark.parametrize(
    "text",
    ["my chest hurts and i cant breathe no fever " * 240, "no " * 3400, "no, chest? " * 900],
    ids=["complaints", "denials", "questions"],
)
def test_ten_thousand_characters_are_read_in_a_second(text: str) -> None:
    begun = time.process_time()
    READER.screen(text, "en")
    assert time.process_time() - begun < 1


def test_danger_at_the_end_of_a_long_text_is_seen() -> None:
    text = "good morning dear nurse " * 400 + "my chest hurts"
    assert "chest_pain" in READER.screen(text, "en").concepts


def test_an_ordinary_text_is_read_in_milliseconds() -> None:
    texts = ["i took my pills this morning and feel fine", "my left leg is swollen and hot"] * 20
    begun = time.process_time()
    for text in texts:
        READER.screen(text, "en")
    # The bar is 3 ms for each; a busy machine gets twice that.
    assert (time.process_time() - begun) / len(texts) < 0.006
