"""Seals what older keys sealed again with the current one."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from aftercare.crypto import Sealed, ring
from aftercare.db import Database
from aftercare.models import Base

BATCH = 200


def waiting(database: Database) -> int:
    """How many values are still sealed with an older key."""
    with database.begin() as session:
        return sum(_count(session, model, column) for model, column, _ in _sealed_columns())


def rotate(database: Database) -> Iterator[int]:
    """Seal them again, a batch a transaction; gives how many each batch took.

    Safe to stop and to run again, and while the product runs with the same keys.
    Raises UnknownKey when an older key is not among AFTERCARE_KEYS any more.
    """
    for model, column, name in _sealed_columns():
        while taken := _batch(database, model, column, name):
            yield taken


def _batch(
    database: Database, model: type[Base], column: InstrumentedAttribute[bytes], name: str
) -> int:
    with database.begin() as session:
        rows = session.scalars(
            select(model).where(_older(column)).limit(BATCH).with_for_update(skip_locked=True)
        ).all()
        for row in rows:
            setattr(row, name, getattr(row, name))
        return len(rows)


def _count(session: Session, model: type[Base], column: InstrumentedAttribute[bytes]) -> int:
    found = session.scalar(select(func.count()).select_from(model).where(_older(column)))
    return found or 0


def _older(column: InstrumentedAttribute[bytes]):  # type: ignore[no-untyped-def]
    mark = f"{ring().current}:".encode()
    return func.substring(column, 1, len(mark)) != mark


def _sealed_columns() -> Iterator[tuple[type[Base], InstrumentedAttribute[bytes], str]]:
    for mapper in Base.registry.mappers:
        for name, attribute in vars(mapper.class_).items():
            if isinstance(attribute, Sealed):
                yield mapper.class_, getattr(mapper.class_, f"{name}_sealed"), name
