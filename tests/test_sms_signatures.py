"""A webhook is believed only as Twilio signed it, for the address that Twilio called."""

import json

import pytest
from starlette.datastructures import FormData
from twilio.request_validator import RequestValidator

from aftercare.sms import public_url, signed

ROSA = "+12025550123"
TOKEN = "a-secret"
URL = "https://aftercare.example/webhooks/sms?line=1"
FORM = {"From": ROSA, "Body": "", "ANewField": "x", "Body2": "ñ&=?"}
GOOD = RequestValidator(TOKEN).compute_signature(URL, FORM)


@pytest.mark.parametrize(
    ("case", "url", "form", "signature", "verdict"),
    [
        ("as Twilio signed it", URL, FORM, GOOD, True),
        ("with the port of a proxy", URL.replace("e/w", "e:443/w"), FORM, GOOD, True),
        ("as a web framework's form", URL, FormData(list(FORM.items())), GOOD, True),
        ("without a signature", URL, FORM, None, False),
        ("with an empty signature", URL, FORM, "", False),
        ("with another's signature", URL, FORM, GOOD[::-1], False),
        ("with a signature that is no ASCII", URL, FORM, "ñ" * 28, False),
        ("with a blank field filled", URL, FORM | {"Body": "x"}, GOOD, False),
        ("with a field dropped", URL, {"From": ROSA, "Body": ""}, GOOD, False),
        ("with a field added", URL, FORM | {"MediaUrl0": "http://x"}, GOOD, False),
        ("with another query", URL + "&a=1", FORM, GOOD, False),
        ("over http", URL.replace("https", "http"), FORM, GOOD, False),
    ],
)
def test_a_webhook_is_believed_only_as_it_was_signed(case, url, form, signature, verdict):
    assert signed(TOKEN, url, form, signature) is verdict


def test_without_a_token_nothing_is_believed():
    assert not signed("", URL, {}, RequestValidator("").compute_signature(URL, {}))


def test_a_json_webhook_is_bound_to_its_body():
    body = json.dumps({"name": "ñ"}, ensure_ascii=False).encode()
    validator = RequestValidator(TOKEN)
    url = f"{URL}&bodySHA256={validator.compute_hash(body.decode())}"
    signature = validator.compute_signature(url, {})
    assert signed(TOKEN, url, {}, signature, body)
    assert not signed(TOKEN, url, {}, signature, body + b" ")
    assert not signed(TOKEN, url, {}, signature, b"\xff")
    assert not signed(TOKEN, URL, {}, validator.compute_signature(URL, {}), body)


@pytest.mark.parametrize(
    ("settings", "path", "url"),
    [
        ("https://a.example", "/webhooks/sms", "https://a.example/webhooks/sms"),
        ("https://a.example/", "/webhooks/sms?x=1", "https://a.example/webhooks/sms?x=1"),
        ("https://a.example/care", "/webhooks/sms", "https://a.example/care/webhooks/sms"),
    ],
)
def test_the_public_address_is_the_one_twilio_called(settings, path, url):
    assert public_url(settings, path) == url
