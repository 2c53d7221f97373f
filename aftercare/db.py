"""The database: one engine, one session per unit of work, migrations."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session, sessionmaker

ROOT = Path(__file__).resolve().parent.parent


class Database:
    """Opens transactions on one PostgreSQL database (`postgresql+psycopg://…`)."""

    def __init__(self, url: str, pool_size: int = 10) -> None:
        self.url = url
        # An error must not quote what a patient wrote.
        self.engine: Engine = create_engine(
            url, pool_size=pool_size, max_overflow=10, pool_pre_ping=True, hide_parameters=True
        )
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back by an exception."""
        with self._sessions.begin() as session:
            yield session

    def migrate(self) -> None:
        """Bring the schema to the newest revision."""
        command.upgrade(self._alembic(), "head")

    def revision(self) -> tuple[str | None, str | None]:
        """The database's schema revision and the newest one there is."""
        with self.engine.connect() as connection:
            present = MigrationContext.configure(connection).get_current_revision()
        return present, ScriptDirectory.from_config(self._alembic()).get_current_head()

    def close(self) -> None:
        self.engine.dispose()

    def _alembic(self) -> Config:
        config = Config(str(ROOT / "alembic.ini"))
        config.set_main_option("sqlalchemy.url", self.url.replace("%", "%%"))
        return config


def psycopg_url(url: str) -> str:
    """The same address for psycopg itself, which does not know SQLAlchemy's `+psycopg`."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)
