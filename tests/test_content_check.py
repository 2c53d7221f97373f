"""Proofreading names the file, the line and the mend of what is wrong with the content."""

import json
import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from aftercare.cli.content import app
from aftercare.extract import collect, updated
from aftercare.i18n import Phrasebook
from aftercare.messages import Messages
from aftercare.proofreading import Finding, Severity, proofread
from aftercare.review import State
from aftercare.reviewing import Reader, review

ROOT = Path(__file__).parent.parent
LOCALES = Phrasebook.load(ROOT).locales_shipped
MESSAGES = "content/messages.yml"
SPANISH = "locales/es/LC_MESSAGES/patient.po"
CONSOLE = "locales/es/LC_MESSAGES/console.po"
COPD = "content/protocols/copd.yml"
INHALER = "content/education/inhaler"


def _vocabularies(folder: str, names: list[str]) -> list[str]:
    return [n for n in names if Path(folder).name == "red_flags" and n != "concepts.yml"]


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    """A clinic's own copy of the content, to break; it has no vocabularies of its own."""
    shutil.copytree(ROOT / "content", tmp_path / "content", ignore=_vocabularies)
    shutil.copytree(ROOT / "locales", tmp_path / "locales")
    return tmp_path


def change(clinic: Path, file: str, old: str, new: str) -> int:
    """Replace `old` once in a file; gives its line."""
    text = (clinic / file).read_text(encoding="utf-8")
    assert text.count(old) >= 1, f"{old!r} is not in {file}"
    (clinic / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def errors(clinic: Path, **how: bool) -> list[Finding]:
    return [found for found in proofread(clinic, **how) if found.severity is Severity.ERROR]


def extracted(clinic: Path) -> None:
    """What `make messages` does."""
    for mapping in ("babel.cfg", "babel.console.cfg"):
        shutil.copy(ROOT / mapping, clinic / mapping)
    for file in clinic.glob("locales/*/LC_MESSAGES/patient.po"):
        file.write_text(updated(file, collect(clinic, "patient")), encoding="utf-8")


# What is shipped


def test_the_shipped_content_has_no_error():
    assert errors(ROOT) == []


def test_what_no_clinic_approved_yet_is_told_but_is_no_error_outside_production():
    told = {(f.kind, f.file) for f in proofread(ROOT) if f.severity is Severity.WARNING}
    assert ("unreviewed", SPANISH) in told
    assert ("sign_off", COPD) in told


def test_production_refuses_unapproved_text_and_unsigned_protocols():
    kinds = {finding.kind for finding in errors(ROOT, production=True)}
    assert {"unreviewed", "sign_off"} <= kinds


# What a change breaks: file, what becomes what, and the finding


BROKEN: list[tuple[str, str, str, str, str]] = [
    (MESSAGES, "Take care.", "{{ nurse }}", "placeholder", "uses {{ nurse }}"),
    (MESSAGES, "Take care.", "Take {{ .", "placeholder", "cannot be read"),
    (MESSAGES, "You are welcome. Take care.", "x" * 330, "length", "330 characters"),
    (MESSAGES, "You are welcome. Take care.", "word " * 62, "length", "3 segments"),
    (MESSAGES, "You are welcome. Take care.", "You’re welcome.", "characters", "U+2019"),
    (MESSAGES, "You are welcome. Take care.", "Thanks – take care", "characters", "U+2013"),
    (MESSAGES, "You are welcome. Take care.", "Thanks … take care", "characters", "U+2026"),
    (MESSAGES, "You are welcome. Take care.", "TODO", "unfinished", "not written"),
    (SPANISH, 'msgstr "De nada. Cuídese mucho."', 'msgstr ""', "missing", "thanks (es)"),
    (SPANISH, 'msgstr "De nada. Cuídese mucho."', 'msgstr "De “nada”."', "characters", "U+201C"),
    (SPANISH, "texto al {{ crisis_number }}", "texto", "placeholder", "has lost {{ crisis"),
    (SPANISH, "De nada. Cuídese", "{{ name }}, de nada", "placeholder", "{{ name }}"),
    (CONSOLE, "%(years)s años", "%(edad)s años", "placeholder", "%(edad)s"),
    (SPANISH, "# review: state=machine", "# review: state=fine", "broken", "fine"),
    (COPD, "concept: fever", "concept: sneezing", "concept", "sneezing"),
    (COPD, "source: action_plan", "source: hearsay", "source", "action_plan"),
    (COPD, "breathing: not no", "wheezing: not no", "ask_if", "wheezing"),
    (COPD, "  - use: safety\n", "", "safety", "first question"),
    (COPD, "use: safety", "use: safty", "question", "safty"),
    (COPD, 'unit: "%"', "unit: torr", "unit", "torr"),
    (COPD, "answer: number", "answer: numbers", "question", "oxygen: answer: one of"),
    (COPD, "module: inhaler", "module: inhalers", "education", "inhalers"),
    (COPD, "after_day: 1", "after_day: 2", "education", "day 2"),
    (COPD, "id: copd", "id: COPD", "field", "file's name"),
    (COPD, "sign_off:", "signed:", "field", "sign_off"),
    (COPD, "answer: yes_no", "answer: [yes_no", "broken", "YAML"),
    (COPD, "worse than usual", "worse, {{ hospital }}", "placeholder", "visit_day"),
    ("content/red_flags/concepts.yml", "concepts:", "concepts: [", "broken", "YAML"),
    ("content/protocols/general_medical.yml", "worse: {level", "sad: {level", "choice", "sad"),
    (f"{INHALER}/en.md", "call {{ nurse_line }}.", "call us.", "when_to_call", "when to call"),
    (f"{INHALER}/en.md", "Breathe in through", "Inhale by", "stale", "older English"),
    (f"{INHALER}/es.md", "Quite la tapa y agítelo. ", "\n\n", "missing", "6 texts"),
    (f"{INHALER}/es.md", "---\ntitle", "title", "broken", "front matter"),
    (f"{INHALER}/module.yml", "topic:", "topics:", "broken", "'topic' is missing"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "old", "new", "kind", "says"),
    [pytest.param(*row, id=f"{Path(row[0]).name}-{row[3]}-{row[2][:20]}") for row in BROKEN],
)
def test_a_mistake_is_found_where_it_was_made(clinic, file, old, new, kind, says):
    change(clinic, file, old, new)
    found = [finding for finding in errors(clinic) if finding.kind == kind]
    assert any(says in finding.problem + finding.mend for finding in found), errors(clinic)
    assert all((clinic / finding.file).exists() for finding in found)
    assert all(finding.mend for finding in found)


def test_the_line_named_is_the_line_to_mend(clinic):
    line = change(clinic, COPD, "source: action_plan", "source: hearsay")
    assert [(f.file, f.line) for f in errors(clinic)] == [(COPD, line)]


def test_the_line_of_broken_yaml_is_named(clinic):
    line = change(clinic, COPD, "    answer: yes_no", "   answer: yes_no")
    (found,) = errors(clinic)
    assert (found.file, found.kind) == (COPD, "broken")
    assert abs(found.line - line) <= 1


def test_a_word_written_twice_in_a_protocol_is_not_silently_the_last_one(clinic):
    change(clinic, COPD, 'version: "1"', 'version: "1"\nversion: "2"')
    (found,) = errors(clinic)
    assert "duplicate key" in found.problem


HARD_ENGLISH = (
    "Subsequent administration of pharmaceutical preparations necessitates uninterrupted "
    "cardiovascular observation by appropriately qualified professionals."
)
HARD_SPANISH = (
    "La administración subsiguiente de preparaciones farmacéuticas requiere "
    "ininterrumpidamente observación cardiovascular especializada multidisciplinaria."
)


@pytest.mark.parametrize(
    ("locale", "hard", "says"),
    [("en", HARD_ENGLISH, "reads at grade"), ("es", HARD_SPANISH, "reads at ease")],
)
def test_a_lesson_too_hard_to_read_is_found(clinic, locale, hard, says):
    file = f"{INHALER}/{locale}.md"
    front = (clinic / file).read_text().split("\n---\n")[0]
    (clinic / file).write_text(f"{front}\n---\n" + "\n\n".join([hard] * 5))
    assert any(f.file == file and says in f.problem for f in errors(clinic))


def test_accents_cost_more_and_are_a_warning_never_an_error(clinic):
    (dear,) = [f for f in proofread(clinic) if f.kind == "characters" and f.file == SPANISH]
    assert dear.severity is Severity.WARNING
    assert "never strip accents" in dear.mend


# Languages


def test_a_new_language_lists_everything_it_still_lacks(clinic):
    folder = clinic / "locales" / "vi" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "patient.po").write_text('msgid ""\nmsgstr ""\n')
    extracted(clinic)
    found = errors(clinic)
    assert any(f.kind == "missing" and "emergency (vi)" in f.problem for f in found)
    assert any(f.kind == "missing" and "inhaler has no vi.md" in f.problem for f in found)


