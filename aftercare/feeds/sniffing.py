"""Tells by its first characters what kind of feed a file is."""

from collections.abc import Callable

from aftercare.feeds import csv
from aftercare.feeds.feed import Feed, NotReadable

READERS: dict[str, Callable[[bytes], Feed]] = {"csv": csv.read}

# Recognized already, so that nobody reads a message as a table.
NOT_READ_YET = {"hl7v2": "HL7 v2", "fhir": "FHIR"}


def read(data: bytes) -> Feed:
    """The discharges in `data`. Raises NotReadable."""
    kind = kind_of(data)
    if kind in NOT_READ_YET:
        raise NotReadable(f"this is {NOT_READ_YET[kind]}, which is not read yet: export CSV")
    return READERS[kind](data)


def kind_of(data: bytes) -> str:
    """`csv`, `hl7v2` or `fhir`. Raises NotReadable for what is none of them."""
    if not data.strip():
        raise NotReadable("the file is empty")
    if name := next((name for sign, name in _OTHERS.items() if data.startswith(sign)), None):
        raise NotReadable(f"this is {name}: save it as CSV (UTF-8)")
    # MLLP wraps a message in \x0b … \x1c.
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip(b"\x0b \t\r\n")
    if start[:4] in {b"MSH|", b"FHS|", b"BHS|"}:
        return "hl7v2"
    if start[:1] in {b"{", b"["}:
        if b'"resourceType"' in start:
            return "fhir"
        raise NotReadable("this is JSON, but not FHIR: export CSV")
    if b"\0" in start and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise NotReadable("this is not a text file: save it as CSV (UTF-8)")
    return "csv"


_OTHERS = {b"PK\x03\x04": "a spreadsheet", b"\xd0\xcf\x11\xe0": "a spreadsheet", b"%PDF": "a PDF"}
