"""Numbers as people say them: spelled out, in pairs, beside other numbers."""

import pytest

from aftercare import settings
from aftercare.levels import Level
from aftercare.protocols import Question, question_from
from aftercare.triage import Reader, Reading

READER = Reader.load(settings.ROOT / "content")


def number(text: str, unit: str | None, **flags: str) -> Question:
    asked = {"text": text, "answer": "number", "unit": unit, "flags": flags}
    return question_from(asked)


SUGAR = question_from(
    {
        "text": "What was your fasting sugar this morning?",
        "answer": "number",
        "unit": "mg/dL",
        "flags": {"< 54": "emergency", "> 240": "urgent"},
    }
)
PRESSURE = number("What was your blood pressure today?", "mmHg")
PULSE = number("What was your heart rate today?", "bpm")
TEMPERATURE = question_from(
    {
        "text": "What is your temperature today?",
        "answer": "number",
        "unit": "°F",
        "flags": {">= 104": "emergency", ">= 100.4": "urgent"},
    }
)
MISSED = question_from(
    {
        "text": "How many doses of your medicines did you miss in the last 3 days?",
        "answer": "number",
        "flags": {">= 1": "routine"},
    }
)


def read(text: str, question: Question, locale: str) -> Reading:
    return READER.read(text, locale, question)


@pytest.mark.parametrize(
    ("text", "locale", "value"),
    [
        ("one oh three", "en", 103),
        ("one eighty two", "en", 182),
        ("cent vingt-quatre", "fr", 124),
        ("quatre-vingt-dix-huit", "fr", 98),
        ("san ventwa", "ht", 123),
        ("ciento ochenta y dos", "es", 182),
        ("isandaan dalawampu", "tl", 120),
        ("백십이 정도 나옵디다", "ko", 112),
        ("아흔둘", "ko", 92),
        ("ميه وخمسه وعشرين", "ar", 125),
    ],
)
def test_a_sugar_spelled_out_is_the_number_it_says(text: str, locale: str, value: float) -> None:
    assert read(text, SUGAR, locale).value == value


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("126 sa ibabaw 74 sa ilalim", "tl"),
        ("위 118 아래 70", "ko"),
        ("一百二十六,七十八", "zh-Hans"),
        ("cent vingt-quatre sur soixante-seize", "fr"),
        ("san ventwa sou swasanndis", "ht"),
        ("ciento treynta over otsenta", "tl"),
        ("128 76", "en"),
    ],
)
def test_the_second_of_two_pressures_is_the_lower_one(text: str, locale: str) -> None:
    assert read(text, PRESSURE, locale).level is Level.NONE


@pytest.mark.parametrize("text", ["72 after i sat a spell", "64, after 20 minutes of biking"])
def test_other_numbers_in_an_answer_are_not_the_pulse(text: str) -> None:
    assert read(text, PULSE, "en").level is Level.NONE


def test_a_pulse_of_170_alarms_whatever_else_is_counted() -> None:
    assert read("170 after 20 minutes in the chair", PULSE, "en").level is Level.EMERGENCY


def test_degrees_and_a_half_are_understood_in_arabic() -> None:
    assert read("ستة وثلاثين ونص", TEMPERATURE, "ar").level is Level.NONE
    assert read("تسعة وثلاثين ونص", TEMPERATURE, "ar").level is Level.URGENT


def test_a_temperature_no_body_has_is_asked_about_before_it_alarms() -> None:
    assert read("890", TEMPERATURE, "en").level is Level.NONE


def test_not_one_is_no_dose_missed() -> None:
    assert read("no, not one", MISSED, "en").value == 0


OXYGEN = number("What was your oxygen level today?", "%")
WEIGHT = number("What was your weight this morning?", "lb")
BARE_SUGAR = number("What was your fasting sugar this morning?", "mg/dL")
BARE_TEMPERATURE = number("What is your temperature today?", "°F")


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("yesterday it was 120 today 41", BARE_SUGAR),
        ("110 then it dropped to 41", BARE_SUGAR),
        ("was 98 this morning, 104.5 now", BARE_TEMPERATURE),
        ("98.6 then 104.2 an hour later", BARE_TEMPERATURE),
        ("97 earlier, 84 now", OXYGEN),
        ("96 sitting, 82 when i walk", OXYGEN),
        ("80 lying down, 165 when i get up", PULSE),
        ("it was 150 this morning now 82", PRESSURE),
        ("150 first then 82", PRESSURE),
    ],
)
def test_a_dangerous_value_alarms_also_when_it_comes_second(text: str, question: Question) -> None:
    assert any(e.matched for e in read(text, question, "en").evidence if e.level >= Level.URGENT)


