"""How one record is judged: what is read from its cells, and what a refusal says."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aftercare.enrolment import FIELDS, Outcome, Record
from aftercare.enrolment.discharge import Discharge, check_wanted, read
from aftercare.enrolment.dispositions import HOME, place
from aftercare.enrolment.languages import locale_of
from aftercare.enrolment.medicines import shipped
from aftercare.enrolment.outcome import Excluded, Refused

NOW = datetime(2026, 6, 2, 17, 0, tzinfo=UTC)

ANA = {
    "mrn": "0001234",
    "encounter_id": "V-77",
    "first_name": "Ana",
    "last_name": "Peña",
    "mobile": "(713) 555-0142",
    "consent_status": "yes",
    "zip": "77002",
    "discharge_at": "2026-06-01T15:30",
}


def judged(cells: dict[str, str], country: str = "US") -> Discharge:
    record = Record(2, ANA | cells)
    check_wanted(record)
    return read(record, NOW, country, shipped())


def refusal(cells: dict[str, str], country: str = "US") -> str:
    with pytest.raises(Refused) as refused:
        judged(cells, country)
    return str(refused.value)


REFUSED = [
    ({"mrn": ""}, "mrn: is empty"),
    ({"mrn": "1.23457E+11"}, "mrn: was rounded by a spreadsheet"),
    ({"encounter_id": ""}, "encounter_id: is empty"),
    ({"first_name": ""}, "first_name: is empty"),
    ({"last_name": "???"}, "last_name: is not a name"),
    ({"mobile": ""}, "mobile: is empty"),
    ({"mobile": "12345"}, "mobile: is not a phone number"),
    ({"mobile": "call her"}, "mobile: is not a phone number"),
    ({"mobile": "7.13556E+09"}, "mobile: was rounded by a spreadsheet"),
    ({"mobile": "713 555 0142 x12"}, "mobile: has an extension"),
    ({"mobile": "+1 800 555 0199"}, "mobile: cannot get texts"),
    ({"mobile": "+44 20 7946 0018"}, "mobile: cannot get texts"),
    ({"consent_status": ""}, "consent_status: is empty"),
    ({"consent_status": "pending"}, "consent_status: does not say"),
    ({"consent_at": "2027-01-01"}, "consent_at: lies in the future"),
    ({"discharge_at": ""}, "discharge_at: is empty"),
    ({"discharge_at": "yesterday"}, "discharge_at: is not a date"),
    ({"discharge_at": "13/45/2026"}, "discharge_at: is not a date"),
    ({"discharge_at": "2026-06-03T15:30"}, "discharge_at: lies in the future"),
    ({"discharge_at": "2026-04-01T15:30"}, "discharge_at: is more than 30 days ago"),
    ({"discharge_at": "0001-01-01T00:00+14:00"}, "discharge_at: is not a date"),
    ({"discharge_at": "9999-12-31T23:00"}, "discharge_at: is not a date"),
    ({"disposition": "the moon"}, "disposition: is not a place we know"),
    ({"deceased": "perhaps"}, "deceased: is neither yes nor no"),
    ({"zip": ""}, "timezone: is empty, and so is zip"),
    ({"zip": "", "timezone": "Mars"}, "timezone: is not a time zone"),
    ({"zip": "7700"}, "zip: has no known time zone"),
    ({"zip": "09001"}, "zip: has no known time zone"),
    ({"zip": "SW1A 1AA"}, "zip: is not a postal code"),
]


@pytest.mark.parametrize(("cells", "told"), REFUSED)
def test_a_refusal_names_the_column_and_the_mend(cells: dict[str, str], told: str) -> None:
    assert told in refusal(cells)


def test_a_refusal_names_everything_that_is_wrong_at_once() -> None:
    told = refusal({"mobile": "1", "first_name": "", "discharge_at": "soon"})
    columns = [problem.partition(":")[0] for problem in told.split("; ")]
    assert columns == ["first_name", "mobile", "discharge_at"]


@pytest.mark.parametrize("cells", [cells for cells, _ in REFUSED])
def test_a_refusal_quotes_nothing_from_the_record(cells: dict[str, str]) -> None:
    told = refusal(cells)
    assert not [cell for cell in cells.values() if len(cell) > 3 and cell in told]


CELLS = st.sampled_from([field.name for field in FIELDS])
WORDS = st.text(max_size=30) | st.text("0123456789/:T +.eE-", max_size=20)

# The machine may be busy, and the first case loads the lists of languages and postal codes.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@unhurried
@given(st.dictionaries(CELLS, WORDS, max_size=8))
def test_whatever_the_cells_hold_a_record_is_taken_refused_or_left_out(
    cells: dict[str, str],
) -> None:
    try:
        discharge = judged(cells)
    except Refused as refused:
        assert refused.problems
    except Excluded as excluded:
        assert excluded.reason
    else:
        assert discharge.phone.startswith("+")
        assert discharge.discharged_at.tzinfo is UTC


NOTED = [
    {"dob": "long ago"},
    {"dob": "1850-01-01"},
    {"follow_up_at": "Tuesday"},
    {"follow_up_at": "2026-05-01"},
    {"caregiver_phone": "12"},
    {"primary_dx": "CHF"},
    {"language": "Blorb"},
    {"timezone": "Mars"},
    {"daily_consent": "perhaps"},
]


@pytest.mark.parametrize("cell", NOTED)
def test_a_typing_error_where_it_matters_less_costs_a_note_only(cell: dict[str, str]) -> None:
    (column,) = cell
    assert [note.partition(" ")[0] for note in judged(cell).notes] == [column]


@pytest.mark.parametrize("cell", ["y", "X", "TRUE", "1", "sí", "Opted-In", "granted", "active"])
def test_consent_is_understood_in_many_words(cell: str) -> None:
    assert judged({"consent_status": cell})


@pytest.mark.parametrize(
    "cell", ["(713) 555-0142", "713.555.0142", "17135550142", "+1-713-555-0142", "7135550142.0"]
)
def test_a_phone_number_is_understood_however_it_is_written(cell: str) -> None:
    assert judged({"mobile": cell}).phone == "+17135550142"


def test_numbers_without_a_country_belong_to_the_hospitals() -> None:
    cells = {"mobile": "07400 123456", "timezone": "Europe/London", "zip": ""}
    assert judged(cells, country="GB").phone == "+447400123456"


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2026-06-01T15:30", "2026-06-01T20:30"),
        ("2026-06-01 15:30:00", "2026-06-01T20:30"),
        ("2026-06-01T15:30-07:00", "2026-06-01T22:30"),
        ("2026-06-01T15:30Z", "2026-06-01T15:30"),
        ("6/1/2026 3:30 PM", "2026-06-01T20:30"),
        ("06/01/2026 12:05 am", "2026-06-01T05:05"),
        ("06/01/2026 15:30", "2026-06-01T20:30"),
        ("2026-06-01", "2026-06-01T05:00"),
        ("20260601T1530", "2026-06-01T20:30"),
    ],
)
def test_times_are_the_patients_own_unless_they_say_otherwise(cell: str, moment: str) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert judged({"discharge_at": cell}).discharged_at == at


def test_outside_the_us_a_date_with_slashes_would_be_a_guess() -> None:
    cells = {"mobile": "+447400123456", "timezone": "Europe/London", "zip": ""}
    assert "discharge_at: is not a date" in refusal(cells | {"discharge_at": "1/6/2026"}, "GB")


@pytest.mark.parametrize(
    ("cells", "zone"),
    [
        ({"zip": "2134"}, "America/New_York"),
        ({"zip": "77002-1234"}, "America/Chicago"),
        ({"zip": "79901"}, "America/Denver"),
        ({"zip": "00901"}, "America/Puerto_Rico"),
        ({"zip": "601"}, "America/Puerto_Rico"),
        ({"timezone": "America/Phoenix"}, "America/Phoenix"),
        ({"timezone": "america/los_angeles"}, "America/Los_Angeles"),
        ({"timezone": "EST"}, "America/New_York"),
        ({"timezone": "Mountain Time"}, "America/Denver"),
        ({"timezone": "Nowhere/Land", "zip": "96813"}, "Pacific/Honolulu"),
    ],
)
def test_the_zone_is_the_homes(cells: dict[str, str], zone: str) -> None:
    assert judged(cells).zone == zone


@pytest.mark.parametrize(
    ("cell", "locale"),
    [
        ("SPA", "es"),
        ("Spanish", "es"),
        ("es", "es"),
        ("es-MX", "es"),
        ("Español", "es"),
        ("Spanish; Castilian", "es"),
        ("eng", "en"),
        ("English (US)", "en"),
        ("VIE", "vi"),
        ("Tiếng Việt", "vi"),
        ("Haitian Creole", "ht"),
        ("Tagalog", "tl"),
        ("fil", "tl"),
        ("Chinese (Mandarin)", "zh"),
        ("zh-Hant", "zh-Hant"),
        ("Cantonese", "zh-Hant"),
        ("", "und"),
        ("Unknown", "und"),
        ("declined", "und"),
        ("Blorb", None),
        ("S", None),
    ],
)
def test_a_language_is_understood_as_hospitals_write_it(cell: str, locale: str | None) -> None:
    assert locale_of(cell) == locale


@pytest.mark.parametrize(
    ("cell", "where"),
    [
        ("20", "deceased"),
        ("41", "deceased"),
        ("Expired", "deceased"),
        ("03", "facility"),
        ("3", "facility"),
        ("62 - IRF", "facility"),
        ("SNF", "facility"),
        ("Nursing home", "facility"),
        ("Skilled nursing facility", "facility"),
        ("50", "hospice"),
        ("Hospice - home", "hospice"),
        ("21", "custody"),
        ("30", "in_hospital"),
        ("01", HOME),
        ("1", HOME),
        ("06", HOME),
        ("07", HOME),
        ("81", HOME),
        ("Home Health Care Svc", HOME),
        ("home w/ skilled nursing", HOME),
        ("Daughter-in-law's home", HOME),
        ("AMA", HOME),
        ("", HOME),
    ],
)
def test_a_disposition_says_where_the_patient_went(cell: str, where: str) -> None:
    assert place(cell) == where


@pytest.mark.parametrize(
    ("medicine", "kind"),
    [
        ("Warfarin (Coumadin)", "anticoagulant"),
        ("ELIQUIS", "anticoagulant"),
        ("aspirin EC", "antiplatelet"),
        ("insulin glargine", "insulin"),
        ("amoxicillin-clavulanate", "antibiotic"),
        ("torsemide", "diuretic"),
        ("levETIRAcetam", "antiseizure"),
        ("predniSONE taper", "steroid"),
        ("tacrolimus", "transplant"),
        ("tacrolimus ointment", ""),
        ("ciprofloxacin eye drops", ""),
        ("lisinopril", ""),
        ("asacol", ""),
    ],
)
def test_a_medicine_is_known_by_kind(medicine: str, kind: str) -> None:
    assert shipped().kind(medicine) == kind


def test_a_birth_date_is_kept_as_a_day() -> None:
    assert judged({"dob": "3/27/1951"}).birth_date == date(1951, 3, 27).isoformat()


def test_an_outcome_says_column_and_mend_in_one_line() -> None:
    with pytest.raises(Refused) as refused:
        judged({"mobile": "1"})
    outcome = Outcome("refused", 2, problems=refused.value.problems)
    assert str(outcome.problems[0]).startswith("mobile: is not a phone number")
