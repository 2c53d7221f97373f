"""Exports episodes one by one; each is in the audit trail before it is handed out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from aftercare import audit
from aftercare.clinic import Clinic
from aftercare.clock import Clock
from aftercare.db import Database
from aftercare.fhir.bundle import bundle_of
from aftercare.fhir.elements import Resource
from aftercare.fhir.reading import record_of


@dataclass(frozen=True)
class Exported:
    """One episode's Bundle."""

    episode: UUID
    bundle: Resource


def export(
    database: Database,
    clinic: Clinic,
    clock: Clock,
    episodes: Sequence[UUID],
    actor: str,
    *,
    words: bool = False,
) -> Iterator[Exported]:
    """The Bundles of `episodes`, in that order; one at a time, however many there are."""
    for id in episodes:
        patient, bundle = _bundle(database, clinic, id, words=words)
        with database.begin() as session:
            subject = f"patient:{patient}"
            audit.record(
                session, clock.now(), actor, "patient.exported", subject,
                episode=str(id), form="fhir", words=words,
            )  # fmt: skip
        yield Exported(id, bundle)


def _bundle(database: Database, clinic: Clinic, id: UUID, *, words: bool) -> tuple[UUID, Resource]:
    with database.begin() as session:
        # One view of all tables: a text must not be there without what it caused.
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        record = record_of(session, clinic, id, words=words)
        return record.patient.id, bundle_of(record)