def test_a_red_flag_a_language_cannot_express_is_named(clinic):
    vocabulary = clinic / "content" / "red_flags" / "es.yml"
    vocabulary.write_text("locale: es\nconcepts: {breathing: [no puedo respirar]}\n")
    found = [f for f in errors(clinic) if f.kind == "concept"]
    assert any("fever cannot be recognised in es" in f.problem for f in found)


def test_changed_english_makes_the_spanish_stale_until_somebody_reads_it(clinic):
    change(clinic, MESSAGES, "You are welcome. Take care.", "You are welcome. Take good care.")
    extracted(clinic)
    (found,) = errors(clinic)
    assert (found.kind, found.file) == ("stale", SPANISH)
    review(clinic, "es", ["thanks"], nurse(State.TRANSLATED), date(2026, 11, 23))
    assert errors(clinic) == []


def test_english_that_was_never_extracted_is_missing_from_the_catalogues(clinic):
    change(clinic, MESSAGES, "You are welcome. Take care.", "It was nothing. Be well.")
    kinds = {(finding.kind, finding.mend) for finding in errors(clinic)}
    assert ("missing", "run: make messages.") in kinds
    assert ("left_over", "run: make messages.") in kinds


# Reviews


def nurse(state: State = State.APPROVED) -> Reader:
    return Reader("Ana Ruiz", "CHI-Spanish", state)


