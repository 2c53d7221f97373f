"""The queue: whom to call first, and why."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel

from aftercare import audit
from aftercare.levels import Level
from aftercare.queue import Filter, Queue, queue
from aftercare.web.console import times
from aftercare.web.here import AtHome, Here

router = APIRouter(include_in_schema=False)


class Wanted(BaseModel):
    """The filters, as they stand in the address."""

    mine: bool = False
    level: Literal["", "emergency", "urgent", "routine"] = ""
    state: Literal["", "open", "acknowledged", "reached"] = ""

    def filter(self, here: Here) -> Filter:
        return Filter(
            assignee=here.visitor.staff.id if self.mine else None,
            level=Level(self.level) if self.level else None,
            state=self.state,
        )

    @property
    def query(self) -> dict[str, Any]:
        return self.model_dump(exclude_defaults=True)


class Refresh(Wanted):
    """The filters, and what the page shows already."""

    shown: str = ""
    version: str = ""


@router.get("/")
def queue_page(here: AtHome, wanted: Annotated[Wanted, Query()]) -> Response:
    with here.app.database.begin() as session:
        found = queue(session, here.now, wanted.filter(here))
        shown = [str(row.escalation.id) for row in found.rows]
        audit.record(
            session, here.now, here.visitor.actor, "queue.viewed", "queue", escalations=shown
        )
    return _page(here, "queue.html", found, wanted)


@router.get("/queue")
def queue_rows(here: AtHome, wanted: Annotated[Refresh, Query()]) -> Response:
    """The rows alone, for the page that refreshes itself."""
    with here.app.database.begin() as session:
        found = queue(session, here.now, wanted.filter(here))
        if found.version == wanted.version:
            return _unchanged(here)
        known = set(wanted.shown.split(","))
        new = [row for row in found.rows if str(row.escalation.ref) not in known]
        if new:
            audit.record(
                session,
                here.now,
                here.visitor.actor,
                "queue.viewed",
                "queue",
                escalations=[str(row.escalation.id) for row in new],
            )
    return _page(here, "queue_rows.html", found, wanted)


def _unchanged(here: Here) -> Response:
    """Nothing but the time: a ward's screens ask every few seconds, all day."""
    staff = here.visitor.staff
    time = times.clock_time(here.now, staff.team.zone, staff.locale)
    events = {"queue-unchanged": {"now": here.now.isoformat(), "time": time}}
    return Response(status_code=204, headers={"HX-Trigger": json.dumps(events)})


def _page(here: Here, template: str, found: Queue, wanted: Wanted) -> Response:
    return here.page(template, queue=found, wanted=wanted)
