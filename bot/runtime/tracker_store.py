"""Rasa's memory in PostgreSQL: waits for a database that is slow to appear."""

import logging
import time
from typing import Any

from rasa.core.tracker_store import SQLTrackerStore, create_engine_kwargs
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import sessionmaker

log = logging.getLogger(__name__)
RETRY_SECONDS = 1.0


class PatientTrackerStore(SQLTrackerStore):
    """Rasa's SQL store, with two differences.

    Rasa's own goes on without its tables when the database is not there yet, and keeps
    handing out connections that died with a restarted server. This one waits, and looks
    whether a connection lives before using it.
    """

    def __init__(self, host: str, **kwargs: Any) -> None:
        _wait_for(host)
        super().__init__(host=host, **kwargs)
        self.engine.dispose()
        self.engine = create_engine(host, pool_pre_ping=True, **create_engine_kwargs(host))
        self.sessionmaker = sessionmaker(bind=self.engine)


def _wait_for(url: str) -> None:
    engine = create_engine(url)
    told = False
    while True:
        try:
            engine.connect().close()
            break
        except OperationalError:
            if not told:
                log.warning("Waiting for the tracker store's database.")
                told = True
            time.sleep(RETRY_SECONDS)
    engine.dispose()
