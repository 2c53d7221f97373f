"""Marking a text as read wrong, and taking it back."""

from __future__ import annotations

import re
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from aftercare import misreadings
from aftercare.escalations import Conflict
from aftercare.levels import Level
from aftercare.models import Message
from aftercare.web.console.patient_pages import show_patient
from aftercare.web.here import Posted

router = APIRouter(include_in_schema=False)

Place = Annotated[str, Form()]
Before = Annotated[int | None, Form()]
"""Where on the page the click was, so that it is shown again there."""


@router.post("/messages/{message_id}/misread")
def mark(
    here: Posted,
    message_id: UUID,
    level: Annotated[Level | None, Form()] = None,
    place: Place = "",
    before: Before = None,
) -> Response:
    try:
        with here.app.database.begin() as session:
            patient = _patient(session, message_id)
            misreadings.mark(session, here.now, here.visitor.staff, message_id, level)
    except Conflict as conflict:
        return show_patient(here, patient, 409, before, notice=conflict.by)
    return _back(patient, place, before)


@router.post("/messages/{message_id}/misread/undo")
def undo(here: Posted, message_id: UUID, place: Place = "", before: Before = None) -> Response:
    with here.app.database.begin() as session:
        patient = _patient(session, message_id)
        misreadings.unmark(session, here.now, here.visitor.staff, message_id)
    return _back(patient, place, before)


def _patient(session: Session, message_id: UUID) -> UUID:
    """Whose words they are; only a patient's can be read wrong here."""
    message = session.get(Message, message_id)
    if message is None or message.direction != "in" or message.patient_id is None:
        raise HTTPException(404)
    return message.patient_id


def _back(patient: UUID, place: str, before: int | None) -> Response:
    query = f"?before={before}" if before is not None else ""
    anchor = f"#{place}" if re.fullmatch(r"(m|why)-[0-9a-f-]{36}", place) else ""
    return RedirectResponse(f"/patients/{patient}{query}{anchor}", 303)
