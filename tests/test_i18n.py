"""Texts, days and numbers in the patient's own language and zone."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from jinja2 import UndefinedError
from jinja2.exceptions import SecurityError

from aftercare.extract import collect, messages, questions, tasks, updated
from aftercare.i18n import Phrasebook, fallbacks, fill, placeholders, tag
from aftercare.review import Review, State, fingerprint

ROOT = Path(__file__).parent.parent
SHIPPED = Phrasebook.load(ROOT)
HELLO = "Hello, {{ name }}."


def catalogue(root: Path, locale: str, *entries: str) -> None:
    folder = root / "locales" / locale / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    (folder / "patient.po").write_text(header + "\n\n".join(entries) + "\n", encoding="utf-8")


def entry(source: str, text: str, review: Review | None = None, flag: str = "") -> str:
    comment = f"# {review.comment()}\n" if review else ""
    return f'{comment}{flag}msgid "{source}"\nmsgstr "{text}"'


def approved(source: str, text: str) -> Review:
    return Review(State.APPROVED, "Ana Ruiz", "CHI-Spanish", fingerprint(source), fingerprint(text))


def test_english_and_spanish_are_shipped_english_first():
    assert SHIPPED.locales_shipped[:2] == ("en", "es")


def test_a_spanish_speaker_reads_spanish(tmp_path):
    catalogue(tmp_path, "es", entry(HELLO, "Hola, {{ name }}."))
    assert Phrasebook.load(tmp_path).say("es", HELLO, name="Ana") == "Hola, Ana."


def test_mexican_spanish_is_spanish(tmp_path):
    catalogue(tmp_path, "es", entry(HELLO, "Hola, {{ name }}."))
    book = Phrasebook.load(tmp_path)
    assert book.say("es-MX", HELLO, name="Ana") == "Hola, Ana."
    assert book.has("es-MX", HELLO)


def test_traditional_chinese_reads_simplified_before_english(tmp_path):
    catalogue(tmp_path, "zh_Hans", entry(HELLO, "你好，{{ name }}。"))
    book = Phrasebook.load(tmp_path)
    assert book.say("zh-Hant", HELLO, name="Ana") == "你好，Ana。"
    assert book.language_of("zh-TW", HELLO) == "zh-Hans"


def test_a_language_we_do_not_have_gets_english_and_we_know_it():
    assert SHIPPED.say("vi", HELLO, name="Ana") == "Hello, Ana."
    assert not SHIPPED.has("vi", HELLO)
    assert SHIPPED.language_of("vi", HELLO) == "en"


def test_a_translation_marked_fuzzy_is_not_said(tmp_path):
    catalogue(tmp_path, "es", entry(HELLO, "Adiós, {{ name }}.", flag="#, fuzzy\n"))
    book = Phrasebook.load(tmp_path)
    assert book.say("es", HELLO, name="Ana") == "Hello, Ana."
    assert not book.has("es", HELLO)


def test_a_placeholder_without_a_value_is_an_error_not_a_gap():
    with pytest.raises(UndefinedError):
        SHIPPED.say("en", HELLO)


def test_braces_in_a_value_stay_what_the_person_wrote():
    assert SHIPPED.say("en", "{{ text }}", text="{{ number }}") == "{{ number }}"


def test_a_text_cannot_reach_into_python():
    with pytest.raises(SecurityError):
        fill("{{ name.__class__.__mro__ }}", "en", {"name": "x"})


def test_placeholders_are_found_by_name():
    assert placeholders("Call {{ number }} or {{ nurse_line }}.") == {"number", "nurse_line"}


@pytest.mark.parametrize(
    ("locale", "spoken"),
    [
        ("en", "Monday, November 23"),
        ("es", "lunes, 23 de noviembre"),
        ("es-MX", "lunes 23 de noviembre"),
    ],
)
def test_a_visit_day_is_named_in_the_patients_language(locale, spoken):
    visit = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
    assert SHIPPED.day(locale, "America/Chicago", visit) == spoken


def test_late_evening_in_london_is_still_afternoon_in_los_angeles():
    visit = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    assert SHIPPED.day("en", "America/Los_Angeles", visit) == "Monday, November 23"


def test_the_clock_changes_with_daylight_saving():
    before = datetime(2026, 10, 31, 14, 0, tzinfo=UTC)
    after = datetime(2026, 11, 1, 14, 0, tzinfo=UTC)
    assert SHIPPED.moment("en", "America/New_York", before).endswith("10:00 AM")
    assert SHIPPED.moment("en", "America/New_York", after).endswith("9:00 AM")


@pytest.mark.parametrize("locale", SHIPPED.locales_shipped)
def test_no_narrow_space_makes_a_moment_dear(locale):
    spoken = SHIPPED.moment(locale, "America/Denver", datetime(2026, 7, 4, 15, 5, tzinfo=UTC))
    assert not set(spoken) & {"\u202f", "\xa0"}


def test_numbers_are_written_the_american_way_for_who_lives_here():
    assert fill("{{ value | number }}", "es", {"value": 1182.5}) == "1,182.5"


def test_only_an_approved_text_is_cleared(tmp_path):
    spanish = "Hola, {{ name }}."
    catalogue(tmp_path, "es", entry(HELLO, spanish, approved(HELLO, spanish)))
    assert Phrasebook.load(tmp_path).cleared("es", HELLO)


def test_a_text_edited_after_its_approval_is_not_cleared(tmp_path):
    catalogue(tmp_path, "es", entry(HELLO, "Chao, {{ name }}.", approved(HELLO, "Hola.")))
    assert not Phrasebook.load(tmp_path).cleared("es", HELLO)


def test_a_text_whose_english_changed_after_its_approval_is_not_cleared(tmp_path):
    spanish = "Hola, {{ name }}."
    catalogue(tmp_path, "es", entry(HELLO, spanish, approved("Hi, {{ name }}.", spanish)))
    book = Phrasebook.load(tmp_path)
    assert not book.cleared("es", HELLO)
    assert book.review("es", HELLO).is_stale(HELLO)


def test_approved_english_clears_nothing_in_vietnamese(tmp_path):
    catalogue(tmp_path, "en", entry(HELLO, "", approved(HELLO, HELLO)))
    book = Phrasebook.load(tmp_path)
    assert book.cleared("en", HELLO)
    assert not book.cleared("vi", HELLO)


def test_a_review_survives_being_written_and_read_by_babel(tmp_path):
    long = Review(State.TRANSLATED, "Ana María Ruiz de la Peña y Góngora", "CHI-Spanish", "a" * 12)
    catalogue(tmp_path, "es", entry(HELLO, "Hola, {{ name }}.", long))
    assert Phrasebook.load(tmp_path).review("es", HELLO) == long


def test_a_review_state_that_does_not_exist_is_refused(tmp_path):
    catalogue(tmp_path, "es", f'# review: state=perfect\nmsgid "{HELLO}"\nmsgstr "x"')
    with pytest.raises(ValueError, match="perfect"):
        Phrasebook.load(tmp_path)


def test_the_console_speaks_spanish_too():
    assert SHIPPED.console("es").gettext("Heart failure") == "Insuficiencia cardíaca"
    assert SHIPPED.console("vi").gettext("Heart failure") == "Heart failure"


@pytest.mark.parametrize(
    ("written", "spelled"), [("zh_Hant", "zh-Hant"), ("ES-mx", "es-MX"), (" en ", "en")]
)
def test_a_language_has_one_spelling(written, spelled):
    assert tag(written) == spelled


def test_tagalog_under_its_other_name_is_tagalog():
    assert fallbacks("fil") == ("fil", "tl", "en")


# Collecting what there is to translate


def test_the_message_extractor_tells_a_translator_when_a_text_is_sent():
    yaml = b"bye:\n  critical: true\n  note: At the end.\n  text: Good bye.\n"
    assert list(messages(BytesIO(yaml), (), (), {})) == [
        (1, None, "Good bye.", ["message: bye, critical", "At the end."])
    ]


def test_the_protocol_extractor_finds_questions_choices_and_tasks_with_their_lines():
    yaml = (
        b"title: Stroke\nquestions:\n  - use: safety\n  - id: face\n    text: How is your\n"
        b"      face?\n    choices:\n      ok: the same\n"
        b"    flags:\n      ok: {level: routine, task: Look again}\n"
    )
    assert [found[0::2] for found in questions(BytesIO(yaml), (), (), {})] == [
        (5, "How is your face?"),
        (8, "the same"),
    ]
    assert [found[0::2] for found in tasks(BytesIO(yaml), (), (), {})] == [
        (1, "Stroke"),
        (10, "Look again"),
    ]


def test_the_patient_catalogues_are_in_step_with_the_content():
    found = collect(ROOT, "patient")
    for file in ROOT.glob("locales/*/LC_MESSAGES/patient.po"):
        assert updated(file, found) == file.read_text(encoding="utf-8"), "run: make messages"


def test_the_console_catalogue_collects_pages_and_protocols():
    found = {str(entry.id) for entry in collect(ROOT, "console")}
    assert {"Heart failure", "Queue", "Get a scale to the patient"} <= found


def test_a_new_text_is_a_draft_until_somebody_says_otherwise(tmp_path):
    catalogue(tmp_path, "es", entry(HELLO, "Hola, {{ name }}."))
    file = tmp_path / "locales" / "es" / "LC_MESSAGES" / "patient.po"
    found = Catalog()
    found.add(HELLO)
    file.write_text(updated(file, found), encoding="utf-8")
    assert Phrasebook.load(tmp_path).review("es", HELLO) == Review(source=fingerprint(HELLO))


def test_a_text_nobody_says_any_more_leaves_the_catalogue(tmp_path):
    catalogue(tmp_path, "es", entry(HELLO, "Hola, {{ name }}."))
    file = tmp_path / "locales" / "es" / "LC_MESSAGES" / "patient.po"
    assert "Hola" not in updated(file, Catalog())
