"""The queue: whom to call first, and why."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel

from aftercare import audit
from aftercare.levels import Level
from aftercare.queue import Filter, Queue, queue
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
def queue_rows(here: AtHome, wanted: Annotated[Wanted, Query()], shown: str = "") -> Response:
    """The rows alone, for the page that refreshes itself; `shown` is what it shows already."""
    with here.app.database.begin() as session:
        found = queue(session, here.now, wanted.filter(here))
        known = set(shown.split(","))
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


def _page(here: Here, template: str, found: Queue, wanted: Wanted) -> Response:
    return here.page(template, queue=found, wanted=wanted)
