"""How many segments a text costs, and which characters make it dear."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

import smsutil

LIST_PRICE = Decimal("0.0083")
"""US dollars for one outbound segment, Twilio's list price without the carriers' own fees."""

_ESCAPE = "\x1b"


class Encoding(StrEnum):
    """How the letters travel: 7 bits each, or 16."""

    GSM7 = "GSM-7"
    UCS2 = "UCS-2"


@dataclass(frozen=True)
class Segments:
    """What a text weighs on the wire. `units` are septets (GSM-7) or 16-bit units (UCS-2)."""

    encoding: Encoding
    units: int
    segments: int
    flips: tuple[str, ...]
    """The characters outside GSM-7, once each: any one of them turns the whole text to UCS-2."""

    def cost(self, per_segment: Decimal = LIST_PRICE) -> Decimal:
        """An estimate: segments times the price of one."""
        return self.segments * per_segment


def count(text: str) -> Segments:
    """Weigh `text` as the carrier will. No text is no segment."""
    if not text:
        return Segments(Encoding.GSM7, 0, 0, ())
    flips = tuple(dict.fromkeys(char for char in text if not _in_gsm7(char)))
    if flips:
        parts = smsutil.unicode_split(text)
        return Segments(Encoding.UCS2, parts.total_bytes // 2, len(parts.parts), flips)
    parts = smsutil.gsm_split(text)
    return Segments(Encoding.GSM7, parts.total_bytes, len(parts.parts), ())


def _in_gsm7(char: str) -> bool:
    # smsutil counts a bare escape as a letter; on the wire it would swallow the next one.
    return char != _ESCAPE and smsutil.is_valid_gsm(char)
