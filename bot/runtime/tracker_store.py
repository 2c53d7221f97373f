"""Rasa's memory in PostgreSQL: no longer than a question waits."""

import itertools
import logging
import time
from typing import Any

from rasa.core.tracker_store import SQLTrackerStore, create_engine_kwargs
from rasa.shared.core.events import SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import sessionmaker

log = logging.getLogger(__name__)
RETRY_SECONDS = 1.0


class PatientTrackerStore(SQLTrackerStore):
    """Rasa's SQL store, with three differences.

    It waits for the database, where Rasa's own goes on without its tables. It looks whether
    a connection lives before using it, so that a restart of the database costs nothing.
    And it forgets: what was said is kept, encrypted, by the product; Rasa needs a
    conversation's events only while a question waits for its answer.
    """

    def __init__(self, host: str, **kwargs: Any) -> None:
        _wait_for(host)
        super().__init__(host=host, **kwargs)
        self.engine.dispose()
        self.engine = create_engine(host, pool_pre_ping=True, **create_engine_kwargs(host))
        self.sessionmaker = sessionmaker(bind=self.engine)

    async def save(self, tracker: DialogueStateTracker) -> None:
        if tracker.active_loop_name is None:
            self._forget(tracker.sender_id)
            return
        await super().save(tracker)
        if _began_anew(tracker):
            self._forget_before_last_session(tracker.sender_id)

    def _forget(self, sender_id: str) -> None:
        with self.session_scope() as session:
            session.query(self.SQLEvent).filter_by(sender_id=sender_id).delete()
            session.commit()

    def _forget_before_last_session(self, sender_id: str) -> None:
        with self.session_scope() as session:
            mine = session.query(self.SQLEvent).filter_by(sender_id=sender_id)
            sessions = mine.filter_by(type_name=SessionStarted.type_name)
            began = sessions.order_by(self.SQLEvent.id.desc()).first()
            mine.filter(self.SQLEvent.id < began.id).delete()
            session.commit()


def _began_anew(tracker: DialogueStateTracker) -> bool:
    """Did a session start in this turn? One that was loaded is the first event."""
    later = itertools.islice(tracker.events, 1, None)
    return any(isinstance(event, SessionStarted) for event in later)


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
