"""Lessons: which one a patient gets, in what words, and who has read them."""

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from aftercare.education import EducationLibrary
from aftercare.i18n import Phrasebook
from aftercare.protocols import ProtocolLibrary
from aftercare.review import State, fingerprint

CONTENT = Path(__file__).parent.parent / "content"
PHRASEBOOK = Phrasebook.load(CONTENT.parent)
LIBRARY = EducationLibrary.load(CONTENT, PHRASEBOOK)
GIVEN = {"hospital": "Riverside", "nurse_line": "919-555-0142", "number": "911"}


def lesson(tmp_path: Path, english: str, **others: str) -> EducationLibrary:
    folder = tmp_path / "education" / "foot_care"
    folder.mkdir(parents=True)
    (folder / "module.yml").write_text("topic: Feet\nversion: '1'\ngrade: 6\n")
    for locale, text in {"en": english, **others}.items():
        (folder / f"{locale}.md").write_text(text, encoding="utf-8")
    return EducationLibrary.load(tmp_path, PHRASEBOOK)


def page(body: str, **about: str) -> str:
    front = "".join(f"{name}: {value}\n" for name, value in {"title": "Feet", **about}.items())
    return f"---\n{front}---\n{body}\n"


# Which lesson


def test_the_first_lesson_after_a_heart_failure_check_in_is_about_salt_and_weight():
    assert LIBRARY.for_check_in("heart_failure", given=()).id == "salt_and_weight"


def test_the_next_check_in_brings_the_next_lesson():
    given = ("salt_and_weight",)
    assert LIBRARY.for_check_in("heart_failure", given).id == "taking_medicines"


def test_a_lesson_waits_for_its_day():
    given = ("inhaler",)
    assert LIBRARY.for_check_in("copd", given, day=1) is None
    assert LIBRARY.for_check_in("copd", given, day=3).id == "taking_medicines"


def test_who_has_had_every_lesson_gets_none():
    assert LIBRARY.for_check_in("copd", ("inhaler", "taking_medicines")) is None


def test_an_unknown_protocol_sends_no_lesson():
    assert LIBRARY.for_check_in("astrology", ()) is None


@pytest.mark.parametrize("protocol", list(ProtocolLibrary.load(CONTENT)), ids=lambda p: p.id)
def test_every_protocol_teaches_something_that_exists(protocol):
    assert protocol.education
    for sending in protocol.education:
        assert sending.module in LIBRARY.modules


@pytest.mark.parametrize(
    ("words", "locale", "module"),
    [
        ("can you tell me more about salt", "en", "salt_and_weight"),
        ("how do i use my puffer??", "en", "inhaler"),
        ("info on my meds pls", "en", "taking_medicines"),
        ("quiero saber de la sal", "es", "salt_and_weight"),
        ("como uso el inhalador", "es", "inhaler"),
        ("¿qué hago con las PASTILLAS?", "es", "taking_medicines"),
        ("cuantos liquidos puedo tomar, y la bascula?", "es", "salt_and_weight"),
        ("quiero saber de la sal", "en", "salt_and_weight"),
    ],
)
def test_a_patient_asks_for_a_lesson_in_plain_words(words, locale, module):
    assert LIBRARY.asked_for(words, locale).id == module


@pytest.mark.parametrize("words", ["", "thank you", "who won the game", "your"])
def test_a_question_no_lesson_answers_gets_none(words):
    assert LIBRARY.asked_for(words, "en") is None


# Its words


@pytest.mark.parametrize("locale", PHRASEBOOK.locales_shipped)
@pytest.mark.parametrize("module", list(LIBRARY), ids=lambda m: m.id)
def test_every_lesson_comes_as_short_texts_that_end_with_when_to_call(module, locale):
    texts = module.text(locale, **GIVEN)
    assert all(0 < len(text) <= 320 for text in texts)
    assert "919-555-0142" in texts[-1]
    assert "911" in texts[-1]
    assert module.has(locale)


def test_a_lesson_is_spanish_for_a_spanish_speaker():
    first = LIBRARY.modules["salt_and_weight"].text("es-MX", **GIVEN)[0]
    assert first.startswith("Riverside: La sal")


def test_the_library_may_know_the_clinics_numbers_once_for_all():
    library = EducationLibrary.load(CONTENT, PHRASEBOOK, GIVEN)
    assert "919-555-0142" in library.modules["inhaler"].text("en")[-1]


def test_a_lesson_without_the_nurse_lines_number_is_an_error():
    with pytest.raises(UndefinedError):
        LIBRARY.modules["inhaler"].text("en")


def test_a_language_without_the_lesson_gets_english_and_we_know_it(tmp_path):
    module = lesson(tmp_path, page("Wash your feet.")).modules["foot_care"]
    assert module.text("vi") == ("Wash your feet.",)
    assert not module.has("vi")
    assert not module.cleared("vi")


def test_a_blank_line_begins_a_new_text(tmp_path):
    module = lesson(tmp_path, page("Wash your\nfeet.\n\nDry them.")).modules["foot_care"]
    assert module.text("en") == ("Wash your feet.", "Dry them.")


# Who has read it


def test_no_shipped_lesson_claims_a_review_it_never_had():
    for module in LIBRARY:
        for shipped in module.pages.values():
            assert shipped.review.state is not State.APPROVED
            assert not module.cleared(shipped.locale)


def approval(source: str, text: str) -> dict[str, str]:
    return {"state": "approved", "source": fingerprint(source), "text": fingerprint(text)}


def test_an_approved_translation_is_cleared(tmp_path):
    spanish = page("Lave sus pies.", **approval("Wash your feet.", "Lave sus pies."))
    module = lesson(tmp_path, page("Wash your feet."), es=spanish).modules["foot_care"]
    assert module.cleared("es")


def test_a_changed_english_voids_the_approval(tmp_path):
    spanish = page("Lave sus pies.", **approval("Wash your feet.", "Lave sus pies."))
    module = lesson(tmp_path, page("Wash both feet."), es=spanish).modules["foot_care"]
    assert not module.cleared("es")
    assert module.pages["es"].review.source != module.source_hash


# Files that cannot be read


def test_a_page_without_front_matter_is_refused_by_name(tmp_path):
    with pytest.raises(ValueError, match=r"en\.md: must begin with front matter"):
        lesson(tmp_path, "Wash your feet.\n")


def test_a_lesson_without_english_is_refused_by_name(tmp_path):
    folder = tmp_path / "education" / "foot_care"
    folder.mkdir(parents=True)
    (folder / "module.yml").write_text("topic: Feet\nversion: '1'\ngrade: 6\n")
    with pytest.raises(ValueError, match=r"foot_care: en\.md is missing"):
        EducationLibrary.load(tmp_path, PHRASEBOOK)
