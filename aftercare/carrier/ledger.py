"""Every text the stand-in carried, and whose phone is whose."""

import asyncio
import itertools
import secrets
from dataclasses import dataclass, field
from datetime import datetime

from aftercare import segments


@dataclass(frozen=True)
class Media:
    """A picture on a text."""

    sid: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Posted:
    """One webhook we posted: its address's answer, or why there is none."""

    about: str
    answer: int | None
    trouble: str | None = None


@dataclass
class Text:
    """One text in either direction."""

    sid: str
    direction: str
    sender: str
    to: str
    body: str
    status: str
    created: datetime
    updated: datetime
    nth: int
    """Counts texts, since two can be made in the same second."""
    sent: datetime | None = None
    service: str | None = None
    media: tuple[Media, ...] = ()
    callback: str | None = None
    error_code: int | None = None
    fails_with: int | None = None
    """The delivery error this text is planned to end with."""
    token: str = field(default_factory=lambda: secrets.token_hex(16))
    posted: list[Posted] = field(default_factory=list)

    @property
    def inbound(self) -> bool:
        return self.direction == "inbound"

    @property
    def phone(self) -> str:
        """The patient's number, whoever wrote."""
        return self.sender if self.inbound else self.to

    @property
    def segments(self) -> int:
        return max(1, segments.count(self.body).segments)


@dataclass(frozen=True)
class Phone:
    """What the demo says about a phone; the carrier itself knows only numbers."""

    number: str
    label: str = ""
    locale: str = ""
    zone: str = ""


class Ledger:
    """Texts by sid, opted-out numbers and phones, and a way to wait for the next change."""

    def __init__(self) -> None:
        self.texts: dict[str, Text] = {}
        self.opted_out: set[str] = set()
        self.phones: dict[str, Phone] = {}
        self.version = 0
        self._count = itertools.count(1)
        self._changed = asyncio.Event()

    def next(self) -> int:
        return next(self._count)

    def add(self, text: Text) -> Text:
        self.texts[text.sid] = text
        self.phones.setdefault(text.phone, Phone(text.phone))
        self.touch()
        return text

    def newest_first(self) -> list[Text]:
        return sorted(self.texts.values(), key=lambda text: text.nth, reverse=True)

    def of_phone(self, number: str) -> list[Text]:
        return [text for text in self.texts.values() if text.phone == number]

    def touch(self) -> None:
        """Wake everyone who watches."""
        self.version += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def changed(self, since: int) -> int:
        """The version, as soon as it is no longer `since`."""
        while self.version == since:
            await self._changed.wait()
        return self.version

    def clear(self) -> None:
        """Forget every text and opt-out; the phones keep their labels."""
        self.texts.clear()
        self.opted_out.clear()
        self.touch()


def new_sid(prefix: str) -> str:
    return prefix + secrets.token_hex(16)
