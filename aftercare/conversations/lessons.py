"""Sends education modules: after a check-in, or because the patient asked."""

from sqlalchemy import select

from aftercare.conversations.ground import Ground, Reply
from aftercare.education import Module
from aftercare.escalations import Reason
from aftercare.levels import Level
from aftercare.models import CheckIn, EducationDelivery, Episode


def due_after(here: Ground, check_in: CheckIn) -> tuple[Reply, ...]:
    """The protocol's next module for this day, once per episode."""
    episode = check_in.episode
    given = here.session.scalars(
        select(EducationDelivery.module).where(EducationDelivery.episode_id == episode.id)
    ).all()
    module = here.clinic.education.for_check_in(episode.protocol, given, check_in.offset_days)
    return _send(here, episode, module) if module else ()


def asked_for(here: Ground) -> tuple[Reply, ...]:
    """The module the patient's words ask for; without one, a human helps."""
    module = here.clinic.education.asked_for(here.message.body or "", here.patient.locale)
    episode = here.session.scalar(
        select(Episode)
        .where(Episode.patient_id == here.patient.id)
        .order_by(Episode.discharged_at.desc())
        .limit(1)
    )
    if module is None or episode is None or not _may_send(here, module):
        here.flag([Reason("education_wanted", Level.ROUTINE, "need")])
        return (here.reply("education_none"),)
    return _send(here, episode, module)


def _may_send(here: Ground, module: Module) -> bool:
    return not here.clinic.policy.reviewed_only or module.cleared(here.patient.locale)


def _send(here: Ground, episode: Episode, module: Module) -> tuple[Reply, ...]:
    if not _may_send(here, module):
        return ()
    here.session.add(
        EducationDelivery(
            episode_id=episode.id,
            module=module.id,
            locale=module.page(here.patient.locale).locale,
            source_hash=module.source_hash,
            message_id=here.message.id,
            at=here.now,
        )
    )
    policy = here.clinic.policy
    parts = module.text(
        here.patient.locale,
        hospital=policy.hospital,
        nurse_line=policy.nurse_line or policy.emergency_number,
        number=policy.emergency_number,
    )
    return tuple(Reply(part, "education") for part in parts)
