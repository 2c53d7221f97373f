"""The stand-in carrier, met as the product meets Twilio: its own client, a signed webhook."""

import asyncio
import json
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from urllib.parse import parse_qsl

import httpx
import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from aftercare.carrier import CarrierConfig, Delivery, Order, Phones, create_app, running
from aftercare.carrier.config import ForbiddenInProduction
from aftercare.carrier.exchange import Exchange
from aftercare.carrier.mornings import next_morning
from aftercare.clock import SetClock
from aftercare.sms import SendFailed, Twilio, progress, signed

ROSA = "+12025550123"
WALTER = "+13125550142"
ACCOUNT = "AC" + "a1" * 16
TOKEN = "a-secret"
PUBLIC = "https://aftercare.example"
STATUSES = f"{PUBLIC}/webhooks/status"
MORNING = datetime(2026, 11, 21, 14, 5, tzinfo=UTC)

clock = SetClock(MORNING)


class CareLine:
    """The product's end: keeps every webhook, and answers what it is told to."""

    def __init__(self):
        self.heard = []
        self.status, self.kind, self.document = 200, "text/xml", "<Response/>"

    def answers(self, document, status=200, kind="text/xml"):
        self.status, self.kind, self.document = status, kind, document

    def statuses(self):
        return [form["MessageStatus"] for path, form, _ in self.heard if "status" in path]

    def texts(self):
        return [form for path, form, _ in self.heard if "sms" in path]


@pytest.fixture(scope="module")
def door():
    """A server on loopback behind the public address."""
    line = CareLine()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = dict(parse_qsl(body, keep_blank_values=True))
            line.heard.append((self.path, form, dict(self.headers)))
            self.send_response(500 if "down" in self.path else line.status)
            self.send_header("Content-Type", line.kind)
            self.end_headers()
            self.wfile.write(line.document.encode())

        def log_message(self, *_args):
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    line.address = f"http://127.0.0.1:{server.server_port}"
    yield line
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def care_line(door):
    door.__init__()
    return door


def config_for(line, **more):
    return CarrierConfig(
        ACCOUNT,
        TOKEN,
        webhook_url=f"{PUBLIC}/webhooks/sms",
        public_url=PUBLIC,
        reached_at=line.address,
        delivery=Delivery.HELD,
        clock=clock,
        **more,
    )


@pytest.fixture(scope="module")
def address(door):
    with running(config_for(door)) as address:
        yield address


@pytest.fixture
def phones(address, care_line):
    clock.set(MORNING)
    with Phones(address) as phones:
        yield phones
        phones.manner(order=Order.IN_ORDER, twice=False, delivery=Delivery.HELD)
        phones.reset()


@pytest.fixture
def twilio(address, phones):
    return Twilio(ACCOUNT, TOKEN, from_number="+15005550006", api_base=address, timeout=5)


@pytest.fixture
def client(address, phones):
    client = Client(ACCOUNT, TOKEN)
    client.api.base_url = address
    return client


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


# STOP, START, HELP


@pytest.mark.parametrize("word", ["STOP", "stop", " Unsubscribe ", "END", "revoke", "OptOut"])
def test_a_bare_stop_word_ends_the_texts_at_once(phones, twilio, care_line, word):
    phones.text(ROSA, word)
    phones.deliver()
    assert [words[:29] for words in phones.heard(ROSA)] == ["You have successfully been un"]
    assert care_line.texts()[0]["OptOutType"] == "STOP"
    with pytest.raises(SendFailed) as failed:
        twilio.send(ROSA, "How are you?")
    assert failed.value.code == 21610
    twilio.send(WALTER, "How are you?")


@pytest.mark.parametrize("words", ["stop please", "we must STOP this bill", "the end", "no", "yes"])
def test_more_than_the_bare_word_is_only_a_text(phones, twilio, care_line, words):
    phones.text(ROSA, words)
    assert "OptOutType" not in care_line.texts()[0]
    twilio.send(ROSA, "How are you?")


def test_stop_is_confirmed_once(phones):
    phones.text(ROSA, "STOP")
    phones.text(ROSA, "stop")
    phones.deliver()
    assert len(phones.heard(ROSA)) == 1


def test_an_answer_after_stop_is_not_let_through(phones, care_line):
    care_line.answers("<Response><Message>Sorry to see you go</Message></Response>")
    phones.text(ROSA, "STOP")
    phones.deliver()
    assert len(phones.heard(ROSA)) == 1


@pytest.mark.parametrize("word", ["START", "yes", "UNSTOP"])
def test_start_brings_the_texts_back(phones, twilio, care_line, word):
    phones.text(ROSA, "STOP")
    phones.text(ROSA, word)
    twilio.send(ROSA, "Welcome back")
    phones.deliver()
    assert care_line.texts()[-1]["OptOutType"] == "START"
    assert phones.heard(ROSA)[-1] == "Welcome back"


