"""The patients: the list, the search, one patient's chart, and texts from strangers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from aftercare import audit
from aftercare.chart import Chart, chart
from aftercare.models import Escalation
from aftercare.patient_list import PAGE, patients, search, strangers
from aftercare.stranger import stranger
from aftercare.web.here import AtHome, Here, Posted

router = APIRouter(include_in_schema=False)


@router.get("/patients")
def patient_list(here: AtHome, page: int = 1, active: bool = True) -> Response:
    page = max(page, 1)
    with here.app.database.begin() as session:
        found = patients(session, page, active=active)
        _viewed(session, here, [row.patient.id for row in found.rows])
    return here.page("patients.html", found=found, page=page, active=active, per_page=PAGE)


@router.post("/patients/search")
def search_patients(here: Posted, words: Annotated[str, Form()] = "") -> Response:
    # By POST, so that no phone number stands in an address or a log.
    with here.app.database.begin() as session:
        found = search(session, words, here.app.settings.country)
        _viewed(session, here, found)
    if len(found) == 1:
        return RedirectResponse(f"/patients/{found[0]}", 303)
    with here.app.database.begin() as session:
        rows = patients(session, 1, active=False, only=found)
    return here.page("search.html", found=rows)


@router.get("/patients/{patient_id}")
def patient_page(here: AtHome, patient_id: UUID, before: int | None = None) -> Response:
    return show_patient(here, patient_id, before=before)


@router.get("/patients/{patient_id}/now")
def patient_now(here: AtHome, patient_id: UUID) -> Response:
    """What changes while one looks: the escalation's state and the conversation."""
    with here.app.database.begin() as session:
        found = _chart(session, patient_id)
    return here.page("patient_now.html", chart=found, before=None, **_forms())


@router.get("/escalations/{escalation_id}")
def escalation_page(here: AtHome, escalation_id: UUID) -> Response:
    """Where pages link to."""
    return show_escalation(here, escalation_id)


@router.get("/strangers")
def stranger_list(here: AtHome, before: int | None = None) -> Response:
    with here.app.database.begin() as session:
        texts, more_before = strangers(session, before)
        audit.record(session, here.now, here.visitor.actor, "strangers.viewed", "strangers")
    return here.page("strangers.html", texts=texts, more_before=more_before)


def show_escalation(here: Here, escalation_id: UUID, status: int = 200, **values: Any) -> Response:
    """The page an escalation is worked on: the patient's, or the unknown sender's."""
    with here.app.database.begin() as session:
        escalation = session.get(Escalation, escalation_id)
        if escalation is None:
            raise HTTPException(404)
        if escalation.patient_id is None:
            found = stranger(session, escalation)
            subject = f"escalation:{escalation.id}"
            audit.record(session, here.now, here.visitor.actor, "stranger.viewed", subject)
            return here.page("stranger.html", status, stranger=found, **_forms(**values))
    if status == 200:
        return RedirectResponse(f"/patients/{escalation.patient_id}", 303)
    return show_patient(here, escalation.patient_id, status, **values)


def show_patient(
    here: Here, patient_id: UUID, status: int = 200, before: int | None = None, **values: Any
) -> Response:
    with here.app.database.begin() as session:
        found = _chart(session, patient_id, before)
        subject = f"patient:{patient_id}"
        audit.record(session, here.now, here.visitor.actor, "patient.viewed", subject)
    return here.page(
        "patient.html",
        status,
        chart=found,
        before=before,
        **_forms(**values),
    )


def _forms(
    form: str = "",
    errors: Mapping[str, str] | None = None,
    entered: Mapping[str, str] | None = None,
    **others: Any,
) -> dict[str, Any]:
    """What was entered in `form` and refused: empty for every field nobody spoke of."""
    told = {"errors": defaultdict(str, errors or {}), "entered": defaultdict(str, entered or {})}
    return {"form": form, **told, **others}


def _chart(session: Session, patient_id: UUID, before: int | None = None) -> Chart:
    found = chart(session, patient_id, before)
    if found is None:
        raise HTTPException(404)
    return found


def _viewed(session: Session, here: Here, shown: list[UUID]) -> None:
    ids = [str(patient) for patient in shown]
    audit.record(session, here.now, here.visitor.actor, "patients.viewed", "patients", patients=ids)
