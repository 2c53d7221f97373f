"""The stand-in carrier takes texts to a phone and from one, met as the product meets Twilio."""

import asyncio
from dataclasses import replace

import httpx
import pytest

from aftercare.carrier import Delivery, Phones, running
from aftercare.carrier.exchange import Exchange
from aftercare.sms import SendFailed, progress, signed
from tests.carrier_setup import (
    ACCOUNT,
    MORNING,
    PUBLIC,
    ROSA,
    STATUSES,
    TOKEN,
    WALTER,
    config_for,
)

pytest_plugins = ["tests.carrier_setup"]


# To a phone


def test_a_text_reaches_the_phone_and_each_step_is_called_back(twilio, phones, care_line):
    sent = twilio.send(ROSA, "Good morning", STATUSES)
    assert phones.heard(ROSA) == []
    phones.deliver()
    assert phones.heard(ROSA) == ["Good morning"]
    assert care_line.statuses() == ["sending", "sent", "delivered"]
    assert {form["MessageSid"] for _, form, _ in care_line.heard} == {sent.sid}


def test_callbacks_are_signed_for_the_public_address(twilio, phones, care_line):
    twilio.send(ROSA, "Good morning", STATUSES + "?of=today")
    phones.deliver()
    for path, form, headers in care_line.heard:
        assert signed(TOKEN, PUBLIC + path, form, headers["X-Twilio-Signature"])
        assert not signed("another", PUBLIC + path, form, headers["X-Twilio-Signature"])


def test_callbacks_can_come_backwards_and_twice(twilio, phones, care_line):
    phones.manner(order="reversed", twice=True)
    twilio.send(ROSA, "Good morning", STATUSES)
    phones.deliver()
    assert care_line.statuses() == [
        *("delivered", "delivered"),
        *("sent", "sent"),
        *("sending", "sending"),
    ]
    status = "queued"
    for new in care_line.statuses():
        status = progress(status, new)
    assert status == "delivered"


def test_deliveries_run_by_themselves_when_not_held(twilio, phones, care_line):
    phones.manner(delivery="at_once")
    twilio.send(ROSA, "Good morning", STATUSES)
    phones.settle()
    assert care_line.statuses() == ["sending", "sent", "delivered"]


def test_waiting_ends_though_the_last_delivery_ended_this_very_moment(care_line):
    async def deliver_and_wait():
        exchange = Exchange(replace(config_for(care_line), delivery=Delivery.AT_ONCE))
        text = exchange.take(ROSA, "Good morning")
        await asyncio.sleep(0)
        await exchange.settle()
        await exchange.close()
        return text.status

    assert asyncio.run(deliver_and_wait()) == "delivered"


def test_one_phones_texts_can_be_delivered_before_anothers(twilio, phones):
    twilio.send(ROSA, "to Rosa")
    twilio.send(WALTER, "to Walter")
    phones.deliver(to=WALTER)
    assert (phones.heard(ROSA), phones.heard(WALTER)) == ([], ["to Walter"])


def test_any_single_callback_can_be_posted(twilio, phones, care_line):
    sent = twilio.send(ROSA, "Good morning", STATUSES)
    phones.call_back(sent.sid, "undelivered", error_code=30005)
    _, form, _ = care_line.heard[-1]
    assert (form["MessageStatus"], form["ErrorCode"]) == ("undelivered", "30005")
    assert twilio.fetch(sent.sid).status == "queued"


def test_an_unreachable_phone_is_reported_later(twilio, phones, care_line):
    phones.plan("undelivered", code=30003)
    sent = twilio.send(ROSA, "Good morning", STATUSES)
    phones.deliver()
    assert care_line.statuses() == ["sending", "sent", "undelivered"]
    assert care_line.heard[-1][1]["ErrorCode"] == "30003"
    assert twilio.fetch(sent.sid).error_code == 30003
    assert phones.heard(ROSA) == []


def test_a_filtered_text_never_leaves(twilio, phones, care_line):
    phones.plan("undelivered", code=30007)
    twilio.send(ROSA, "Good morning", STATUSES)
    phones.deliver()
    assert care_line.statuses() == ["failed"]


# Faults


def test_a_fault_meets_only_its_phone_and_only_so_often(twilio, phones):
    phones.plan("refused", code=21211, to=ROSA, times=2)
    twilio.send(WALTER, "to Walter")
    for _ in range(2):
        with pytest.raises(SendFailed):
            twilio.send(ROSA, "to Rosa")
    twilio.send(ROSA, "to Rosa")
    assert len(phones.messages(ROSA)) == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "refused"},
        {"kind": "undelivered", "code": 12345},
        {"kind": "timeout_but_taken", "asked": "look_up"},
        {"kind": "error", "times": 0},
        {"kind": "sulking"},
    ],
)
def test_a_fault_that_cannot_be_is_not_planned(address, phones, fault):
    assert httpx.post(f"{address}/control/faults", json=fault).status_code == 422
    assert httpx.get(f"{address}/control/faults").json() == []