def test_an_approval_clears_the_text_for_production(clinic):
    assert review(clinic, "es", ["emergency"], nurse(), date(2026, 11, 23)) == ("emergency",)
    messages = Messages.load(clinic / "content", Phrasebook.load(clinic))
    assert messages.cleared("emergency", "es")
    assert not messages.cleared("crisis", "es")


def test_everything_approved_and_signed_is_ready_for_production(clinic):
    for locale in LOCALES:
        review(clinic, locale, (), nurse(), date(2026, 11, 23))
    for file in clinic.glob("content/protocols/*.yml"):
        signed = 'by: "Dr. Kim", credential: "MD", on: "2026-11-23"'
        change(clinic, str(file.relative_to(clinic)), 'by: "", credential: "", on: ""', signed)
    assert errors(clinic, production=True) == []


def test_an_approval_of_a_lesson_stands_in_its_front_matter(clinic):
    review(clinic, "es", ["inhaler"], nurse(), date(2026, 11, 23))
    page = (clinic / INHALER / "es.md").read_text()
    assert 'reviewer: "Ana Ruiz"' in page
    assert 'reviewed: "2026-11-23"' in page


def test_a_text_nobody_wrote_cannot_be_approved(clinic):
    with pytest.raises(KeyError, match="poetry"):
        review(clinic, "es", ["poetry"], nurse(), date(2026, 11, 23))


# The commands


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(words), env={"AFTERCARE_ENV": ""})
    return result.exit_code, result.output


def test_check_exits_0_when_the_content_is_in_order(clinic):
    code, output = run("check", "--root", str(clinic))
    assert code == 0
    assert re.search(r"0 errors, \d+ warnings\.$", output.strip())


def test_check_exits_1_and_names_file_line_and_mend(clinic):
    line = change(clinic, COPD, "source: action_plan", "source: hearsay")
    code, output = run("check", "--root", str(clinic))
    assert code == 1
    assert f"{COPD}:{line}: error: " in output
    assert "Mend: use one of: action_plan" in output


def test_check_speaks_json_to_machines(clinic):
    code, output = run("check", "--json", "--production", "--root", str(clinic))
    told = json.loads(output)
    assert code == 1
    assert told["ok"] is False
    assert set(told["findings"][0]) == {"file", "line", "severity", "kind", "problem", "mend"}


def test_check_is_strict_where_the_environment_is_production(clinic):
    result = CliRunner().invoke(
        app, ["check", "--root", str(clinic)], env={"AFTERCARE_ENV": "production"}
    )
    assert result.exit_code == 1


def test_a_new_module_is_not_in_order_before_it_is_written(clinic):
    code, output = run("new", "foot_care", "--root", str(clinic))
    assert code == 0
    assert "foot_care/es.md" in output
    unfinished = {f.file for f in errors(clinic) if f.kind == "unfinished"}
    assert "content/education/foot_care/en.md" in unfinished
    assert "content/education/foot_care/es.md" in unfinished


@pytest.mark.parametrize("name", ["inhaler", "Foot care", "../x"])
def test_a_module_needs_a_free_and_plain_name(clinic, name):
    code, _ = run("new", name, "--root", str(clinic))
    assert code == 2


def test_a_preview_shows_each_text_with_segments_and_cost(clinic):
    code, output = run("preview", "inhaler", "es", "--json", "--root", str(clinic))
    shown = json.loads(output)
    assert code == 0
    assert len(shown) == 5
    assert shown[0]["text"].startswith("Riverside Hospital: El inhalador")
    assert (shown[0]["encoding"], shown[0]["segments"]) == ("UCS-2", 4)
    assert shown[0]["cost"] == "0.0332"


def test_a_preview_looks_like_a_phone(clinic):
    _, output = run("preview", "emergency", "en", "--root", str(clinic))
    assert "╭" in output
    assert "1 segments, GSM-7, $0.0083" in output


def test_a_preview_says_when_the_language_is_not_there(clinic):
    _, output = run("preview", "emergency", "vi", "--root", str(clinic))
    assert "Not written in vi: this is en." in output


def test_a_preview_of_nothing_is_refused(clinic):
    code, output = run("preview", "poetry", "en", "--root", str(clinic))
    assert code == 2
    assert "poetry" in output


def test_an_approval_needs_a_credential(clinic):
    code, _ = run("review", "es", "emergency", "--by", "Ana", "--root", str(clinic))
    assert code == 2
    code, output = run(
        *("review", "es", "emergency", "--by", "Ana", "--credential", "CHI"),
        *("--root", str(clinic)),
    )
    assert code == 0
    assert "1 texts in es are approved by Ana" in output
