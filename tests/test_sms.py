"""The adapter to Twilio: its real client against the stand-in on loopback."""

import logging
import socket
import threading
import traceback
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from aftercare.carrier import CarrierConfig, Delivery, Phones, running
from aftercare.clock import SetClock
from aftercare.sms import FailureKind, Retry, SendFailed, Sent, Tell, Twilio

ROSA = "+12025550123"
WALTER = "+13125550142"
ACCOUNT = "AC" + "a1" * 16
SERVICE = "MG" + "b2" * 16
TOKEN = "a-secret"
MORNING = datetime(2026, 11, 21, 14, 5, tzinfo=UTC)

clock = SetClock(MORNING)
config = CarrierConfig(
    ACCOUNT,
    TOKEN,
    "http://127.0.0.1:9/webhooks/sms",
    messaging_service_sid=SERVICE,
    delivery=Delivery.HELD,
    clock=clock,
)


@pytest.fixture(scope="module")
def address():
    with running(config) as address:
        yield address


@pytest.fixture
def phones(address):
    clock.set(MORNING)
    with Phones(address) as phones:
        yield phones
        phones.reset()


@pytest.fixture
def twilio(address, phones):
    return Twilio(ACCOUNT, TOKEN, from_number=config.number, api_base=address, timeout=0.25)


# Sending


def test_a_text_is_handed_over_and_has_an_id(twilio, phones):
    sent = twilio.send(ROSA, "How do you feel today?")
    assert sent == Sent(phones.messages(ROSA)[0]["sid"], "queued")


def test_a_messaging_service_chooses_the_number_itself(address, phones):
    twilio = Twilio(ACCOUNT, TOKEN, messaging_service_sid=SERVICE, api_base=address)
    assert twilio.send(ROSA, "Hello").status == "accepted"
    assert phones.messages(ROSA)[0]["messaging_service_sid"] == SERVICE


def test_an_account_without_a_sender_is_refused_at_once():
    with pytest.raises(ValueError, match="Messaging Service or a number"):
        Twilio(ACCOUNT, TOKEN)


def test_every_character_arrives_as_it_was_written(twilio, phones):
    words = "¡Mañana a las 9! 你好 — שלום 👩🏽‍⚕️\nLine two\t& <b>100%</b>"
    twilio.send(ROSA, words)
    assert phones.messages(ROSA)[0]["body"] == words


@pytest.mark.parametrize(
    ("fault", "kind", "code", "exists"),
    [
        ({"kind": "refused", "code": 21610}, FailureKind.OPTED_OUT, 21610, False),
        ({"kind": "refused", "code": 21211}, FailureKind.INVALID_NUMBER, 21211, False),
        ({"kind": "refused", "code": 21614}, FailureKind.INVALID_NUMBER, 21614, False),
        ({"kind": "refused", "code": 21617}, FailureKind.TOO_LONG, 21617, False),
        ({"kind": "refused", "code": 20003}, FailureKind.AUTH, 20003, False),
        ({"kind": "refused", "code": 99999}, FailureKind.OTHER, 99999, False),
        ({"kind": "slow_down"}, FailureKind.SLOW_DOWN, 20429, False),
        ({"kind": "error"}, FailureKind.CARRIER_TROUBLE, 20500, False),
        ({"kind": "error_but_taken"}, FailureKind.CARRIER_TROUBLE, 20500, True),
        ({"kind": "timeout"}, FailureKind.TIMEOUT, None, False),
        ({"kind": "timeout_but_taken"}, FailureKind.TIMEOUT, None, True),
    ],
)
def test_each_refusal_has_its_kind(twilio, phones, fault, kind, code, exists):
    phones.plan(**fault)
    with pytest.raises(SendFailed) as failed:
        twilio.send(ROSA, "Hello")
    assert (failed.value.kind, failed.value.code) == (kind, code)
    assert bool(phones.messages(ROSA)) == exists
    assert kind.outcome_known or kind.retry is Retry.AFTER_LOOK_UP


def test_a_wrong_token_is_the_operators_work(address):
    wrong = Twilio(ACCOUNT, "another", from_number=config.number, api_base=address)
    with pytest.raises(SendFailed) as failed:
        wrong.send(ROSA, "Hello")
    assert (failed.value.kind, failed.value.kind.tell) == (FailureKind.AUTH, Tell.OPERATOR)


def test_a_carrier_that_is_not_there_certainly_got_nothing():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    twilio = Twilio(ACCOUNT, TOKEN, from_number=config.number, api_base=f"http://127.0.0.1:{port}")
    with pytest.raises(SendFailed) as failed:
        twilio.send(ROSA, "Hello")
    assert failed.value.kind is FailureKind.NOT_CONNECTED
    assert failed.value.kind.outcome_known


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 15\r\n\r\n<h1>Sorry</h1>\r\n",
        b"HTTP/1.1 201 Created\r\nContent-Length: 6\r\n\r\n<html>",
        b"HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n{",
        b"",
    ],
    ids=["a proxy's page", "not JSON", "half an answer", "hung up"],
)
def test_an_answer_nobody_can_read_leaves_the_outcome_unknown(answer):
    with answering(answer) as address:
        twilio = Twilio(ACCOUNT, TOKEN, from_number=config.number, api_base=address)
        with pytest.raises(SendFailed) as failed:
            twilio.send(ROSA, "Hello")
    assert failed.value.kind is FailureKind.CARRIER_TROUBLE


