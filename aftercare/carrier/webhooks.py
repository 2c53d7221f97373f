"""Signs webhooks with the account's token and posts them, on loopback only."""

from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
from twilio.request_validator import RequestValidator

from aftercare.carrier.config import CarrierConfig

PATIENCE = 15.0
"""Seconds Twilio waits for a webhook."""

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@dataclass(frozen=True)
class Answer:
    """What came back: a status with its document, or the trouble there was."""

    status: int | None
    content_type: str = ""
    document: str = ""
    trouble: str | None = None

    @property
    def good(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class Webhooks:
    """Posts for one account."""

    def __init__(self, config: CarrierConfig) -> None:
        self._config = config
        self._validator = RequestValidator(config.auth_token)
        self._client = httpx.AsyncClient(timeout=PATIENCE, trust_env=False)

    async def post(self, url: str, params: dict[str, str], token: str) -> Answer:
        """Post a signed form. Trouble is an answer too; nothing is tried again."""
        headers = {
            "X-Twilio-Signature": self._validator.compute_signature(url, params),
            "I-Twilio-Idempotency-Token": token,
            "User-Agent": "TwilioProxy/1.1",
        }
        try:
            response = await self._client.post(self._address(url), data=params, headers=headers)
        except httpx.TimeoutException:
            return Answer(None, trouble="11205 HTTP connection failure: no answer in time")
        except httpx.HTTPError as error:
            return Answer(None, trouble=f"11200 HTTP retrieval failure: {type(error).__name__}")
        return Answer(response.status_code, response.headers.get("content-type", ""), response.text)

    def reaches(self, url: str) -> bool:
        """Whether `url` stays on this machine: the stand-in calls nobody else."""
        parts = urlsplit(self._address(url))
        return parts.scheme in ("http", "https") and parts.hostname in _LOOPBACK

    async def close(self) -> None:
        await self._client.aclose()

    def _address(self, url: str) -> str:
        public, real = self._config.public_url, self._config.reached_at
        if public and real and url.startswith(public.rstrip("/") + "/"):
            return real.rstrip("/") + url.removeprefix(public.rstrip("/"))
        return url
