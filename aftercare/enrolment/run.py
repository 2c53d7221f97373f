"""Takes a whole feed, one record at a time."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from aftercare.clinic import Clinic
from aftercare.clock import Clock
from aftercare.db import Database
from aftercare.enrolment.discharge import Identity, identify
from aftercare.enrolment.enrolling import enrol
from aftercare.enrolment.outcome import Outcome, Refused
from aftercare.enrolment.record import Record


def enrol_all(
    database: Database,
    clinic: Clinic,
    clock: Clock,
    records: Iterable[Record],
    feed: str,
    *,
    dry_run: bool = False,
) -> Iterator[Outcome]:
    """Enrol every record that can be, and tell what became of each.

    Each has a transaction of its own: the audit chain is locked until one ends, and a red
    flag must not wait for the end of a long file. Raises NobodyHere.
    """
    tried: dict[Identity, Record] = {}
    for record in records:
        with database.begin() as session:
            outcome = enrol(session, clinic, clock.now(), record, feed)
            if dry_run:
                session.rollback()
                outcome = _as_if_kept(tried, record, outcome)
        yield outcome


def _as_if_kept(tried: dict[Identity, Record], record: Record, outcome: Outcome) -> Outcome:
    """In a trial nothing stays, so a line that comes twice has to be recognized here."""
    if outcome.status != "enrolled":
        return outcome
    try:
        identity = identify(record)
    except Refused:
        return outcome
    before = tried.setdefault(identity, record)
    if before is record:
        return outcome
    same = before.fields == record.fields
    return replace(outcome, status="unchanged" if same else "updated")
