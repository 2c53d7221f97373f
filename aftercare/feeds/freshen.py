"""Moves a table's dates, so that invented discharges of long ago are yesterday's."""

import csv
import io
from datetime import datetime, time, timedelta
from pathlib import Path

from aftercare.calendars import local

DATES = ("discharge_at", "follow_up_at", "consent_at")


def fresh(file: Path, now: datetime, zone: str = "America/New_York") -> str:
    """The table in `file` with its dates moved by whole days: the newest discharge is
    yesterday in `zone`, and every time of day stays as it was written."""
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"), newline="")))
    newest = max(datetime.fromisoformat(row["discharge_at"]).date() for row in rows)
    ahead = local(now, zone).date() - timedelta(days=1) - newest
    out = io.StringIO(newline="")
    table = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    table.writeheader()
    table.writerows(
        row | {name: _moved(row.get(name, ""), ahead) for name in DATES} for row in rows
    )
    return out.getvalue()


def _moved(cell: str, ahead: timedelta) -> str:
    if not cell:
        return ""
    moved = datetime.fromisoformat(cell) + ahead
    form = "%Y-%m-%d" if moved.time() == time() else "%Y-%m-%d %H:%M"
    return moved.strftime(form)
