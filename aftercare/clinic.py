"""What every use needs to know and nobody changes while running: content and policy."""

from dataclasses import dataclass
from datetime import time, timedelta

from aftercare.education import EducationLibrary
from aftercare.i18n import SOURCE, Phrasebook
from aftercare.messages import Messages
from aftercare.protocols.library import ProtocolLibrary
from aftercare.triage import Reader


@dataclass(frozen=True)
class Policy:
    """The hospital's own decisions; each is a setting or a default with its source."""

    hospital: str = "Aftercare"
    nurse_line: str = ""
    emergency_number: str = "911"
    crisis_number: str = "988"
    country: str = "US"
    quiet_from: time = time(20)
    quiet_until: time = time(9)
    daily_cap: int = 30
    segments_per_second: float = 10.0
    optout_by_carrier: bool = True
    reviewed_only: bool = False
    """True in production: critical text that nobody reviewed is not sent."""

    # docs/operations.md, "Clocks": defaults of the levels table, to be signed off locally.
    acknowledge_within: timedelta = timedelta(minutes=5)
    supervisor_after: timedelta = timedelta(minutes=10)
    call_within: timedelta = timedelta(hours=2)
    unread_after: timedelta = timedelta(minutes=2)
    reminder_after: timedelta = timedelta(hours=4)
    silent_after: timedelta = timedelta(hours=8)


@dataclass(frozen=True)
class Clinic:
    messages: Messages
    reader: Reader
    protocols: ProtocolLibrary
    education: EducationLibrary
    phrasebook: Phrasebook
    policy: Policy

    def say(self, id: str, locale: str, **values: object) -> str:
        """The fixed text `id` for a patient, with the hospital's own name and numbers.

        In production, critical text nobody approved in that language is said in approved
        English instead; doctor and start-up refuse a production without approved English.
        """
        if self.policy.reviewed_only and not self.messages.cleared(id, locale):
            locale = SOURCE
        policy = self.policy
        return self.messages.say(
            id,
            locale,
            **{
                "hospital": policy.hospital,
                "nurse_line": policy.nurse_line or policy.emergency_number,
                "number": policy.emergency_number,
                "crisis_number": policy.crisis_number,
            }
            | values,
        )