def test_help_is_answered_and_passed_on(phones, care_line):
    phones.text(ROSA, "help")
    phones.deliver()
    assert phones.heard(ROSA) == ["Reply STOP to unsubscribe. Msg&Data Rates May Apply."]
    assert care_line.texts()[0]["OptOutType"] == "HELP"


def test_a_line_whose_opt_out_is_the_products_own_leaves_the_words_alone(care_line):
    own = config_for(care_line, handles_opt_out=False)
    with running(own) as address, Phones(address) as phones:
        phones.text(ROSA, "STOP")
        assert len(phones.messages(ROSA)) == 1
    assert "OptOutType" not in care_line.texts()[0]


# The Messages resource beyond sending


def test_pages_hold_every_text_once_though_more_arrive_meanwhile(client, twilio, phones):
    for nth in range(7):
        twilio.send(ROSA, f"text {nth}")
    walk = client.messages.stream(to=ROSA, page_size=2)
    first = next(walk).body
    twilio.send(ROSA, "one more")
    assert [first, *(text.body for text in walk)] == [f"text {nth}" for nth in range(6, -1, -1)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["evening", "noon", "waiting"]),
        ({"DateSent": "2026-11-21"}, ["noon"]),
        ({"DateSent>": "2026-11-21"}, ["evening", "noon"]),
        ({"DateSent>": "2026-11-22"}, ["evening"]),
        ({"DateSent<": "2026-11-21"}, ["noon"]),
        ({"DateSent<": "2026-11-20"}, []),
        ({"DateSent>": "2026-11-21T12:00:01Z"}, ["evening"]),
        ({"DateSent>": "Sat, 21 Nov 2026 12:00:00 +0000"}, ["evening", "noon"]),
        ({"To": WALTER}, ["evening"]),
        ({"From": ROSA}, []),
    ],
)
def test_the_list_is_filtered_as_twilios(address, twilio, phones, query, found):
    for hour, day, to, words in ((12, 21, ROSA, "noon"), (23, 22, WALTER, "evening")):
        clock.set(datetime(2026, 11, day, hour, tzinfo=UTC))
        sid = twilio.send(to, words).sid
        phones.deliver(sid=sid)
    twilio.send(ROSA, "waiting")
    answer = httpx.get(
        f"{address}/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
        params=query,
        auth=(ACCOUNT, TOKEN),
    )
    assert sorted(text["body"] for text in answer.json()["messages"]) == found


@pytest.mark.parametrize(
    ("changed", "code", "status"),
    [
        ({"To": None}, 21604, 400),
        ({"To": "5550123"}, 21211, 400),
        ({"From": None}, 21603, 400),
        ({"From": "+12025550999"}, 21606, 400),
        ({"From": None, "MessagingServiceSid": "MG" + "0" * 32}, 21701, 400),
        ({"Body": ""}, 21602, 400),
        ({"Body": "x" * 1601}, 21617, 400),
        ({"StatusCallback": "https://elsewhere.example/status"}, 21609, 400),
        ({"StatusCallback": "file:///etc/passwd"}, 21609, 400),
    ],
)
def test_what_twilio_refuses_is_refused(address, phones, changed, code, status):
    form = {"To": ROSA, "From": "+15005550006", "Body": "Hello"} | changed
    answer = httpx.post(
        f"{address}/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
        data={key: value for key, value in form.items() if value is not None},
        auth=(ACCOUNT, TOKEN),
    )
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert phones.messages() == []


def test_the_longest_text_is_taken(twilio, phones):
    twilio.send(ROSA, "x" * 1600)
    assert phones.messages(ROSA)[0]["num_segments"] == "11"


def test_only_the_accounts_token_opens_it(address, phones):
    url = f"{address}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    for auth in (None, (ACCOUNT, "another"), ("AC" + "0" * 32, TOKEN)):
        answer = httpx.get(url, auth=auth)
        assert (answer.status_code, answer.json()["code"]) == (401, 20003)
    assert httpx.get(url, headers={"Authorization": "Basic %%%"}).status_code == 401


def test_a_text_can_be_redacted_and_removed(client, twilio, phones):
    sid = twilio.send(ROSA, "Private").sid
    assert client.messages(sid).update(body="").body == ""
    assert client.messages(sid).delete()
    with pytest.raises(TwilioRestException) as gone:
        client.messages(sid).fetch()
    assert gone.value.code == 20404


# The phones' page


def test_the_page_names_a_phone_only_when_the_demo_did(address, phones):
    phones.text(ROSA, "hello")
    phones.name(WALTER, "Walter Briggs", locale="en", zone="America/Chicago")
    shown = {each["number"]: each for each in httpx.get(f"{address}/phones/state").json()["phones"]}
    assert shown[ROSA]["label"] == ""
    assert shown[WALTER]["label"] == "Walter Briggs"
    assert [text["body"] for text in shown[ROSA]["texts"]] == ["hello"]


