"""The composition root: the one place where settings become clients."""

from dataclasses import dataclass

import httpx

from aftercare import crypto, settings
from aftercare.clinic import Clinic, Policy
from aftercare.clock import Clock, ShiftedClock, SystemClock
from aftercare.conversations import Conversations, Talk
from aftercare.db import Database
from aftercare.dialogue import Rasa
from aftercare.education import EducationLibrary
from aftercare.escalations import Pager
from aftercare.i18n import SOURCE, Phrasebook
from aftercare.inbound import undeliverable
from aftercare.messages import Messages
from aftercare.notify import ApprisePager
from aftercare.outbound import Carrier, Delivery
from aftercare.protocols.library import ProtocolLibrary
from aftercare.settings import ROOT, Settings
from aftercare.sms import Twilio
from aftercare.triage import Reader
from aftercare.turns import Dialogue


@dataclass(frozen=True)
class App:
    """The running product: what every edge is given."""

    settings: Settings
    clock: Clock
    database: Database
    clinic: Clinic
    twilio: Twilio | None
    dialogue: Dialogue
    pager: Pager

    @property
    def conversations(self) -> Conversations:
        return Conversations(self.database, self.clinic, self.clock)

    @property
    def talk(self) -> Talk:
        return Talk(self.database, self.clinic, self.clock, self.dialogue)

    def delivery(self, carrier: Carrier | None = None) -> Delivery:
        """The sender. Raises RuntimeError when no carrier is configured."""
        carrier = carrier or self.twilio
        if carrier is None:
            raise RuntimeError("TWILIO_MESSAGING_SERVICE_SID or TWILIO_FROM is missing")
        public = self.settings.public_url.rstrip("/")
        return Delivery(
            database=self.database,
            clinic=self.clinic,
            clock=self.clock,
            carrier=carrier,
            sender=self.settings.twilio_messaging_service_sid or self.settings.twilio_from,
            status_callback=f"{public}/webhooks/status" if public else None,
            tell=lambda session, now, message: undeliverable(session, self.clinic, now, message),
        )


def build(chosen: Settings | None = None) -> App:
    """The product that the settings describe. Raises SystemExit naming what is missing."""
    chosen = chosen or settings.load()
    crypto.use(crypto.key_ring(chosen))
    return App(
        settings=chosen,
        clock=ShiftedClock(chosen.clock) if chosen.clock else SystemClock(),
        database=Database(_database_url(chosen)),
        clinic=clinic(chosen),
        twilio=_twilio(chosen),
        dialogue=_rasa(chosen),
        pager=ApprisePager(chosen.console_url, _addresses(chosen)),
    )


def clinic(chosen: Settings) -> Clinic:
    """Content and policy, read once."""
    content = ROOT / "content"
    phrasebook = Phrasebook.load(ROOT)
    numbers = {"number": chosen.emergency_number, "crisis_number": chosen.crisis_number}
    messages = Messages.load(content, phrasebook, numbers)
    if chosen.env == "production":
        _refuse_unapproved(messages)
    return Clinic(
        messages=messages,
        reader=Reader.load(content),
        protocols=ProtocolLibrary.load(content),
        education=EducationLibrary.load(content, phrasebook, numbers),
        phrasebook=phrasebook,
        policy=_policy(chosen),
    )


def _policy(chosen: Settings) -> Policy:
    return Policy(
        hospital=chosen.hospital,
        nurse_line=chosen.nurse_line,
        emergency_number=chosen.emergency_number,
        crisis_number=chosen.crisis_number,
        country=chosen.country,
        quiet_from=chosen.quiet_from,
        quiet_until=chosen.quiet_until,
        daily_cap=chosen.daily_cap,
        segments_per_second=chosen.segments_per_second,
        optout_by_carrier=chosen.optout_by_carrier,
        reviewed_only=chosen.env == "production",
    )


def _refuse_unapproved(messages: Messages) -> None:
    unread = [id for id in sorted(messages.ids) if not messages.cleared(id, SOURCE)]
    if unread:
        raise SystemExit(
            "Aftercare cannot start in production: no clinician has approved the English of\n  "
            + ", ".join(unread)
            + "\nSee docs/how-to-add-a-language.md, “Approving texts”."
        )


def _database_url(chosen: Settings) -> str:
    if chosen.database_url:
        return chosen.database_url.replace("postgresql://", "postgresql+psycopg://", 1)
    raise SystemExit(
        "DATABASE_URL is empty: `aftercare up` starts the embedded PostgreSQL and names it"
    )


def _twilio(chosen: Settings) -> Twilio | None:
    if not (chosen.twilio_messaging_service_sid or chosen.twilio_from):
        return None
    return Twilio(
        chosen.twilio_account_sid,
        chosen.twilio_auth_token.get_secret_value(),
        messaging_service_sid=chosen.twilio_messaging_service_sid or None,
        from_number=chosen.twilio_from or None,
        api_base=chosen.twilio_api_base or None,
    )


def _rasa(chosen: Settings) -> Rasa:
    timeout = httpx.Timeout(chosen.rasa_timeout, connect=2)
    client = httpx.Client(base_url=chosen.rasa_url, timeout=timeout)
    return Rasa(client, chosen.rasa_token.get_secret_value())


def _addresses(chosen: Settings) -> tuple[str, ...]:
    urls = chosen.page_urls.get_secret_value().split(",")
    return tuple(url.strip() for url in urls if url.strip())
