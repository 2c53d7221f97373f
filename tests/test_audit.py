"""The audit trail: appended with what it tells of, chained, and never changed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from aftercare import audit
from aftercare.db import Database
from aftercare.models import AuditEvent, Team
from tests.harness import Day

NOW = datetime(2026, 3, 10, 15, tzinfo=UTC)


def test_a_day_leaves_an_unbroken_chain(day: Day) -> None:
    ada = day.patient()
    ada.texts("my chest hurts").texts("STOP").texts("START")
    with day.app.database.begin() as session:
        assert audit.broken_link(session) is None
    assert actions(day.app.database) == [
        "escalation.opened",
        "patient.opted_out",
        "patient.opted_in",
    ]


def test_the_trail_names_ids_only(day: Day) -> None:
    ada = day.patient("Ada")
    ada.texts("my chest hurts").texts("STOP")
    with day.app.database.begin() as session:
        rows = session.execute(text("SELECT audit_event::text FROM audit_event")).scalars().all()
    written = "".join(rows)
    assert str(ada.id) in written
    assert not [told for told in ("Ada", "chest", ada.number, ada.number[2:]) if told in written]


def test_many_writers_make_one_chain(database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        for n in range(40):
            pool.submit(tell, database, f"thing.{n}")
    assert len(actions(database)) == 40
    with database.begin() as session:
        assert audit.broken_link(session) is None


def test_what_was_undone_is_not_told(database: Database) -> None:
    with pytest.raises(RuntimeError), database.begin() as session:
        audit.record(session, NOW, "system", "undone", "x:1")
        raise RuntimeError("undo it")
    with database.begin() as session:
        audit.record(session, NOW, "system", "kept", "x:1")
        with pytest.raises(RuntimeError), session.begin_nested():
            audit.record(session, NOW, "system", "half", "x:1")
            raise RuntimeError("undo half of it")
        with session.begin_nested():
            audit.record(session, NOW, "system", "also kept", "x:1")
    assert actions(database) == ["kept", "also kept"]


def test_who_writes_holds_nobody_up_until_the_end(database: Database) -> None:
    with database.begin() as slow:
        audit.record(slow, NOW, "system", "slow", "x:1")
        slow.add(Team(name="Slow", zone="UTC"))
        slow.flush()
        tell(database, "quick")
    assert actions(database) == ["quick", "slow"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_event SET action = 'nothing'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
    ],
)
def test_the_database_refuses_to_change_it(database: Database, change: str) -> None:
    tell(database, "done")
    with pytest.raises(DBAPIError, match="append-only"), database.begin() as session:
        session.execute(text(change))
    assert actions(database) == ["done"]


@pytest.mark.parametrize("column", ["action", "actor", "subject", "previous"])
def test_a_forged_event_is_found(database: Database, column: str) -> None:
    for action in ("one", "two", "three"):
        tell(database, action)
    with database.begin() as session:
        session.execute(text("ALTER TABLE audit_event DISABLE TRIGGER ALL"))
        session.execute(text(f"UPDATE audit_event SET {column} = 'forged' WHERE action = 'two'"))
    with database.begin() as session:
        second = session.scalars(select(AuditEvent.id).order_by(AuditEvent.id)).all()[1]
        assert audit.broken_link(session) == second


def test_a_removed_event_is_found(database: Database) -> None:
    for action in ("one", "two", "three"):
        tell(database, action)
    with database.begin() as session:
        session.execute(text("ALTER TABLE audit_event DISABLE TRIGGER ALL"))
        session.execute(text("DELETE FROM audit_event WHERE action = 'two'"))
    with database.begin() as session:
        assert audit.broken_link(session) is not None


def tell(database: Database, action: str) -> None:
    with database.begin() as session:
        audit.record(session, NOW, "system", action, "x:1", level="urgent")


def actions(database: Database) -> list[str]:
    with database.begin() as session:
        return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))
