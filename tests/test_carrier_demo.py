"""What a demo needs of the stand-in carrier: the page with the phones, and a clock to move."""

import json
from datetime import UTC, datetime
from itertools import pairwise

import httpx

from aftercare.carrier import CarrierConfig, running
from aftercare.carrier.mornings import next_morning
from tests.carrier_setup import ACCOUNT, ROSA, TOKEN, WALTER, clock

pytest_plugins = ["tests.carrier_setup"]


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


def bubbles(address, number):
    state = httpx.get(f"{address}/phones/state").json()
    phone = next(each for each in state["phones"] if each["number"] == number)
    return [(text["body"], text["status"]) for text in phone["texts"]]