@pytest.mark.parametrize(
    ("text", "measured"),
    [
        ("182 and my sugar this morning was 42", "sugar 42"),
        ("182, my oxygen machine says 84", "oxygen 84"),
        ("182 but my pulse is going at 160", "pulse 160"),
    ],
)
def test_another_measure_alarms_in_the_answer_to_a_question_for_the_weight(
    text: str, measured: str
) -> None:
    evidence = read(text, WEIGHT, "en").evidence
    assert measured in {cue for e in evidence for cue in e.cues}


def test_a_pulse_named_after_a_pressure_is_its_own_number() -> None:
    assert read("130 80 pulse 70", PRESSURE, "en").level is Level.NONE


@pytest.mark.parametrize(
    ("text", "pain", "level"),
    [
        ("9 even after the pill", 9, Level.URGENT),
        ("7", 7, Level.NONE),
        ("was a 9, now 3", 3, Level.NONE),
    ],
)
def test_a_pain_of_eight_or_more_is_urgent_also_where_its_question_has_no_rule(
    text: str, pain: float, level: Level
) -> None:
    question = question_from({"text": "How bad is your pain, from 0 to 10?", "answer": "scale"})
    reading = READER.read(text, "en", question)
    assert reading.value == pain
    assert reading.level is level


def test_a_pad_soaked_in_an_hour_is_an_emergency() -> None:
    question = number("How many pads have you soaked in the last hour?", None)
    assert READER.read("2", "en", question).level is Level.EMERGENCY
    assert READER.read("0", "en", question).level is Level.NONE


@pytest.mark.parametrize(
    ("medicine", "missed", "level"),
    [
        ("medicines", "2", Level.NONE),
        ("medicines", "3", Level.URGENT),
        ("blood thinner", "1", Level.URGENT),
        ("blood thinner", "0", Level.NONE),
    ],
)
def test_missed_doses_are_urgent_by_what_they_are_of(
    medicine: str, missed: str, level: Level
) -> None:
    text = f"How many doses of your {medicine} did you miss in the last 3 days?"
    question = question_from({"text": text, "answer": "number"})
    assert READER.read(missed, "en", question).level is level


@pytest.mark.parametrize(
    ("text", "sugar"),
    [
        ("ba trăm mười hai", 312),
        ("một trăm tám", 180),
        ("hai tram le nam", 205),
        ("chin muoi hai thoi", 92),
        ("tám mươi", 80),
    ],
)
def test_vietnamese_numbers_are_read_in_words(text: str, sugar: float) -> None:
    assert READER.read(text, "vi", SUGAR).value == sugar


def test_a_vietnamese_year_or_salt_is_no_number() -> None:
    for text in ("hai năm rồi", "muối nhiều quá", "muoi dot qua troi"):
        assert READER.read(text, "vi", SUGAR).value is None


def test_a_fever_in_vietnamese_words_is_urgent() -> None:
    assert READER.read("ba mươi tám độ rưỡi", "vi", TEMPERATURE).level is Level.URGENT


@pytest.mark.parametrize(
    ("text", "unit", "level"),
    [
        ("40.2", "°C", Level.EMERGENCY),
        ("38,5", "°C", Level.URGENT),
        ("101.5", "°C", Level.URGENT),  # nobody has that in Celsius
        ("36.6", "°C", Level.NONE),
        ("2.5", "mmol/L", Level.EMERGENCY),
        ("16", "mmol/L", Level.URGENT),
        ("5.4", "mmol/L", Level.NONE),
        ("0,4", "g/L", Level.EMERGENCY),
        ("1,1", "g/L", Level.NONE),
    ],
)
def test_a_bare_number_is_in_the_unit_that_was_asked_for(
    text: str, unit: str, level: Level
) -> None:
    assert READER.read(text, "ru", number("How much is it today?", unit)).level is level


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("121 and 77", "en"),
        ("130 on 80, like a cosmonaut", "en"),
        ("130 y 80", "es"),
        ("120 et 70", "fr"),
        ("118和76", "zh"),
    ],
)
def test_the_lower_pressure_may_come_after_and(text: str, locale: str) -> None:
    assert READER.read(text, locale, PRESSURE).level is Level.NONE


def test_a_second_reading_is_no_lower_pressure() -> None:
    assert READER.read("120 earlier now 82", "en", PRESSURE).level >= Level.URGENT