# From a phone


def test_a_patients_text_comes_with_twilios_parameters(phones, care_line):
    sent = phones.text(ROSA, "ya me la tomé")
    [form] = care_line.texts()
    assert (
        form.items()
        >= {
            "MessageSid": sent["sid"],
            "SmsSid": sent["sid"],
            "SmsMessageSid": sent["sid"],
            "AccountSid": ACCOUNT,
            "From": ROSA,
            "To": "+15005550006",
            "Body": "ya me la tomé",
            "NumMedia": "0",
            "NumSegments": "1",
            "SmsStatus": "received",
            "ApiVersion": "2010-04-01",
            "FromState": "NY",
            "ToCity": "",
        }.items()
    )
    assert "OptOutType" not in form


@pytest.mark.parametrize("body", ["", "a & b = c", "😀" * 400, "nul \x00 inside", " spaces "])
def test_any_text_is_signed_as_it_stands(phones, care_line, body):
    phones.text(ROSA, body)
    [(path, form, headers)] = care_line.heard
    assert form["Body"] == body
    assert signed(TOKEN, PUBLIC + path, form, headers["X-Twilio-Signature"])


def test_a_picture_can_be_fetched_where_the_webhook_says(phones, care_line):
    phones.text(ROSA, "my wound", media=("image/jpeg", "image/png"))
    [form] = care_line.texts()
    assert form["MessageSid"].startswith("MM")
    assert (form["NumMedia"], form["MediaContentType1"]) == ("2", "image/png")
    picture = httpx.get(form["MediaUrl0"], auth=(ACCOUNT, TOKEN))
    assert picture.headers["content-type"] == "image/jpeg"
    assert httpx.get(form["MediaUrl0"]).status_code == 401


def test_the_same_webhook_can_come_twice(phones, care_line):
    first = phones.text(ROSA, "yes", times=2)
    phones.announce(first["sid"])
    assert {form["MessageSid"] for form in care_line.texts()} == {first["sid"]}
    tokens = [headers["I-Twilio-Idempotency-Token"] for _, _, headers in care_line.heard]
    assert len(tokens) == 3
    assert len(set(tokens)) == 1
    assert len(phones.messages(ROSA)) == 1


@pytest.mark.parametrize(
    ("kind", "document", "heard"),
    [
        ("text/xml", "<Response/>", []),
        ("text/xml", "", []),
        ("text/xml", "<Response><Message>Hi &amp; bye</Message></Response>", ["Hi & bye"]),
        (
            "application/xml",
            "<Response><Message><Body>One</Body></Message><Message>Two</Message></Response>",
            ["One", "Two"],
        ),
        ("text/plain", "Plain words", ["Plain words"]),
        ("text/xml", "<Response><Message>", []),
        ("text/html", "<html>Oops</html>", []),
    ],
)
def test_what_the_webhook_answers_is_texted_back(phones, care_line, kind, document, heard):
    care_line.answers(document, kind=kind)
    phones.text(ROSA, "hello")
    phones.deliver()
    assert phones.heard(ROSA) == heard


def test_an_answer_that_is_no_twiml_is_told(phones, care_line):
    care_line.answers("<Response><Message>")
    sent = phones.text(ROSA, "hello")
    assert [each["about"] for each in sent["posted"]] == ["inbound", "twiml"]
    assert sent["posted"][1]["trouble"].startswith("12100")


def test_a_webhook_that_fails_is_only_written_down(phones, twilio, care_line):
    care_line.answers("", status=500)
    sent = phones.text(ROSA, "I fell")
    assert [each["answer"] for each in sent["posted"]] == [500]
    assert len(care_line.texts()) == 1
    assert [text.body for text in twilio.inbound_since(MORNING)] == ["I fell"]


def test_a_fallback_address_gets_what_the_first_did_not_take(care_line):
    down = config_for(care_line, fallback_url=f"{PUBLIC}/fallback/sms")
    down = replace(down, webhook_url=f"{PUBLIC}/down/sms")
    with running(down) as address, Phones(address) as phones:
        sent = phones.text(ROSA, "I fell")
    assert [path for path, _, _ in care_line.heard] == ["/down/sms", "/fallback/sms"]
    assert [each["answer"] for each in sent["posted"]] == [500, 200]
