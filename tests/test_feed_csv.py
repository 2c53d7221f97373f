"""CSV as it really comes: from spreadsheets, in old encodings, with broken lines."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aftercare import feeds
from aftercare.enrolment import REQUIRED
from aftercare.feeds import NotReadable

HEAD = "mrn,encounter_id,first_name,last_name,mobile,consent_status,zip,discharge_at"
ANA = "M1,E1,Ana,Peña,+17135550142,yes,77002,2026-06-01T15:30"
BEN = "M2,E2,Ben,Ode,+13125550143,yes,60601,2026-06-01T10:00"

TYPED = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), max_size=20)

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""The machine may be busy."""


def table(*lines: str, end: str = "\n") -> bytes:
    return end.join([HEAD, *lines, ""]).encode()


def test_every_line_is_a_record_with_its_line_number() -> None:
    records = feeds.read(table(ANA, "", BEN)).records
    assert [(record.line, record.cell("mrn")) for record in records] == [(2, "M1"), (4, "M2")]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters_are_recognized(delimiter: str) -> None:
    data = table(ANA).decode().replace(",", delimiter).encode()
    assert feeds.read(data).records[0].cell("zip") == "77002"


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_line_ends_of_every_system_are_understood(end: str) -> None:
    assert [r.line for r in feeds.read(table(ANA, BEN, end=end)).records] == [2, 3]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_comes_with_and_without_a_byte_order_mark(encoding: str) -> None:
    feed = feeds.read(table(ANA).decode().encode(encoding))
    assert feed.records[0].cell("last_name") == "Peña"
    assert feed.warnings == ()


def test_windows_latin_is_read_with_a_warning() -> None:
    feed = feeds.read(table(ANA).decode().encode("cp1252"))
    assert feed.records[0].cell("last_name") == "Peña"
    assert "not UTF-8" in feed.warnings[0]


def test_headers_may_be_spelled_as_hospitals_spell_them() -> None:
    head = "MRN,Encounter ID,First Name,Last Name,Cell Phone,SMS consent,ZIP Code,Discharge Date"
    record = feeds.read(f"{head}\n{ANA}\n".encode()).records[0]
    assert [record.cell(name) != "" for name in REQUIRED] == [True] * len(REQUIRED)
    assert record.column("mobile") == "Cell Phone"


def test_a_columns_own_name_wins_over_an_alias() -> None:
    data = f"{HEAD},patient_id\n{ANA},4711\n".encode()
    feed = feeds.read(data)
    assert feed.records[0].cell("mrn") == "M1"
    assert feed.warnings == ("columns not read: patient_id",)


def test_two_columns_for_one_thing_are_refused() -> None:
    with pytest.raises(NotReadable, match="two columns of line 1 are mobile"):
        feeds.read(f"{HEAD},Mobile\n{ANA},1\n".encode())


def test_a_missing_column_is_named_once_for_the_whole_file() -> None:
    data = table(ANA).replace(b"mobile", b"fax")
    with pytest.raises(NotReadable, match="lacks the columns mobile"):
        feeds.read(data)


def test_a_file_needs_a_way_to_know_the_time_zone() -> None:
    with pytest.raises(NotReadable, match="zip or timezone"):
        feeds.read(table(ANA).replace(b"zip", b"county"))


def test_a_file_without_a_head_is_refused_without_quoting_it() -> None:
    with pytest.raises(NotReadable, match="names no column") as refusal:
        feeds.read(f"{ANA}\n{BEN}\n".encode())
    assert "Ana" not in str(refusal.value)


def test_a_line_with_a_comma_too_many_is_faulty_and_the_next_one_is_read() -> None:
    broken, sound = feeds.read(table(ANA.replace("Ana", "Ana, Maria"), BEN)).records
    assert broken.line == 2
    assert "9 cells where line 1 has 8" in broken.fault
    assert sound.cell("mrn") == "M2"
    assert not sound.fault


def test_a_short_line_is_faulty_because_its_cells_may_have_moved() -> None:
    assert "7 cells" in feeds.read(table(ANA.replace(",77002", ""))).records[0].fault


def test_empty_cells_at_the_end_of_a_line_are_a_spreadsheets_habit() -> None:
    assert not feeds.read(table(f"{ANA},,,")).records[0].fault


def test_a_quote_that_is_never_closed_costs_its_own_line_only() -> None:
    others = [BEN.replace("2", str(n)) for n in range(3, 40)]
    records = feeds.read(table(ANA.replace("Ana", '"Ana'), *others)).records
    assert "quotation mark" in records[0].fault
    assert [r.line for r in records if r.fault] == [2]
    assert len(records) == 38


def test_a_quoted_cell_may_hold_delimiters_quotes_and_line_ends() -> None:
    records = feeds.read(table(ANA.replace("Ana", '"Ana ""Nita"",\nMaria"'), BEN)).records
    assert records[0].cell("first_name") == 'Ana "Nita",\nMaria'
    assert [r.line for r in records] == [2, 4]


@unhurried
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8")))
def test_whatever_the_bytes_a_file_is_read_or_refused(junk: bytes) -> None:
    for data in (junk, table() + junk, table(ANA) + junk):
        try:
            records = feeds.read(data).records
        except NotReadable as refusal:
            assert str(refusal)
        else:
            assert all(record.fault or record.fields for record in records)


@unhurried
@given(st.lists(TYPED, min_size=8, max_size=8), st.sampled_from(",;\t|"))
def test_what_a_spreadsheet_writes_is_read_as_it_was(cells: list[str], delimiter: str) -> None:
    out = io.StringIO(newline="")
    rows = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    rows.writerows([HEAD.split(","), [f"x{cell}x" for cell in cells]])
    (record,) = feeds.read(out.getvalue().encode()).records
    assert list(record.fields.values()) == [f"x{cell}x" for cell in cells]


def test_control_characters_are_dropped_before_the_database_sees_them() -> None:
    assert feeds.read(table(ANA.replace("Ana", "A\x01na"))).records[0].cell("first_name") == "Ana"


def test_a_line_separator_within_a_name_does_not_break_the_line() -> None:
    record = feeds.read(table(ANA.replace("Ana", "Ana\u2028Maria"))).records[0]
    assert not record.fault


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "empty"),
        (b" \r\n ", "empty"),
        (b"PK\x03\x04rest", "a spreadsheet: save it as CSV"),
        (b"%PDF-1.7", "a PDF"),
        (b"\x00\x01\x02binary", "not a text file"),
        (b"MSH|^~\\&|EPIC|...", "HL7 v2, which is not read yet"),
        (b"\x0bMSH|^~\\&|EPIC|...", "HL7 v2, which is not read yet"),
        (b'\xef\xbb\xbf {"resourceType": "Bundle"}', "FHIR, which is not read yet"),
        (b'[{"mrn": 1}]', "JSON, but not FHIR"),
        (b"'", "names no column"),
    ],
)
def test_what_is_no_csv_is_refused_with_its_name(data: bytes, told: str) -> None:
    with pytest.raises(NotReadable, match=told):
        feeds.read(data)
