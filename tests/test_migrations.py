"""The tables change under a clinic's data, which stays."""

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from aftercare.db import ROOT, Database, psycopg_url
from aftercare.models import Base
from aftercare.postgres import Embedded


@pytest.fixture
def old(postgres: Embedded) -> Iterator[Database]:
    """A clinic that runs on the first tables, with somebody enrolled."""
    name = f"old_{uuid4().hex}"
    postgres.create(name)
    opened = Database(postgres.url(name))
    config = Config(str(ROOT / "alembic.ini"))
    config.set_main_option("sqlalchemy.url", opened.url.replace("%", "%%"))
    command.upgrade(config, "0001")
    with opened.begin() as session:
        session.execute(text(A_TEXT), {"id": uuid4()})
    yield opened
    opened.close()
    with psycopg.connect(psycopg_url(postgres.url("postgres")), autocommit=True) as server:
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


A_TEXT = """
INSERT INTO message (id, direction, phone_sealed, phone_hash, body_sealed, kind, state, at,
                     attempts, part, media)
VALUES (:id, 'in', 'sealed', 'hash', 'words', 'text', 'answered', now(), 0, 0, '[]')
"""


def test_the_newest_tables_keep_what_the_first_ones_held(old: Database) -> None:
    old.migrate()
    with old.begin() as session:
        kept = session.execute(text("SELECT body_sealed, state FROM message")).one()
        assert (bytes(kept[0]), kept[1]) == (b"words", "answered")
        assert session.scalar(text("SELECT count(*) FROM misreading")) == 0


def test_migrating_twice_changes_nothing(old: Database) -> None:
    old.migrate()
    present, newest = old.revision()
    old.migrate()
    assert old.revision() == (present, newest)
    assert present == newest


def test_the_migrations_make_the_tables_that_the_models_describe(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_name": lambda name, kind, _: not _of_the_engine(name, kind)},
        )
        assert compare_metadata(context, Base.metadata) == []


def _of_the_engine(name: str | None, kind: str) -> bool:
    return kind == "table" and str(name).startswith("procrastinate_")
