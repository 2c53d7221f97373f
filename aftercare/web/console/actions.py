"""What a case manager does about an escalation."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from aftercare import escalations, segments
from aftercare.escalations import CannotClose, Closing, Conflict
from aftercare.models import Escalation
from aftercare.web.console.patient_pages import show_escalation
from aftercare.web.here import Here, Posted

router = APIRouter(include_in_schema=False)

type Deed = Callable[[Session, Escalation], object]


@router.post("/escalations/{escalation_id}/acknowledge")
def acknowledge(here: Posted, escalation_id: UUID, back: Annotated[str, Form()] = "") -> Response:
    return _do(
        here,
        escalation_id,
        lambda session, row: escalations.acknowledge(session, here.now, here.visitor.staff, row),
        back=back,
    )


@router.post("/escalations/{escalation_id}/attempt")
def attempt(
    here: Posted,
    escalation_id: UUID,
    contact: Annotated[str, Form()] = "voice",
    words: Annotated[str, Form()] = "",
) -> Response:
    return _do(
        here,
        escalation_id,
        lambda session, row: escalations.attempt(
            session, here.now, here.visitor.staff, row, contact, words.strip()
        ),
    )


@router.post("/escalations/{escalation_id}/reached")
def reached(
    here: Posted, escalation_id: UUID, contact: Annotated[str, Form()] = "voice"
) -> Response:
    return _do(
        here,
        escalation_id,
        lambda session, row: escalations.reached(
            session, here.now, here.visitor.staff, row, contact
        ),
    )


@router.post("/escalations/{escalation_id}/reply")
def reply(here: Posted, escalation_id: UUID, words: Annotated[str, Form()] = "") -> Response:
    return _do(
        here,
        escalation_id,
        lambda session, row: escalations.reply(
            session, here.app.clinic, here.now, here.visitor.staff, row, words
        ),
        form="reply",
        entered={"words": words},
    )


@router.post("/escalations/{escalation_id}/note")
def note(here: Posted, escalation_id: UUID, words: Annotated[str, Form()] = "") -> Response:
    return _do(
        here,
        escalation_id,
        lambda session, row: escalations.note(session, here.now, here.visitor.staff, row, words),
        form="note",
        entered={"words": words},
    )


class ClosingForm(BaseModel):
    """The form as it was sent: an empty field is a missing answer, not a refusal of the form."""

    outcome: str = ""
    contact: str = ""
    action: str = ""
    patient_confirmed: str = ""
    follow_up_on: str = ""
    actionable: str = ""
    note: str = ""

    def closing(self) -> Closing:
        """Raises CannotClose for a date that is none."""
        return Closing(
            outcome=self.outcome,
            contact=self.contact,
            action=self.action,
            patient_confirmed=_yes_no(self.patient_confirmed),
            follow_up_on=_date(self.follow_up_on),
            actionable=_yes_no(self.actionable),
            note=self.note,
        )


@router.post("/escalations/{escalation_id}/close")
def close(here: Posted, escalation_id: UUID, form: Annotated[ClosingForm, Form()]) -> Response:
    return _do(
        here,
        escalation_id,
        lambda session, row: escalations.close(
            session, here.now, here.visitor.staff, row, form.closing()
        ),
        form="close",
        entered=form.model_dump(),
    )


@router.post("/escalations/{escalation_id}/segments")
def count_segments(here: Posted, words: Annotated[str, Form()] = "") -> Response:
    """How long the reply is as the carrier counts it."""
    hospital = here.app.clinic.messages.say("staff_reply", "en", text=words.strip())
    return here.page("segments.html", count=asdict(segments.count(hospital if words else "")))


def _do(
    here: Here,
    escalation_id: UUID,
    deed: Deed,
    *,
    back: str = "",
    form: str = "",
    entered: dict[str, Any] | None = None,
) -> Response:
    """Do it, and show the page again; what was refused is said where it was entered."""
    given = {"form": form, "entered": entered or {}}
    try:
        with here.app.database.begin() as session:
            row = session.get(Escalation, escalation_id)
            if row is None:
                raise HTTPException(404)
            deed(session, row)
    except Conflict as conflict:
        if back == "queue" and here.by_htmx:
            return _refresh(conflict.by)
        return show_escalation(here, escalation_id, 409, notice=conflict.by, **given)
    except CannotClose as refused:
        return show_escalation(here, escalation_id, 422, errors=refused.reasons, **given)
    except ValueError as refused:
        return show_escalation(here, escalation_id, 422, errors={"words": str(refused)}, **given)
    if back == "queue":
        return _refresh() if here.by_htmx else RedirectResponse("/", 303)
    return RedirectResponse(f"/escalations/{escalation_id}", 303)


def _refresh(by: str | None = None) -> Response:
    """Let the queue fetch its rows again, and say who was first."""
    events = {"queue-changed": {"by": by}}
    return Response(status_code=204, headers={"HX-Trigger": json.dumps(events)})


def _yes_no(word: str) -> bool | None:
    return {"yes": True, "no": False}.get(word)


def _date(words: str) -> date | None:
    if not words:
        return None
    try:
        return date.fromisoformat(words)
    except ValueError as error:
        raise CannotClose({"follow_up_on": "write the date like 2026-12-01"}) from error
