"""The list of texts: filters and pages, as Twilio's list of Messages has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

from aftercare.carrier.ledger import Text

_FILTERS = ("To", "From", "DateSent", "DateSent<", "DateSent>")


@dataclass(frozen=True)
class Page:
    """One page of the texts that pass the filters, and its place in the list."""

    texts: list[Text]
    index: int
    size: int
    token: str | None
    """Names the page after this one; None on the last."""

    def json(self, path: str, query: Mapping[str, str]) -> dict[str, Any]:
        """Everything around the records."""
        start = self.index * self.size
        this = _uri(path, query, self.size, self.index, query.get("PageToken"))
        return {
            "start": start,
            "end": start + max(0, len(self.texts) - 1),
            "page": self.index,
            "page_size": self.size,
            "first_page_uri": _uri(path, query, self.size, 0, None),
            "next_page_uri": _uri(path, query, self.size, self.index + 1, self.token)
            if self.token
            else None,
            "previous_page_uri": _uri(path, query, self.size, self.index - 1, None)
            if self.index
            else None,
            "uri": this,
        }


def page(texts: list[Text], query: Mapping[str, str]) -> Page:
    """The page `query` asks for, of `texts` (newest first)."""
    size = min(1000, max(1, int(query.get("PageSize", "50"))))
    index = max(0, int(query.get("Page", "0")))
    passing = [text for text in texts if _passes(text, query)]
    first = _after(passing, query["PageToken"]) if "PageToken" in query else index * size
    chosen = passing[first : first + size]
    more = first + size < len(passing)
    return Page(chosen, index, size, f"PA{chosen[-1].sid}" if more else None)


def _after(texts: list[Text], token: str) -> int:
    # A token names a text, not a count, so that texts arriving meanwhile shift nothing.
    sids = [text.sid for text in texts]
    return sids.index(token[2:]) + 1 if token[2:] in sids else len(sids)


def _passes(text: Text, query: Mapping[str, str]) -> bool:
    if query.get("To") not in (None, text.to) or query.get("From") not in (None, text.sender):
        return False
    return all(
        _sent_within(text, operator, query[f"DateSent{operator}"])
        for operator in ("", "<", ">")
        if f"DateSent{operator}" in query
    )


def _sent_within(text: Text, operator: str, value: str) -> bool:
    if text.sent is None:
        return False
    first, last = _span(value)
    sent = text.sent.replace(microsecond=0)
    return (operator == "<" or sent >= first) and (operator == ">" or sent <= last)


def _span(value: str) -> tuple[datetime, datetime]:
    """The first and last second a date or a moment covers."""
    if len(value) == len("2026-01-31"):
        day = datetime.fromisoformat(value).replace(tzinfo=UTC)
        return day, day + timedelta(days=1, seconds=-1)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        moment = parsedate_to_datetime(value)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment, moment


def _uri(path: str, query: Mapping[str, str], size: int, index: int, token: str | None) -> str:
    kept: dict[str, str | int] = {key: query[key] for key in _FILTERS if key in query}
    kept |= {"PageSize": size, "Page": index}
    if token:
        kept["PageToken"] = token
    return f"{path}?{urlencode(kept)}"
