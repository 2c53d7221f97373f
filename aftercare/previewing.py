"""A text as the phone will show it, and what it costs to send."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from aftercare.education import module_from
from aftercare.i18n import Phrasebook
from aftercare.messages import Messages
from aftercare.proofreading.texts import SAMPLES
from aftercare.protocols.library import ProtocolLibrary
from aftercare.segments import count


@dataclass(frozen=True)
class Bubble:
    """One text message."""

    text: str
    locale: str
    encoding: str
    segments: int
    units: int
    flips: tuple[str, ...]
    cost: Decimal

    def caption(self) -> str:
        """Its weight in a line."""
        dear = f", for {' '.join(self.flips)}" if self.flips else ""
        return f"{self.segments} segments, {self.encoding}{dear}, ${self.cost:.4f}"

    def row(self) -> dict[str, object]:
        return vars(self) | {"cost": str(self.cost), "flips": list(self.flips)}


def bubbles(root: Path, name: str, locale: str) -> tuple[Bubble, ...]:
    """A module's texts, or the one of a message or question, with sample values.

    Raises KeyError when nothing has this name.
    """
    content, phrasebook = root / "content", Phrasebook.load(root)
    folder = content / "education" / name
    if folder.is_dir():
        module = module_from(folder, phrasebook, SAMPLES)
        language = module.page(locale).locale
        return tuple(_bubble(text, language) for text in module.text(locale))
    messages = Messages.load(content, phrasebook)
    if name in messages.ids:
        values = SAMPLES | {"unit": "lb"}
        spoken = messages.spoken(name, locale, **values)
        return (_bubble(spoken.text, spoken.locale),)
    return _question(ProtocolLibrary.load(content), phrasebook, name, locale)


def _question(
    protocols: ProtocolLibrary, phrasebook: Phrasebook, name: str, locale: str
) -> tuple[Bubble, ...]:
    """Protocols may ask it in different words: each of them once."""
    texts = dict.fromkeys(q.text for p in protocols for q in p.questions if q.id == name)
    if not texts:
        raise KeyError(name)
    return tuple(
        _bubble(phrasebook.say(locale, text, **SAMPLES), phrasebook.language_of(locale, text))
        for text in texts
    )


def _bubble(text: str, locale: str) -> Bubble:
    weight = count(text)
    return Bubble(
        text,
        locale,
        str(weight.encoding),
        weight.segments,
        weight.units,
        weight.flips,
        weight.cost(),
    )
