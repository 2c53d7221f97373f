"""Drives a running stand-in carrier: the phones in the hands of a script or a test."""

from types import TracebackType
from typing import Any, Self

import httpx


class Phones:
    """The patients' phones of a carrier at `address`."""

    def __init__(self, address: str, timeout: float = 30) -> None:
        self._client = httpx.Client(base_url=address, timeout=timeout, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def text(
        self, sender: str, body: str, *, media: tuple[str, ...] = (), times: int = 1
    ) -> dict[str, Any]:
        """Send a text from a phone; returns once the product answered the webhook."""
        return self._post(  # type: ignore[no-any-return]
            "text", {"from": sender, "body": body, "media": list(media), "times": times}
        )

    def announce(self, sid: str) -> dict[str, Any]:
        """Post the webhook of an earlier text again."""
        return self._post("announce", {"sid": sid})  # type: ignore[no-any-return]

    def messages(self, phone: str | None = None) -> list[dict[str, Any]]:
        """Every text in both directions, oldest first."""
        # Chosen here and not in the query, which the client's log would show.
        texts = self._client.get("/control/messages").raise_for_status().json()
        return [text for text in texts if phone in (None, text["phone"])]

    def heard(self, phone: str) -> list[str]:
        """The bodies that arrived on a phone, oldest first."""
        return [
            text["body"]
            for text in self.messages(phone)
            if text["direction"] != "inbound" and text["status"] == "delivered"
        ]

    def plan(self, kind: str, **more: Any) -> None:
        """Plan a fault: `plan("refused", code=21610, to="+1…", times=2)`."""
        self._post("faults", {"kind": kind, **more})

    def name(self, number: str, label: str, locale: str = "", zone: str = "") -> None:
        """Tell the page whose phone a number is."""
        self._post("phones", {"number": number, "label": label, "locale": locale, "zone": zone})

    def known(self) -> list[tuple[str, str]]:
        """Every phone's number and what it is called."""
        state = self._client.get("/phones/state").raise_for_status().json()
        return [(phone["number"], phone["label"]) for phone in state["phones"]]

    def deliver(self, to: str | None = None, sid: str | None = None) -> list[dict[str, Any]]:
        """Deliver held texts and their callbacks; returns when all are answered."""
        return self._post("deliver", {"to": to, "sid": sid})  # type: ignore[no-any-return]

    def call_back(self, sid: str, status: str, error_code: int | None = None) -> None:
        """Post one status callback, true or not."""
        self._post("callback", {"sid": sid, "status": status, "error_code": error_code})

    def manner(self, **changes: Any) -> None:
        """Change how deliveries go: `delivery`, `order`, `twice`."""
        self._post("delivery", changes)

    def move_clock(self, **move: Any) -> str:
        """Move the carrier's clock: `hours=4`, or `next_morning=True`."""
        return str(self._post("clock", move)["now"])

    def settle(self) -> None:
        """Wait until every delivery under way has ended."""
        self._post("settle", {})

    def reset(self) -> None:
        """Forget texts, opt-outs and faults."""
        self._post("reset", {})

    def _post(self, what: str, json: dict[str, Any]) -> Any:
        return self._client.post(f"/control/{what}", json=json).raise_for_status().json()
