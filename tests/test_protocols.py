"""What a check-in asks, what it leaves out, and which answers are red flags."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
import yaml

from aftercare.levels import Level, highest
from aftercare.protocols import Dated, Flag, Protocol, ProtocolLibrary, Question, Value
from aftercare.protocols.library import covers
from aftercare.protocols.protocol import MOST_QUESTIONS

CONTENT = Path(__file__).parent.parent / "content"
CASES = Path(__file__).parent / "protocol_cases"
LIBRARY = ProtocolLibrary.load(CONTENT)
MORNING = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)


def heart_failure() -> Protocol:
    return LIBRARY.get("heart_failure")


def weights(**days_ago: float) -> tuple[Dated, ...]:
    return tuple(
        Dated(pounds, MORNING - timedelta(days=int(day.removeprefix("day_"))))
        for day, pounds in days_ago.items()
    )


def level(question: Question, value: Value, **more: object) -> Level:
    return highest(flag.level for flag in question.assess(value, MORNING, **more))


# Every rule has a case


def rules() -> Iterator[tuple[str, Question, Flag]]:
    for protocol in LIBRARY:
        for question in protocol.questions:
            for flag in question.flags:
                yield protocol.id, question, flag


def name(flag: Flag) -> str:
    return f"{flag.when} on {flag.taking[0]}" if flag.taking else flag.when


def cases_of(protocol: str) -> dict:
    own = CASES / f"{protocol}.yml"
    assert own.exists(), f"{protocol} has no cases: add {own}"
    shared = yaml.safe_load((CASES / "shared.yml").read_text())
    return _by_word({**shared, **yaml.safe_load(own.read_text())})


def _by_word(cases: dict) -> dict:
    words = {True: "yes", False: "no"}
    return {q: {words.get(when, when): case for when, case in c.items()} for q, c in cases.items()}


@pytest.mark.parametrize(
    ("protocol", "question", "flag"),
    [pytest.param(*rule, id=f"{rule[0]}-{rule[1].id}-{name(rule[2])}") for rule in rules()],
)
def test_every_rule_is_raised_by_its_case_and_not_by_the_calm_one(protocol, question, flag):
    case = cases_of(protocol).get(question.id, {}).get(name(flag))
    assert case, f"{protocol}, {question.id}: no case for {name(flag)} in {CASES}/{protocol}.yml"
    earlier = weights(**{f"day_{day}": value for day, value in case.get("earlier", {}).items()})
    raised = question.assess(case["raises"], MORNING, earlier, flag.taking)
    calm = question.assess(case["calm"], MORNING, earlier, flag.taking)
    assert flag in raised
    assert flag not in calm


@pytest.mark.parametrize("protocol", LIBRARY.ids)
def test_no_case_outlives_its_rule(protocol):
    known = {(q.id, name(flag)) for p, q, flag in rules()}
    written = {(q, when) for q, cases in cases_of(protocol).items() for when in cases}
    assert written <= known


@pytest.mark.parametrize("protocol", list(LIBRARY), ids=lambda p: p.id)
def test_every_rule_names_the_document_it_follows(protocol):
    for question in protocol.questions:
        for flag in question.flags:
            assert flag.source in protocol.sources, (question.id, flag.when)


# What each protocol must have


@pytest.mark.parametrize("protocol", list(LIBRARY), ids=lambda p: p.id)
def test_every_check_in_opens_with_the_safety_question_and_its_yes_is_an_emergency(protocol):
    first = protocol.next_question({}, None)
    assert first.id == "safety"
    assert level(first, True) is Level.EMERGENCY
    assert level(first, False) is Level.NONE


@pytest.mark.parametrize("protocol", list(LIBRARY), ids=lambda p: p.id)
def test_every_protocol_asks_about_medicines_and_a_ride(protocol):
    asked = {question.id for question in protocol.questions}
    assert {"medicines_got", "doses_missed", "missed_reason", "ride"} <= asked


@pytest.mark.parametrize("protocol", list(LIBRARY), ids=lambda p: p.id)
def test_nobody_has_signed_a_shipped_protocol_off(protocol):
    assert not protocol.signed_off


@pytest.mark.parametrize("protocol", list(LIBRARY), ids=lambda p: p.id)
def test_the_check_ins_taper_over_thirty_days(protocol):
    assert protocol.cadence == (1, 3, 6, 10, 14, 21, 30)


@pytest.mark.parametrize("day", [1, 3, 10])
@pytest.mark.parametrize("protocol", list(LIBRARY), ids=lambda p: p.id)
def test_no_way_of_answering_makes_a_check_in_longer_than_ten_questions(protocol, day):
    for good in product([True, False], repeat=3):
        said = dict(zip(("scale", "breathing", "medicines_got"), good, strict=True))
        asked = walk(protocol, day, said)
        assert len(asked) <= MOST_QUESTIONS


def walk(protocol: Protocol, day: int, said: dict[str, Value]) -> list[str]:
    """Go through a check-in to its end, missing doses, with a visit ahead."""
    answers: dict[str, Value] = {}
    after = None
    while question := protocol.next_question(answers, after, known={"follow_up": True}, day=day):
        after = question.id
        answers[after] = said.get(after, 2.0 if after == "doses_missed" else True)
    return list(answers)


# A clinic's day


def test_four_pounds_since_yesterday_is_urgent():
    question = heart_failure().question("weight")
    assert level(question, 186.0, earlier=weights(day_1=182)) is Level.URGENT


def test_two_pounds_since_yesterday_is_calm():
    question = heart_failure().question("weight")
    assert level(question, 184.0, earlier=weights(day_1=182)) is Level.NONE


def test_five_pounds_that_creep_up_over_a_week_are_urgent():
    question = heart_failure().question("weight")
    assert level(question, 187.0, earlier=weights(day_7=182, day_4=184, day_1=186)) is Level.URGENT


def test_the_first_weight_has_nothing_to_compare_with():
    assert level(heart_failure().question("weight"), 240.0) is Level.NONE


def test_a_missed_warfarin_dose_is_urgent():
    question = LIBRARY.get("general_medical").question("doses_missed")
    assert level(question, 1.0, taking={"anticoagulant"}) is Level.URGENT


def test_a_missed_vitamin_is_routine():
    question = LIBRARY.get("general_medical").question("doses_missed")
    assert level(question, 1.0) is Level.ROUTINE


def test_three_missed_doses_are_urgent_whatever_they_are():
    question = LIBRARY.get("general_medical").question("doses_missed")
    assert level(question, 3.0) is Level.URGENT


def test_a_side_effect_is_urgent_and_the_task_never_says_stop():
    (flag,) = heart_failure().question("missed_reason").assess("side_effects")
    assert flag.level is Level.URGENT
    assert "never tell the patient to stop" in flag.task


def test_medicine_that_costs_too_much_becomes_a_need():
    (flag,) = heart_failure().question("missed_reason").assess("cost")
    assert (flag.level, flag.need) == (Level.ROUTINE, "cost")


def test_no_ride_to_the_visit_becomes_a_need():
    (flag,) = heart_failure().question("ride").assess(False)
    assert (flag.level, flag.need) == (Level.ROUTINE, "transport")


def test_the_ride_is_asked_only_when_there_is_a_visit():
    surgical = LIBRARY.get("general_surgical")
    assert surgical.next_question({}, "calf", known={"follow_up": True}).id == "ride"
    assert surgical.next_question({}, "calf", known={"follow_up": False}).id == "medicines_got"


def test_the_ride_is_never_what_a_full_check_in_leaves_out():
    for protocol in LIBRARY:
        assert "ride" in walk(protocol, 3, {})


def test_the_reason_is_asked_only_after_a_missed_dose():
    protocol = heart_failure()
    missed = protocol.next_question({"doses_missed": 1.0}, "doses_missed")
    taken = protocol.next_question({"doses_missed": 0.0}, "doses_missed")
    assert missed.id == "missed_reason"
    assert taken is None


def test_who_has_no_scale_is_not_asked_for_a_weight():
    assert heart_failure().next_question({"scale": False}, "scale").id == "breathing"


def test_who_had_a_scale_last_time_is_not_asked_again():
    question = heart_failure().next_question({"safety": False}, "safety", known={"scale": True})
    assert question.id == "weight"


def test_who_had_no_scale_last_time_is_asked_again():
    question = heart_failure().next_question({"safety": False}, "safety", known={"scale": False})
    assert question.id == "scale"


def test_last_weeks_missed_dose_is_not_asked_about_again():
    known = {"doses_missed": 2.0, "medicines_got": True}
    assert heart_failure().next_question({}, "doses_missed", known=known, day=10) is None


def test_who_breathed_well_last_time_and_gave_no_answer_now_is_asked_how_bad_it_is():
    question = LIBRARY.get("copd").next_question({}, "breathing", known={"breathing": False}, day=6)
    assert question.id == "activity"


def test_who_has_an_oxygen_meter_is_asked_for_its_number_every_time():
    question = LIBRARY.get("copd").next_question({}, "fever", known={"oximeter": True}, day=6)
    assert question.id == "oxygen"


def test_missed_doses_are_not_asked_on_the_first_day_home():
    question = heart_failure().next_question({"medicines_got": True}, "medicines_got", day=1)
    assert question is None


def test_who_has_not_got_the_medicines_is_not_asked_how_many_were_missed():
    question = heart_failure().next_question({"medicines_got": False}, "medicines_got", day=3)
    assert question is None


def test_a_patient_who_agreed_weighs_in_every_day_of_the_first_two_weeks():
    days = heart_failure().days({"daily_weight"})
    assert set(range(1, 15)) <= set(days)
    assert heart_failure().days() == heart_failure().cadence


def test_between_full_check_ins_only_safety_and_weight_are_asked():
    assert [question.id for question in heart_failure().asked_on(5)] == ["safety", "weight"]
    assert len(heart_failure().asked_on(6)) > 2


# Which protocol


@pytest.mark.parametrize(
    ("diagnosis", "procedure", "protocol"),
    [
        ("I50.23", "", "heart_failure"),
        ("i5023", None, "heart_failure"),
        ("I11.0", "", "heart_failure"),
        ("J44.1", "", "copd"),
        ("J18.9", "", "general_medical"),
        ("K35.80", "0DTJ4ZZ", "general_surgical"),
        ("Z48.815", "", "general_surgical"),
        ("I50.9", "02HV33Z", "heart_failure"),
        ("", "", "general_medical"),
        ("I5", "", "general_medical"),
    ],
)
def test_the_principal_diagnosis_chooses_the_protocol(diagnosis, procedure, protocol):
    assert LIBRARY.for_diagnosis(diagnosis, procedure).id == protocol


def test_a_range_of_codes_holds_its_last_code_with_all_that_is_under_it():
    assert covers("J40-J44", "J44.9")
    assert not covers("J40-J44", "J45.0")


def test_the_protocol_in_the_how_to_can_be_used_as_it_stands(tmp_path):
    page = (CONTENT.parent / "docs" / "how-to-add-a-protocol.md").read_text()
    folder = tmp_path / "protocols"
    shutil.copytree(CONTENT / "protocols" / "shared", folder / "shared")
    (folder / "pneumonia.yml").write_text(page.split("```yaml\n")[1].split("```")[0])
    library = ProtocolLibrary.load(tmp_path)
    assert library.for_diagnosis("J18.9").id == "pneumonia"
    assert level(library.get("pneumonia").question("oxygen"), 89.0) is Level.EMERGENCY


# Files that cannot be read


def library_with(tmp_path: Path, text: str) -> Path:
    (tmp_path / "protocols").mkdir()
    (tmp_path / "protocols" / "stroke.yml").write_text(text)
    return tmp_path


def test_a_protocol_without_questions_is_refused_by_name(tmp_path):
    content = library_with(tmp_path, 'id: stroke\nversion: "1"\ntitle: Stroke\ncadence: [1]\n')
    with pytest.raises(ValueError, match=r"stroke\.yml: 'questions' is missing"):
        ProtocolLibrary.load(content)


def test_a_question_of_an_unknown_kind_is_refused_by_name(tmp_path):
    content = library_with(
        tmp_path,
        "id: stroke\nversion: '1'\ntitle: Stroke\ncadence: [1]\n"
        "questions:\n  - {id: face, text: Face, answer: maybe}\n",
    )
    with pytest.raises(ValueError, match=r"stroke\.yml: question face: answer: one of yes_no"):
        ProtocolLibrary.load(content)


def test_a_protocol_asked_for_by_a_wrong_name_is_an_error():
    with pytest.raises(KeyError):
        LIBRARY.get("astrology")
