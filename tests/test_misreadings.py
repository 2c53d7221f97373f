"""A case manager says that a text was read wrong, and the next training learns of it."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from aftercare import misreadings
from aftercare.cli import command_line
from aftercare.clinic import Clinic
from aftercare.levels import Level
from aftercare.models import Message, Staff
from aftercare.protocols import question_from
from aftercare.settings import Settings
from aftercare.triage.evaluation import load_rows
from tests.console_reading import text_of
from tests.console_setup import Desk
from tests.harness import Day

pytest_plugins = ["tests.console_setup"]

FORM = re.compile(r'action="/messages/([0-9a-f-]+)/misread" class="misread( marked)?"')
ROSE = "ive missed the blood thinner 2 days, walgreens says not ready"

type Run = Callable[..., Result]


def words_of(desk: Desk, first_name: str) -> str:
    """The id of the last text on the patient's chart that can be marked."""
    return str(FORM.findall(desk.opens(first_name))[-1][0])


def marks(desk: Desk, message: str, **fields: str) -> str:
    answer = desk.posts(f"/messages/{message}/misread", **fields)
    assert answer.status_code == 200, answer.text
    return text_of(answer.text)


@pytest.fixture
def run(kim: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    environment = {
        "AFTERCARE_ENV": "test",
        "AFTERCARE_KEYS": settings.keys.get_secret_value(),
        "AFTERCARE_LOOKUP_KEY": settings.lookup_key.get_secret_value(),
        "AFTERCARE_VAR": str(settings.var),
        "DATABASE_URL": kim.app.database.url,
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return lambda *words: CliRunner().invoke(command_line(), ["report", "misread", *words])


def test_one_click_marks_a_text_as_read_wrong(kim: Desk) -> None:
    page = marks(kim, words_of(kim, "Rose"))
    assert "marked as wrong. It should be: emergency urgent routine calm" in page


def test_a_second_click_says_what_it_should_have_been(kim: Desk) -> None:
    rose = words_of(kim, "Rose")
    marks(kim, rose)
    assert "marked as wrong: should be routine" in marks(kim, rose, level="routine")


def test_the_flag_and_the_conversation_show_the_same_mark(kim: Desk) -> None:
    page = marks(kim, words_of(kim, "Rose"), level="emergency")
    assert page.count("marked as wrong: should be emergency") == 2


def test_a_mark_is_taken_back(kim: Desk) -> None:
    rose = words_of(kim, "Rose")
    marks(kim, rose, level="emergency")
    page = text_of(kim.posts(f"/messages/{rose}/misread/undo").text)
    assert "marked as wrong" not in page
    assert page.count("Read wrong?") == 2


def test_the_page_comes_back_where_the_click_was(kim: Desk) -> None:
    rose = words_of(kim, "Rose")
    answer = kim.posts(f"/messages/{rose}/misread", place=f"m-{rose}", before="999")
    assert answer.history[0].headers["location"].endswith(f"?before=999#m-{rose}")
    answer = kim.posts(f"/messages/{rose}/misread/undo", place="m-//elsewhere.example")
    assert answer.history[0].headers["location"] == f"/patients/{kim.seeded.id('Rose')}"


def test_marking_twice_and_undoing_twice_is_on_record_once(kim: Desk) -> None:
    rose = words_of(kim, "Rose")
    for _ in range(2):
        marks(kim, rose, level="emergency")
    for _ in range(2):
        kim.posts(f"/messages/{rose}/misread/undo")
    (marked,) = kim.audited("reading.marked_wrong")
    (undone,) = kim.audited("reading.unmarked")
    assert marked.subject == undone.subject == f"message:{rose}"
    assert marked.detail == {"level": "emergency"}
    assert marked.actor == f"staff:{kim.seeded.staff['Kim'].id}"


def test_a_colleague_who_names_another_level_hears_who_was_first(kim: Desk) -> None:
    rose = words_of(kim, "Rose")
    marks(kim, rose, level="emergency")
    answer = kim.colleague("Ana").posts(f"/messages/{rose}/misread", level="none")
    assert answer.status_code == 409
    assert "Kim Lee was first" in text_of(answer.text)
    assert "should be emergency" in text_of(answer.text)


def test_marking_again_without_a_level_keeps_the_level(kim: Desk) -> None:
    rose = words_of(kim, "Rose")
    marks(kim, rose, level="emergency")
    assert "should be emergency" in marks(kim, rose)


def test_only_a_patients_own_words_can_be_read_wrong(kim: Desk) -> None:
    page = kim.opens("Rose")
    ours = re.search(r'<li id="m-([0-9a-f-]+)" class="out', page)
    assert ours
    assert len(FORM.findall(page)) == 2  # her one text: in the flag, and in the conversation
    assert kim.posts(f"/messages/{ours[1]}/misread").status_code == 404
    nobody = "00000000-0000-0000-0000-000000000000"
    assert kim.posts(f"/messages/{nobody}/misread").status_code == 404


def test_a_level_that_is_none_of_ours_is_refused(kim: Desk) -> None:
    rose = words_of(kim, "Rose")
    assert kim.posts(f"/messages/{rose}/misread", level="dreadful").status_code == 422
    assert kim.audited("reading.marked_wrong") == []


def test_a_mark_needs_the_token_of_the_page(kim: Desk) -> None:
    rose = words_of(kim, "Rose")
    assert kim.browser.post(f"/messages/{rose}/misread", data={"csrf": "x"}).status_code == 403


def test_the_mark_speaks_spanish_to_spanish_speaking_staff(kim: Desk) -> None:
    with kim.app.database.begin() as session:
        session.get_one(Staff, kim.seeded.staff["Kim"].id).locale = "es"
    rose = words_of(kim, "Rose")
    assert "¿Mal leído?" in text_of(kim.opens("Rose"))
    assert "marcado como mal leído: debería ser rutina" in marks(kim, rose, level="routine")


def test_the_report_is_what_triage_evaluate_measures(run: Run, kim: Desk, tmp_path: Path) -> None:
    rose, file = words_of(kim, "Rose"), tmp_path / "misread.jsonl"
    marks(kim, rose, level="emergency")
    done = run("--out", str(file))
    assert done.exit_code == 0, done.output
    (row,) = load_rows(file)
    assert (row.id, row.lang, row.text, row.level) == (rose, "en", ROSE, Level.EMERGENCY)
    assert row.question and row.question.id == "doses_missed"
    measured = CliRunner().invoke(
        command_line(), ["triage", "evaluate", str(file), "--screen-only", "--json"]
    )
    (read,) = json.loads(measured.output)["rows"]
    assert (read["id"], read["expected"], read["category"]) == (rose, "emergency", "missed")


def test_a_row_says_what_the_text_was_read_as(run: Run, kim: Desk, tmp_path: Path) -> None:
    file = tmp_path / "misread.jsonl"
    marks(kim, words_of(kim, "Rose"), level="none")
    run("--out", str(file))
    row = json.loads(file.read_text())
    assert row["category"] == "false_alarm"
    assert row["read_as"]["level"] == "urgent"
    assert row["read_as"]["evidence"][0]["concept"] == "missed_medicine"


def test_the_words_stand_in_the_owners_file_and_nowhere_else(
    run: Run, kim: Desk, tmp_path: Path
) -> None:
    rose, file = words_of(kim, "Rose"), tmp_path / "misread.jsonl"
    marks(kim, rose, level="emergency")
    file.touch(mode=0o644)
    shown = [run("--out", str(file)).output, run().output, run("--json").output]
    assert file.stat().st_mode & 0o777 == 0o600
    assert not any("blood thinner" in output for output in shown)
    assert json.loads(shown[2])[0]["id"] == rose
    reported = kim.audited("misread.reported")
    assert [told.detail["words"] for told in reported] == [True, False, False]
    assert reported[0].detail["messages"] == [rose]
    assert "blood thinner" not in str(reported[0].detail)


def test_what_nobody_named_a_level_for_and_what_was_erased_is_listed_but_teaches_nothing(
    run: Run, kim: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "misread.jsonl"
    marks(kim, words_of(kim, "Rose"))
    marks(kim, words_of(kim, "Ruth"), level="urgent")
    with kim.app.database.begin() as session:
        for one in misreadings.misread(session, kim.app.clinic):
            if one.level:
                session.get_one(Message, one.id).body_sealed = None
    done = run("--out", str(file))
    assert file.read_text() == ""
    assert "0 of 2 texts" in done.output
    assert "not said yet" in done.output
    assert "erased" in done.output


def test_a_folder_that_is_not_there_is_told_in_a_sentence(run: Run, tmp_path: Path) -> None:
    done = run("--out", str(tmp_path / "nowhere" / "misread.jsonl"))
    assert done.exit_code == 2
    assert "No such file or directory" in done.output


def test_a_text_keeps_the_question_that_it_answered(day: Day) -> None:
    ada = day.patient("Ada")
    day.check_in(ada)
    ada.texts("no")
    with day.app.database.begin() as session:
        words = session.query(Message).filter_by(direction="in", patient_id=ada.id).one()
        misreadings.mark(session, day.clock.now(), day.nurse, words.id, Level.URGENT)
        (one,) = misreadings.misread(session, day.app.clinic)
    assert one.question and one.question.id == "safety"
    assert one.read_as is Level.NONE
    again = question_from(json.loads(json.dumps(one.row()))["question"])
    assert (again.flags, again.answer) == (one.question.flags, one.question.answer)


@pytest.mark.parametrize("protocol", ["heart_failure", "copd", "general_surgical"])
def test_every_question_of_a_protocol_comes_back_from_its_row(
    clinic: Clinic, protocol: str
) -> None:
    for question in clinic.protocols.get(protocol).questions:
        again = question_from(json.loads(json.dumps(misreadings.asked(question))))
        for name in ("id", "text", "answer", "unit", "plausible", "choices"):
            assert getattr(again, name) == getattr(question, name)
        assert set(again.flags) == set(question.flags)
