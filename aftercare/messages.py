"""The fixed texts of the service, by id: consent, emergency, reminders, thanks."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from aftercare.i18n import SOURCE, Phrasebook, tag

log = logging.getLogger(__name__)

NUMBERS = {"number": "911", "crisis_number": "988"}
"""The United States' emergency and crisis lines; elsewhere, configuration gives others."""


@dataclass(frozen=True)
class Message:
    """One text: its English source, and whether a wrong word in it can do harm."""

    id: str
    text: str
    critical: bool
    note: str = ""


@dataclass(frozen=True)
class Spoken:
    """A text as it would be sent, and what the sender has to know about it."""

    text: str
    locale: str
    critical: bool
    cleared: bool
    fell_back: bool


class Messages:
    """All texts of `content/messages.yml`, said in any language of the phrasebook."""

    def __init__(
        self,
        entries: Mapping[str, Message],
        phrasebook: Phrasebook,
        always: Mapping[str, object] = NUMBERS,
    ) -> None:
        self._entries = entries
        self._phrasebook = phrasebook
        self._always = always

    @classmethod
    def load(
        cls, content_dir: Path, phrasebook: Phrasebook, always: Mapping[str, object] = NUMBERS
    ) -> "Messages":
        """Read `messages.yml`; `always` are values every text may use.

        Raises ValueError naming the entry that cannot be read.
        """
        rows = yaml.safe_load((content_dir / "messages.yml").read_text(encoding="utf-8"))
        entries = {id: _message(id, row) for id, row in rows.items()}
        return cls(entries, phrasebook, {**NUMBERS, **always})

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(self._entries)

    def get(self, id: str) -> Message:
        return self._entries[id]

    def say(self, id: str, locale: str, **values: object) -> str:
        """The text for a patient. Raises KeyError for an unknown id."""
        return self.spoken(id, locale, **values).text

    def spoken(self, id: str, locale: str, **values: object) -> Spoken:
        """The text together with the language it came out in and whether it is cleared."""
        message = self._entries[id]
        language = self._phrasebook.language_of(locale, message.text)
        fell_back = not self._phrasebook.has(locale, message.text) and tag(locale) != SOURCE
        if fell_back and message.critical:
            log.warning("critical_text_in_english", extra={"text_id": id, "locale": locale})
        return Spoken(
            text=self._phrasebook.say(
                locale, message.text, **self._in_words(values, locale)
            ).strip(),
            locale=language,
            critical=message.critical,
            cleared=self.cleared(id, locale),
            fell_back=fell_back,
        )

    def cleared(self, id: str, locale: str) -> bool:
        """Whether production may send this text in `locale`.

        A critical text needs a clinic's approval of these very words in the
        patient's own language; another one is always cleared.
        """
        message = self._entries[id]
        return not message.critical or self._phrasebook.cleared(locale, message.text)

    def unit(self, unit: str, locale: str) -> str:
        """A unit's name as the patient says it: `lb` is `pounds`, or `libras`."""
        entry = self._entries.get(f"unit_{unit}")
        return self._phrasebook.say(locale, entry.text) if entry else unit

    def _in_words(self, values: Mapping[str, object], locale: str) -> dict[str, object]:
        known = {**self._always, **values}
        # Callers hand over a question's unit as its code; a patient reads a word.
        if "unit" in known:
            known["unit"] = self.unit(str(known["unit"]), locale) if known["unit"] else ""
        return known


def _message(id: str, row: Mapping[str, object]) -> Message:
    try:
        return Message(
            id, str(row["text"]).strip(), bool(row["critical"]), str(row.get("note", ""))
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"messages.yml: {id}: needs text and critical") from error