# Looking up


def test_a_text_taken_although_an_error_was_answered_is_found(twilio, phones):
    phones.plan("error_but_taken")
    with pytest.raises(SendFailed):
        twilio.send(ROSA, "Did you take your medicines?")
    found = twilio.find(ROSA, "Did you take your medicines?", since=MORNING)
    assert found == Sent(phones.messages(ROSA)[0]["sid"], "queued")


def test_a_text_that_was_never_taken_is_not_found(twilio, phones):
    phones.plan("timeout")
    with pytest.raises(SendFailed):
        twilio.send(ROSA, "Did you take your medicines?")
    assert twilio.find(ROSA, "Did you take your medicines?", since=MORNING) is None


def test_only_the_attempts_own_text_is_found(twilio, phones):
    twilio.send(WALTER, "Good morning")
    twilio.send(ROSA, "Good evening")
    phones.text(ROSA, "Good morning")
    assert twilio.find(ROSA, "Good morning", since=MORNING) is None


def test_yesterdays_same_words_are_another_text(twilio, phones):
    yesterday = twilio.send(ROSA, "Good morning")
    clock.advance(days=1)
    assert twilio.find(ROSA, "Good morning", since=clock.now()) is None
    assert twilio.find(ROSA, "Good morning", since=MORNING) == yesterday


def test_a_text_that_another_attempt_owns_is_not_taken_for_ours(twilio, phones):
    first = twilio.send(ROSA, "Are you there?")
    assert twilio.find(ROSA, "Are you there?", since=MORNING, known={first.sid}) is None


def test_a_clock_a_minute_ahead_of_the_carriers_still_finds_the_text(twilio, phones):
    sent = twilio.send(ROSA, "Good morning")
    assert twilio.find(ROSA, "Good morning", since=MORNING + timedelta(minutes=1)) == sent


def test_quotes_that_smart_encoding_changed_do_not_hide_a_text(twilio, phones):
    sent = twilio.send(ROSA, "Don't wait - call 911")
    assert twilio.find(ROSA, "Don’t wait — call 911", since=MORNING) == sent


def test_two_texts_of_pictures_alone_are_not_the_same(twilio, phones):
    twilio.send(ROSA, "👍")
    assert twilio.find(ROSA, "👎", since=MORNING) is None


@pytest.mark.parametrize("fault", ["error", "slow_down", "timeout"])
def test_a_look_up_that_fails_says_so(twilio, phones, fault):
    sent = twilio.send(ROSA, "Good morning")
    phones.plan(fault, asked="look_up", times=2)
    with pytest.raises(SendFailed):
        twilio.find(ROSA, "Good morning", since=MORNING)
    with pytest.raises(SendFailed):
        twilio.fetch(sent.sid)


def test_a_texts_fate_can_be_fetched(twilio, phones):
    phones.plan("undelivered", code=30006)
    sent = twilio.send(ROSA, "Good morning")
    phones.deliver()
    assert twilio.fetch(sent.sid) == Sent(sent.sid, "failed", 30006)


def test_texts_the_webhook_missed_are_read_back_oldest_first(twilio, phones):
    phones.text(ROSA, "yesterday's")
    clock.advance(days=1)
    twilio.send(ROSA, "ours")
    phones.text(ROSA, "I fell", media=("image/jpeg",))
    phones.text(WALTER, "ok")
    missed = twilio.inbound_since(MORNING + timedelta(days=1))
    assert [(text.sender, text.body, text.media) for text in missed] == [
        (ROSA, "I fell", 1),
        (WALTER, "ok", 0),
    ]
    assert missed[0].at == MORNING + timedelta(days=1)


# Nothing about a patient in logs

PRIVATE = "Your private words"


@pytest.mark.parametrize(
    "fault", [None, {"kind": "refused", "code": 21211, "to": ROSA}, {"kind": "error"}]
)
def test_neither_number_nor_words_reach_a_log(twilio, phones, caplog, fault):
    caplog.set_level(logging.DEBUG)
    told = ""
    if fault:
        phones.plan(**fault)
    try:
        twilio.send(ROSA, PRIVATE)
        twilio.find(ROSA, PRIVATE, since=MORNING)
    except SendFailed as failure:
        told = "".join(traceback.format_exception(failure, chain=True))
        assert failure.__context__ is None
    written = caplog.text + told
    assert "2025550123" not in written
    assert PRIVATE not in written


@contextmanager
def answering(answer: bytes):
    """A server that answers one connection with these bytes, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer_once() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

        thread = threading.Thread(target=answer_once)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        thread.join()
