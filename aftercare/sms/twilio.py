"""Sends, finds and reads texts at Twilio (or at the stand-in, under another address)."""

import logging
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.base.values import unset
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance
from urllib3.exceptions import NewConnectionError

from aftercare.sms.failures import FailureKind, SendFailed, failure_of
from aftercare.sms.signature import signed

LOOK_UP_PAGE = 100
"""Newest texts to one number that are compared: far more than a patient gets in a day."""

CLOCK_SKEW = timedelta(minutes=2)
"""How far the carrier's clock may stand from ours."""


@dataclass(frozen=True)
class Sent:
    """A text of ours as the carrier knows it."""

    sid: str
    status: str
    error_code: int | None = None


@dataclass(frozen=True)
class Received:
    """A patient's text as the carrier keeps it."""

    sid: str
    sender: str
    to: str
    body: str
    media: int
    at: datetime


class Twilio:
    """One account at Twilio, sending through a Messaging Service or from one number.

    Its calls block: ask from a thread. Every failure comes out as SendFailed.
    """

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        *,
        messaging_service_sid: str | None = None,
        from_number: str | None = None,
        api_base: str | None = None,
        timeout: float = 10,
    ) -> None:
        if not (messaging_service_sid or from_number):
            raise ValueError("Twilio needs a Messaging Service or a number to send from")
        self._auth_token = auth_token
        self._service = messaging_service_sid or None
        self._from = from_number or None
        self._client = _client(account_sid, auth_token, api_base, timeout)

    def send(self, to: str, body: str, status_callback: str | None = None) -> Sent:
        """Hand one text to the carrier. Raises SendFailed; never tries twice."""
        sender = (
            {"messaging_service_sid": self._service} if self._service else {"from_": self._from}
        )
        return _sent(
            _asked(
                lambda: self._client.messages.create(
                    to=to, body=body, status_callback=status_callback or unset, **sender
                )
            )
        )

    def find(self, to: str, body: str, since: datetime, known: Collection[str] = ()) -> Sent | None:
        """The text that an attempt with an unknown outcome left at the carrier, if it did.

        `since` is when the attempt began; `known` are sids other texts already have. Ask some
        seconds after the attempt: a slow carrier may still be at work on it.
        """
        # Not filtered by DateSent: a text still waiting at the carrier has none.
        candidates = _asked(
            lambda: self._client.messages.list(to=to, limit=LOOK_UP_PAGE, page_size=LOOK_UP_PAGE)
        )
        for message in candidates:
            if message.sid not in known and _is_attempt(message, body, since - CLOCK_SKEW):
                return _sent(message)
        return None

    def fetch(self, sid: str) -> Sent:
        """The text's present status, for one whose callbacks never came."""
        return _sent(_asked(lambda: self._client.messages(sid).fetch()))

    def inbound_since(self, moment: datetime) -> list[Received]:
        """Every patient's text since `moment`, oldest first: what a webhook may have missed."""
        messages = _asked(
            lambda: self._client.messages.list(
                to=self._from or unset, date_sent_after=moment, page_size=1000
            )
        )
        # Newest first, and several may share a second: reversed before the stable sort.
        return sorted(_received(messages[::-1], moment), key=lambda text: text.at)

    def signed(
        self,
        url: str,
        params: Mapping[str, str],
        signature: str | None,
        body: bytes | None = None,
    ) -> bool:
        """Whether a webhook carries this account's signature; see `signature.signed`."""
        return signed(self._auth_token, url, params, signature, body)


def _client(account_sid: str, auth_token: str, api_base: str | None, timeout: float) -> Client:
    _keep_numbers_out_of_logs()
    quiet = logging.Logger("twilio", level=logging.CRITICAL + 1)
    http = TwilioHttpClient(timeout=timeout, logger=quiet)
    client = Client(account_sid, auth_token, http_client=http)
    if api_base:
        client.api.base_url = api_base
        # TWILIO_REGION and TWILIO_EDGE would rewrite the stand-in's host name.
        client.region = client.edge = None
        if http.session:
            # A machine's web proxy cannot reach the stand-in on this machine's loopback.
            http.session.trust_env = False
    return client


def _keep_numbers_out_of_logs() -> None:
    # At DEBUG urllib3 writes every address it asks, and ours hold the patient's number.
    logging.getLogger("urllib3.connectionpool").setLevel(logging.WARNING)


def _asked[T](request: Callable[[], T]) -> T:
    """What the carrier answers, or SendFailed.

    The library's own error holds the number, so SendFailed is raised outside its handler:
    not even as a context may it reach a log.
    """
    try:
        return request()
    except TwilioRestException as error:
        failure = _refusal(error.status, error.code)
    except TwilioException as error:
        failure = _refusal(*_status_and_code(error))
    except requests.RequestException as error:
        failure = SendFailed(_lost(error))
    except ValueError:
        # An answer that is not JSON: a proxy's page, or half an answer.
        failure = SendFailed(FailureKind.CARRIER_TROUBLE)
    raise failure


def _refusal(status: int | None, code: int | None) -> SendFailed:
    if status is None or status >= 500:
        return SendFailed(FailureKind.CARRIER_TROUBLE, code)
    if status == 429:
        return SendFailed(FailureKind.SLOW_DOWN, code)
    kind = failure_of(code)
    if kind is FailureKind.OTHER and status in (401, 403):
        kind = FailureKind.AUTH
    return SendFailed(kind, code)


def _status_and_code(error: TwilioException) -> tuple[int | None, int | None]:
    # A refused list arrives as (text, response); newer answers carry both as attributes.
    response = error.args[1] if len(error.args) > 1 else error
    status = getattr(response, "status_code", getattr(response, "status", None))
    return status, getattr(response, "code", None)


def _lost(error: requests.RequestException) -> FailureKind:
    if isinstance(error, requests.ConnectTimeout) or _never_connected(error):
        return FailureKind.NOT_CONNECTED
    if isinstance(error, requests.Timeout):
        return FailureKind.TIMEOUT
    return FailureKind.CARRIER_TROUBLE


def _never_connected(error: requests.RequestException) -> bool:
    cause = error.args[0] if error.args else None
    return isinstance(getattr(cause, "reason", None), NewConnectionError)


def _is_attempt(message: MessageInstance, body: str, since: datetime) -> bool:
    if message.direction == "inbound" or message.date_created is None:
        return False
    return message.date_created >= since and _same_text(message.body or "", body)


def _same_text(kept: str, ours: str) -> bool:
    # A Messaging Service with smart encoding swaps quotes, dashes and spaces before it keeps a
    # text, so letters and digits decide.
    return kept == ours or _letters(kept) == _letters(ours) != ""


def _letters(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", text) if char.isalnum())


def _sent(message: MessageInstance) -> Sent:
    return Sent(str(message.sid), str(message.status), message.error_code)


def _received(messages: list[MessageInstance], since: datetime) -> Iterator[Received]:
    for message in messages:
        at = message.date_sent or message.date_created
        # The carrier's filter goes by the day or by the second; ours by the moment.
        if message.direction == "inbound" and at and at >= since.replace(microsecond=0):
            yield Received(
                sid=str(message.sid),
                sender=str(message.from_),
                to=str(message.to),
                body=message.body or "",
                media=int(message.num_media or 0),
                at=at,
            )
