"""Jobs enqueued in the transaction that makes them due."""

from functools import cache
from typing import Any

from procrastinate import App, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from sqlalchemy.orm import Session

SCREEN = "screen"
TALK = "talk"
SEND = "send"
START_CHECK_IN = "start_check_in"
PAGE = "page"

QUEUES = {SCREEN: "now", PAGE: "now", SEND: "out", TALK: "talk", START_CHECK_IN: "talk"}
"""Screening and paging have workers of their own: a slow Rasa or carrier must not hold them up."""


def enqueue(session: Session, task: str, lock: str | None = None, **arguments: Any) -> bool:
    """Make the job part of the session's transaction.

    Jobs with the same `lock` run one after the other, and at most one of them waits:
    False when one is waiting already.
    """
    session.flush()
    connection = session.connection()
    try:
        # A savepoint, because the refusal of a second waiting job would spoil the transaction;
        # the connection's own, because the session's is only opened by its next statement.
        with connection.begin_nested():
            _engine().configure_task(
                task,
                queue=QUEUES[task],
                lock=lock,
                queueing_lock=lock,
                connection=connection.connection.driver_connection,
                allow_unknown=True,
            ).defer(**arguments)
    except AlreadyEnqueued:
        return False
    return True


@cache
def _engine() -> App:
    return App(connector=SyncPsycopgConnector())
