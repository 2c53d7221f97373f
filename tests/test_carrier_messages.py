"""The stand-in's Messages resource beyond sending: lists, refusals, who may open it."""

from datetime import UTC, datetime

import httpx
import pytest
from twilio.base.exceptions import TwilioRestException

from tests.carrier_setup import ACCOUNT, ROSA, TOKEN, WALTER, clock

pytest_plugins = ["tests.carrier_setup"]


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