def test_the_page_sees_what_the_care_line_did_not_take(address, phones, care_line):
    care_line.answers("", status=403)
    sent = phones.text(ROSA, "hello")
    assert bubbles(address, ROSA) == [("hello", "unanswered")]
    care_line.answers("<Response/>")
    phones.announce(sent["sid"])
    assert bubbles(address, ROSA) == [("hello", "delivered")]


def test_an_open_page_hears_of_every_change(address, phones):
    with httpx.stream("GET", f"{address}/phones/events", timeout=5) as stream:
        versions = (json.loads(line[6:]) for line in stream.iter_lines() if line[:5] == "data:")
        first = next(versions)
        phones.text(ROSA, "hello")
        assert next(versions) > first


def test_the_page_brings_all_it_needs_itself(address):
    page = httpx.get(f"{address}/phones")
    assert page.headers["content-security-policy"].startswith("default-src 'self'")
    assert "http" not in page.text
    for file in ("phones.js", "phones.css", "icon.svg"):
        assert f'"/static/{file}"' in page.text
        assert httpx.get(f"{address}/static/{file}").status_code == 200


def test_a_zone_that_is_none_is_refused(address, phones):
    answer = httpx.post(f"{address}/control/phones", json={"number": ROSA, "zone": "Mars/Olympus"})
    assert answer.status_code == 422


# The clock


def test_the_demos_clock_moves_on_by_hours(phones):
    assert phones.move_clock(hours=4) == "2026-11-21T18:05:00+00:00"
    assert phones.text(ROSA, "hi")["date_created"] == "Sat, 21 Nov 2026 18:05:00 +0000"


def test_the_next_morning_has_come_for_every_patient(address, phones):
    phones.name(ROSA, "Rosa", zone="America/New_York")
    phones.name(WALTER, "Walter", zone="Pacific/Honolulu")
    # At 9:05 in New York and 4:05 in Honolulu: by the next 9:00 both have a new morning.
    assert phones.move_clock(next_morning=True) == "2026-11-22T19:00:00+00:00"
    assert phones.move_clock(next_morning=True) == "2026-11-23T19:00:00+00:00"


def test_where_it_is_never_day_for_all_a_new_morning_still_comes():
    night = datetime(2026, 11, 21, 20, tzinfo=UTC)
    zones = ["America/New_York", "Asia/Kolkata"]
    assert next_morning(night, zones) == datetime(2026, 11, 22, 14, tzinfo=UTC)


def test_each_next_morning_is_later_through_the_clock_change(phones):
    phones.name(ROSA, "Rosa", zone="America/New_York")
    phones.name(WALTER, "Walter", zone="America/New_York")
    clock.set(datetime(2026, 10, 30, 20, tzinfo=UTC))
    mornings = [phones.move_clock(next_morning=True) for _ in range(4)]
    assert [morning[8:13] for morning in mornings] == ["31T13", "01T14", "02T14", "03T14"]
    assert all(earlier < later for earlier, later in pairwise(mornings))


def test_the_machines_own_clock_is_not_moved(care_line):
    real = CarrierConfig(ACCOUNT, TOKEN, f"{care_line.address}/webhooks/sms")
    with running(real) as address:
        answer = httpx.post(f"{address}/control/clock", json={"hours": 4})
        state = httpx.get(f"{address}/phones/state").json()
    assert answer.status_code == 409
    assert not state["clock_moves"]


# Never for real


def test_it_cannot_stand_in_for_twilio_in_production(monkeypatch, care_line):
    monkeypatch.setenv("AFTERCARE_ENV", "production")
    with pytest.raises(ForbiddenInProduction):
        create_app(config_for(care_line))


def test_its_program_refuses_production_and_says_why():
    asked = [sys.executable, "-m", "aftercare.carrier", "--port", "0"]
    env = {"AFTERCARE_ENV": "production", "TWILIO_ACCOUNT_SID": "AC", "TWILIO_AUTH_TOKEN": "x"}
    ended = subprocess.run(asked, env=env, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "cannot run with AFTERCARE_ENV=production" in " ".join(ended.stderr.split())


def test_it_calls_nobody_beyond_this_machine(care_line):
    with pytest.raises(ValueError, match="loopback only"):
        create_app(CarrierConfig(ACCOUNT, TOKEN, "https://aftercare.example/webhooks/sms"))


def test_a_web_page_elsewhere_cannot_reach_it_by_another_name(address):
    answer = httpx.get(f"{address}/phones/state", headers={"Host": "evil.example"})
    assert answer.status_code == 400


def bubbles(address, number):
    state = httpx.get(f"{address}/phones/state").json()
    phone = next(each for each in state["phones"] if each["number"] == number)
    return [(text["body"], text["status"]) for text in phone["texts"]]
