"""Pages staff through Apprise: the level, a reference and a link, nothing about anybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog
from apprise import Apprise

log = structlog.get_logger()


@dataclass(frozen=True)
class ApprisePager:
    """`always` are addresses paged for every escalation, besides the person's own."""

    console_url: str
    always: Sequence[str] = ()

    def page(self, addresses: list[str], level: str, reference: int, escalation: UUID) -> bool:
        """True when one address took it, or when there is none: the console shows it then."""
        urls = [*addresses, *self.always]
        if not urls:
            log.info("page_in_console_only", escalation=str(escalation), level=level)
            return True
        sender = Apprise()
        for url in urls:
            sender.add(url)
        return bool(
            sender.notify(
                title=f"Aftercare: {level}",
                body=f"Item {reference}: {self.console_url}/escalations/{escalation}",
            )
        )
