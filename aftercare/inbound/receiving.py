"""Stores a text once, by the carrier's id of it, and nothing else."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from aftercare import jobs
from aftercare.crypto import ring
from aftercare.models import Message


@dataclass(frozen=True)
class Arrived:
    """A text as the carrier hands it over. `media` holds content types."""

    sid: str
    sender: str
    body: str
    media: tuple[str, ...] = ()
    opt_out_type: str = ""
    """`STOP`, `START` or `HELP` when Advanced Opt-Out has answered it already."""


def receive(session: Session, now: datetime, arrived: Arrived) -> bool:
    """Store the text and make its screening due. False when it was stored before.

    The carrier may deliver a webhook twice, and reconciling finds texts again: the
    message's own id decides.
    """
    message = Message(
        direction="in",
        sid=arrived.sid,
        kind="text",
        state="received",
        at=now,
        phone_hash=ring().fingerprint(arrived.sender),
        media=list(arrived.media),
    )
    message.phone, message.body = arrived.sender, arrived.body
    stored = session.execute(
        insert(Message)
        .values(**_columns(message), turn_sealed=None, attempts=0, part=0)
        .on_conflict_do_nothing(index_elements=["sid"])
        .returning(Message.id)
    ).scalar()
    if stored is None:
        return False
    jobs.enqueue(session, jobs.SCREEN, message=str(stored), opt_out_type=arrived.opt_out_type)
    return True


def _columns(message: Message) -> dict[str, object]:
    names = ("id", "direction", "sid", "kind", "state", "at", "phone_hash", "media",
             "phone_sealed", "body_sealed")  # fmt: skip
    return {name: getattr(message, name) for name in names}
