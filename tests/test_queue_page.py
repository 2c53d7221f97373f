"""The queue as a case manager reads it."""

import re

import pytest
from sqlalchemy import select

from aftercare.models import Escalation, Staff
from tests.clinic_seed import NOW
from tests.console_reading import flag, grow_history, names_in, row_of, statements, text_of, texts
from tests.console_setup import Desk

pytest_plugins = ["tests.console_setup"]


def test_the_queue_puts_first_whom_nobody_has_taken_then_level_then_clock(kim: Desk) -> None:
    assert names_in(kim.sees()) == [
        "María Delgado Ruiz",
        "Walter Brandt",
        "Rose Whitfield",
        "Tomás Herrera",
        "Grace Okonkwo",
        "Unknown sender",
    ]


def test_a_row_says_whom_to_call_and_why(kim: Desk) -> None:
    maria = text_of(row_of(kim.sees(), "María Delgado"))
    for fact in (
        "Emergency",
        "due in 1:48",
        "72 years, female",
        "Heart failure · day 6",
        "Spanish · interpreter",
        "Trouble breathing and one more flag",
        "ay señorita ya no puedo respirar acostada, anoche dormí en el sillón",
        "Is your breathing worse than usual",
        "Weight 184 lb +4.5",
        "Apixaban (blood thinner)",
        "(713) 555-0142",
        "for Kim Lee",
    ):
        assert fact in maria


def test_the_patients_words_keep_their_language_and_show_what_was_matched(kim: Desk) -> None:
    maria = row_of(kim.sees(), "María Delgado")
    assert '<blockquote lang="es">' in maria
    assert "<mark>no puedo respirar acostada</mark>" in maria


def test_a_late_call_says_by_how_much(kim: Desk) -> None:
    assert "overdue 41:00" in text_of(row_of(kim.sees(), "Rose Whitfield"))


def test_an_emergency_that_was_taken_in_time_is_not_called_overdue(kim: Desk) -> None:
    walter = text_of(row_of(kim.sees(), "Walter Brandt"))
    assert "Ana Duarte has it" in walter
    assert "no contact 26:00" in walter


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?level=urgent", ["Rose Whitfield", "Tomás Herrera"]),
        ("?state=reached", ["Tomás Herrera"]),
        ("?state=acknowledged", ["Walter Brandt"]),
        ("?mine=true&level=emergency", ["María Delgado Ruiz"]),
    ],
)
def test_the_queue_shows_what_the_filters_ask_for(kim: Desk, query: str, names: list[str]) -> None:
    assert names_in(kim.sees(f"/{query}")) == names


def test_an_empty_queue_reassures(kim: Desk) -> None:
    with kim.app.database.begin() as session:
        for row in session.scalars(select(Escalation).where(Escalation.closed_at.is_(None))):
            row.closed_at = NOW
    assert "Nobody is waiting for you" in kim.sees()


def test_an_empty_filter_says_that_others_wait(kim: Desk) -> None:
    page = kim.sees("/?state=reached&level=emergency")
    assert "Nothing fits these filters" in page
    assert "6 escalations are open in all" in page


def test_a_new_emergency_comes_with_the_next_refresh(kim: Desk) -> None:
    kim.sees()
    flag(kim, "Ruth", "fainting")
    rows = kim.sees("/queue")
    assert "Ruth Adler" in rows
    assert 'data-waiting="2"' in rows


def test_a_refresh_sends_the_rows_only_when_something_changed(kim: Desk) -> None:
    version = re.search(r'name="version" value="([^"]+)"', kim.sees())
    assert version
    refresh = f"/queue?version={version[1]}"
    kim.clock.advance(minutes=1)
    unchanged = kim.browser.get(refresh)
    assert (unchanged.status_code, unchanged.content) == (204, b"")
    assert "10:06" in unchanged.headers["HX-Trigger"]
    kim.colleague("Ana").does("María", "acknowledge")
    assert "Ana Duarte has it" in text_of(kim.browser.get(refresh).text)


def test_the_page_title_names_nobody(kim: Desk) -> None:
    for page in (kim.sees(), kim.opens("Rose"), kim.sees("/patients")):
        title = re.search(r"<title>(.*?)</title>", page)
        assert title
        for patient in kim.seeded.patients.values():
            assert patient.last_name not in title[1]


def test_what_a_patient_writes_cannot_run(kim: Desk) -> None:
    texts(kim, "Ruth", "i fainted <script>alert('x')</script>", concept="fainting")
    for page in (kim.sees(), kim.opens("Ruth")):
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_the_queue_asks_the_database_no_more_often_when_history_grows(kim: Desk) -> None:
    kim.sees()
    before = statements(kim, "/")
    grow_history(kim)
    assert statements(kim, "/") == before


def test_a_chart_asks_the_database_no_more_often_when_history_grows(kim: Desk) -> None:
    chart = f"/patients/{kim.seeded.id('María')}"
    kim.sees(chart)
    before = statements(kim, chart)
    grow_history(kim)
    assert statements(kim, chart) == before


def test_the_console_speaks_the_language_of_the_staff(kim: Desk) -> None:
    with kim.app.database.begin() as session:
        session.get_one(Staff, kim.seeded.staff["Kim"].id).locale = "es"
    rose = text_of(row_of(kim.sees(), "Rose Whitfield"))
    assert "Urgente" in rose
    assert "inglés · intérprete" in rose
    assert "¿Cuántas dosis" in rose
