"""Alembic's entry: the product's tables on the database of `sqlalchemy.url`."""

from alembic import context
from sqlalchemy import create_engine, pool

from aftercare.models import Base


def run() -> None:
    url = context.config.get_main_option("sqlalchemy.url")
    if not url:
        raise SystemExit("set sqlalchemy.url, or run `aftercare migrate`")
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            include_name=lambda name, kind, _: (
                kind != "table" or not str(name).startswith("procrastinate_")
            ),
        )
        with context.begin_transaction():
            # Two processes starting together must not migrate at once.
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(20260101)")
            context.run_migrations()
    engine.dispose()


run()
