"""Keeps what stands in a patient's way: one row for each need while its item is open."""

from collections.abc import Collection

from sqlalchemy import exists, select

from aftercare.conversations.ground import Ground
from aftercare.models import Escalation, Need
from aftercare.needs import code_of


def known(here: Ground, need: str) -> bool:
    """Whether a case manager has this need of the patient's on an open item."""
    return bool(
        here.session.scalar(
            select(
                exists().where(
                    Need.patient_id == here.patient.id,
                    Need.kind == need,
                    Need.escalation_id == Escalation.id,
                    Escalation.closed_at.is_(None),
                )
            )
        )
    )


def note(here: Ground, needs: Collection[str], escalation: Escalation) -> None:
    here.session.add_all(
        Need(
            patient_id=here.patient.id,
            kind=need,
            code=code_of(need),
            message_id=here.message.id,
            escalation_id=escalation.id,
            at=here.now,
        )
        for need in needs
    )


def told(needs: Collection[str]) -> str:
    """The id of the text that answers them."""
    return "ride_noted" if "transport" in needs else "need_noted"
