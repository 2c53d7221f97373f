"""Everything of one episode that the export maps, as rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import NAMESPACE_OID, UUID, uuid5

from aftercare.fhir.elements import OURS, Element, derived, identifier, ref
from aftercare.models import (
    Caregiver,
    CheckIn,
    Consent,
    Episode,
    Escalation,
    Message,
    Need,
    Patient,
)
from aftercare.protocols import Protocol

SOFTWARE = uuid5(NAMESPACE_OID, OURS)
"""The Device that sends and records: the same everywhere."""


@dataclass(frozen=True)
class Record:
    """One episode's rows, in the order they happened, and what they are read with."""

    hospital: str
    patient: Patient
    episode: Episode
    caregivers: Sequence[Caregiver]
    consents: Sequence[Consent]
    check_ins: Sequence[CheckIn]
    messages: Sequence[Message]
    escalations: Sequence[Escalation]
    needs: Sequence[Need]
    protocol: Protocol | None
    """None when the shelf no longer has it in the version the patient was asked from."""
    words: bool = False
    """Whether what people wrote goes along: without need it does not (minimum necessary)."""

    @cached_property
    def texts(self) -> dict[UUID, Message]:
        return {message.id: message for message in self.messages}

    def text(self, id: UUID | None) -> Element | None:
        """A reference to a text, if this Bundle holds it."""
        return ref("Communication", id) if id in self.texts else None

    @property
    def patient_ref(self) -> Element:
        return ref("Patient", self.patient.id)

    @property
    def software_ref(self) -> Element:
        return ref("Device", SOFTWARE)

    @property
    def hospital_id(self) -> UUID:
        return derived(SOFTWARE, f"Organization:{self.hospital}")

    @property
    def hospital_ref(self) -> Element:
        return ref("Organization", self.hospital_id)

    @property
    def plan_ref(self) -> Element:
        return ref("CarePlan", self.episode.id)

    @property
    def encounter(self) -> Element:
        """The hospital's own encounter: we were told its number, and have no more of it."""
        return {
            "type": "Encounter",
            "identifier": identifier("encounter", self.episode.encounter),
        }

    def person(self, message: Message) -> Element:
        """Who is at the other end of a text: the patient, or a caregiver."""
        if message.caregiver_id is None and message.phone_hash == self.patient.phone_hash:
            return self.patient_ref
        for caregiver in self.caregivers:
            if message.caregiver_id == caregiver.id or message.phone_hash == caregiver.phone_hash:
                return ref("RelatedPerson", caregiver.id)
        return self.patient_ref
