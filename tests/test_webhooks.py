"""The carrier's webhooks: what is let in, what is stored, and what is answered."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy import select
from twilio.request_validator import RequestValidator

from aftercare.models import Message
from tests.harness import Day

PHONE = "+13128670199"
TEXT = {"MessageSid": "SM1", "From": PHONE, "To": "+15005550006", "Body": "hi", "NumMedia": "0"}

type Sign = Callable[[Day, str, dict[str, str]], str | None]


def right(day: Day, url: str, form: dict[str, str]) -> str:
    token = day.app.settings.twilio_auth_token.get_secret_value()
    return str(RequestValidator(token).compute_signature(url, form))


def missing(day: Day, url: str, form: dict[str, str]) -> None:
    return None


def wrong(day: Day, url: str, form: dict[str, str]) -> str:
    return "bm90IHRoZSBzaWduYXR1cmU="


def of_another_account(day: Day, url: str, form: dict[str, str]) -> str:
    return str(RequestValidator("another token").compute_signature(url, form))


def of_another_text(day: Day, url: str, form: dict[str, str]) -> str:
    return right(day, url, {**form, "Body": "something else"})


def of_another_address(day: Day, url: str, form: dict[str, str]) -> str:
    return right(day, url.replace("http:", "https:"), form)


@dataclass(frozen=True)
class Case:
    label: str
    form: dict[str, str]
    sign: Sign = right
    status: int = 200
    stored: str | None = None
    """The body that is kept; None when nothing is."""


CASES = [
    Case("a text", TEXT, stored="hi"),
    Case("a text with fields nobody knows", {**TEXT, "NewField": "x", "Blank": ""}, stored="hi"),
    Case("no words", {**TEXT, "Body": ""}, stored=""),
    Case("no body field", {k: v for k, v in TEXT.items() if k != "Body"}, stored=""),
    Case("an emoji", {**TEXT, "Body": "👍🏽"}, stored="👍🏽"),
    Case("a NUL", {**TEXT, "Body": "no\x00pe"}, stored="no\x00pe"),
    Case("accents and signs", {**TEXT, "Body": "¿ya? @ 100%+1"}, stored="¿ya? @ 100%+1"),
    Case("1,600 characters", {**TEXT, "Body": "x" * 1600}, stored="x" * 1600),
    Case("a picture", {**TEXT, "NumMedia": "1", "MediaContentType0": "a\x00b"}, stored="hi"),
    Case("a nonsense count", {**TEXT, "NumMedia": "many"}, stored="hi"),
    Case("no signature", TEXT, missing, 403),
    Case("a wrong signature", TEXT, wrong, 403),
    Case("another account's signature", TEXT, of_another_account, 403),
    Case("another text's signature", TEXT, of_another_text, 403),
    Case("another address' signature", TEXT, of_another_address, 403),
    Case("no sid", {k: v for k, v in TEXT.items() if k != "MessageSid"}, status=400),
    Case("no sender", {k: v for k, v in TEXT.items() if k != "From"}, status=400),
    Case("far too long", {**TEXT, "Body": "x" * 70_000}, status=413),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_a_webhook(day: Day, case: Case) -> None:
    answer = posted(day, "/webhooks/sms", case.form, case.sign)
    assert answer.status_code == case.status
    assert [message.body for message in stored(day)] == (
        [] if case.stored is None else [case.stored]
    )
    if case.status == 200:
        assert answer.headers["content-type"].startswith("application/xml")
        assert answer.text.endswith("<Response></Response>")


@pytest.mark.parametrize("sign", [missing, wrong])
def test_a_status_without_a_right_signature_changes_nothing(day: Day, sign: Sign) -> None:
    ada = day.patient()
    ada.texts("I can't breathe")
    [text] = [m for m in ada.messages if m.direction == "out"]
    form = {"MessageSid": str(text.sid), "MessageStatus": "undelivered", "ErrorCode": "30003"}
    assert posted(day, "/webhooks/status", form, sign).status_code == 403
    assert [m.state for m in ada.messages if m.direction == "out"] == ["delivered"]


def test_what_is_not_a_form_is_refused(day: Day) -> None:
    url = f"{day.line.web}/webhooks/sms"
    assert httpx.post(url, content=b"\xff\xfe=1").status_code == 400
    assert stored(day) == []


def test_a_status_of_nobodys_text_is_taken_and_ignored(day: Day) -> None:
    form = {"MessageSid": "SM9", "MessageStatus": "delivered"}
    assert posted(day, "/webhooks/status", form).status_code == 204
    assert posted(day, "/webhooks/status?attempt=nonsense", form).status_code == 204


def test_a_text_is_stored_sealed(day: Day) -> None:
    posted(day, "/webhooks/sms", {**TEXT, "Body": "my chest hurts"})
    [kept] = stored(day)
    assert b"chest" not in bytes(kept.body_sealed or b"")
    assert PHONE[2:].encode() not in bytes(kept.phone_sealed)
    assert PHONE not in kept.phone_hash


def posted(day: Day, path: str, form: dict[str, str], sign: Sign = right) -> httpx.Response:
    url = day.line.web + path
    signature = sign(day, url, form)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if signature:
        headers["X-Twilio-Signature"] = signature
    return httpx.post(url, content=urlencode(form), headers=headers)


def stored(day: Day) -> list[Message]:
    with day.app.database.begin() as session:
        return list(session.scalars(select(Message)))
