"""Discharges in a table: CSV as spreadsheets and hospital systems write it."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

from aftercare.enrolment.record import FIELDS, REQUIRED, Record
from aftercare.feeds.feed import Feed, NotReadable

DELIMITERS = ",;\t|"
TALLEST = 20
"""Lines one record may take (an address in quotes); an unclosed quote would take the file."""

ALIASES = {
    "mrn": "medical_record_number patient_id patient_mrn pat_mrn_id",
    "encounter_id": "encounter visit_id visit_number csn pat_enc_csn_id account_number",
    "first_name": "given_name firstname pat_first_name",
    "last_name": "family_name lastname surname pat_last_name",
    "dob": "birth_date date_of_birth birthdate",
    "sex": "gender",
    "mobile": "mobile_phone cell cell_phone phone phone_number mobile_number",
    "consent_status": "consent sms_consent text_consent",
    "consent_at": "consent_date consent_time consent_datetime",
    "language": "preferred_language lang primary_language",
    "zip": "zip_code zipcode postal_code postcode",
    "timezone": "time_zone tz",
    "discharge_at": "discharge_datetime discharge_date discharge_time discharged_at",
    "disposition": "discharge_disposition disposition_code discharge_disp",
    "primary_dx": "primary_diagnosis principal_diagnosis diagnosis dx icd10 icd_10 dx_code",
    "procedure": "primary_procedure procedure_code",
    "facility": "hospital location ward",
    "attending": "attending_provider attending_physician",
    "case_manager_email": "case_manager",
    "caregiver_relationship": "caregiver_relation",
    "payer": "insurance insurance_type",
    "follow_up_at": "follow_up followup_at follow_up_date appointment_at next_appointment",
    "follow_up_place": "followup_place appointment_place",
    "deceased": "is_deceased death_indicator",
    "medications": "medication medicines meds discharge_medications",
    "daily_consent": "daily_question_consent",
}


def read(data: bytes) -> Feed:
    """Raises NotReadable when the first line does not name the columns that are needed."""
    text, warnings = _decoded(data)
    # Not str.splitlines: it also breaks at characters that may stand within a name.
    lines = list(io.StringIO(text, newline=""))
    first = next((at for at, line in enumerate(lines) if line.strip()), None)
    if first is None:
        raise NotReadable("the file is empty")
    delimiter = max(DELIMITERS, key=lambda one: len(_named(_cells(lines[first], one))))
    header = _cells(lines[first], delimiter)
    columns = _columns(header)
    records = list(_records(lines, first + 1, delimiter, header, columns))
    unread = [name for at, name in enumerate(header) if name.strip() and at not in columns]
    if unread:
        warnings.append(f"columns not read: {', '.join(unread)}")
    return Feed("csv", records, tuple(warnings))


def _decoded(data: bytes) -> tuple[str, list[str]]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace"), []
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        warning = "not UTF-8: read as Windows Latin; check the accents in names"
    try:
        return data.decode("cp1252"), [warning]
    except UnicodeDecodeError:
        return data.decode("latin-1"), [warning]


def _columns(header: list[str]) -> dict[int, str]:
    """The field of each column that is read. A column's own name wins over an alias."""
    columns: dict[int, str] = {}
    for name in FIELDS:
        places = [at for at, title in enumerate(header) if _named([title]) == [name.name]]
        own = [at for at in places if _plain(header[at]) == name.name]
        if len(own or places) > 1:
            raise NotReadable(f"two columns of line 1 are {name.name}: keep one")
        columns |= dict.fromkeys(own or places, name.name)
    if not columns:
        raise NotReadable(f"line 1 names no column: it needs {', '.join(REQUIRED)}")
    if missing := _missing(columns):
        raise NotReadable(f"line 1 lacks the columns {', '.join(missing)}: nothing was read")
    return columns


def _missing(columns: dict[int, str]) -> list[str]:
    there = set(columns.values())
    missing = [name for name in REQUIRED if name not in there]
    return missing if there & {"zip", "timezone"} else [*missing, "zip or timezone"]


def _records(
    lines: list[str], at: int, delimiter: str, header: list[str], columns: dict[int, str]
) -> Iterator[Record]:
    names = {field: header[place].strip() for place, field in columns.items()}
    while at < len(lines):
        cells, taken = _next(lines, at, delimiter)
        line = at + 1
        if cells is None or not _fits(cells, header):
            # The next record may begin on the very next line: none is lost in a broken one.
            taken = 1
            yield Record(line, columns=names, fault=_fault(cells, header))
        elif any(cell.strip() for cell in cells):
            fields = {field: cells[place] for place, field in columns.items()}
            yield Record(line, fields, names)
        at += taken


def _next(lines: list[str], at: int, delimiter: str) -> tuple[list[str] | None, int]:
    """The cells of the record that begins at line `at`, and how many lines it takes."""
    reader = csv.reader(islice(lines, at, at + TALLEST), delimiter=delimiter, strict=True)
    try:
        return next(reader, []), max(reader.line_num, 1)
    except csv.Error:
        return None, 1


def _fits(cells: list[str], header: list[str]) -> bool:
    # A blank line has no cells; spreadsheets add empty ones at the end.
    return not cells or (len(cells) >= len(header) and not any(cells[len(header) :]))


def _fault(cells: list[str] | None, header: list[str]) -> str:
    if cells is None:
        return 'has a quotation mark that is not closed, or not doubled within quotes: write ""'
    return f"has {len(cells)} cells where line 1 has {len(header)}: quote cells that hold a comma"


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error as error:
        raise NotReadable("line 1 cannot be read as a table's head") from error


def _named(titles: list[str]) -> list[str]:
    return [_FIELD_OF[name] for name in map(_plain, titles) if name in _FIELD_OF]


def _plain(title: str) -> str:
    return re.sub(r"[\W_]+", "_", title.strip().casefold()).strip("_")


_FIELD_OF = {field.name: field.name for field in FIELDS} | {
    alias: field for field, aliases in ALIASES.items() for alias in aliases.split()
}
