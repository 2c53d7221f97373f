"""The stand-in carrier and the product's end of its line, for the carrier's tests."""

import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

import pytest
from twilio.rest import Client

from aftercare.carrier import CarrierConfig, Delivery, Order, Phones, running
from aftercare.clock import SetClock
from aftercare.sms import Twilio

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
