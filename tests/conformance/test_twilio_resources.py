"""The stand-in's answers against Twilio's own OpenAPI document."""

import json
import re
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
import pytest

from aftercare.carrier import CarrierConfig, Delivery, Phones, running
from aftercare.sms import SendFailed, Twilio

FILE = Path(__file__).parents[3] / "shared/fixtures/twilio/twilio_api_v2010_messages.openapi.json"
if not FILE.exists():
    pytest.skip(f"no {FILE.name} beside this checkout", allow_module_level=True)

API = json.loads(FILE.read_text())
LIST = "/2010-04-01/Accounts/{AccountSid}/Messages.json"
ONE = "/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json"
MEDIA_LIST = "/2010-04-01/Accounts/{AccountSid}/Messages/{MessageSid}/Media.json"
MEDIA = "/2010-04-01/Accounts/{AccountSid}/Messages/{MessageSid}/Media/{Sid}.json"

ROSA = "+12025550123"
ACCOUNT = "AC" + "a1" * 16
SERVICE = "MG" + "b2" * 16
AUTH = (ACCOUNT, "a-secret")
CONFIG = CarrierConfig(
    *AUTH,
    "http://127.0.0.1:9/webhooks/sms",
    messaging_service_sid=SERVICE,
    delivery=Delivery.HELD,
)


@pytest.fixture(scope="module")
def address():
    with running(CONFIG) as address:
        yield address


@pytest.fixture
def phones(address):
    with Phones(address) as phones:
        yield phones
        phones.reset()


def faults(value, schema, where="answer"):
    """Where `value` is not what `schema` (OpenAPI 3.0) says."""
    if "$ref" in schema:
        schema = API["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if value is None:
        return [] if schema.get("nullable") else [f"{where} is null"]
    kinds = {"string": str, "integer": int, "object": dict, "array": list, "boolean": bool}
    if not isinstance(value, kinds[schema["type"]]):
        return [f"{where} is {type(value).__name__}, not {schema['type']}"]
    if isinstance(value, list):
        return [fault for item in value for fault in faults(item, schema["items"], where + "[]")]
    if isinstance(value, dict):
        return _object_faults(value, schema, where)
    return _string_faults(value, schema, where) if isinstance(value, str) else []


def _object_faults(value, schema, where):
    known = schema.get("properties")
    if known is None:
        return []
    found = [f"{where}.{key} is not in the document" for key in value.keys() - known.keys()]
    found += [f"{where}.{key} is missing" for key in known.keys() - value.keys()]
    for key in value.keys() & known.keys():
        found += faults(value[key], known[key], f"{where}.{key}")
    return found


def _string_faults(value, schema, where):
    found = []
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{where}: {value} is none of {schema['enum']}")
    if "pattern" in schema and not re.fullmatch(schema["pattern"], value):
        found.append(f"{where}: {value} does not match {schema['pattern']}")
    if schema.get("format") == "date-time-rfc-2822" and parsedate_to_datetime(value).tzinfo is None:
        found.append(f"{where}: {value} has no zone")
    return found


def schema_of(path, verb, status="200"):
    return API["paths"][path][verb]["responses"][status]["content"]["application/json"]["schema"]


def test_the_checker_finds_what_is_wrong():
    schema = schema_of(ONE, "get")
    example = documented(ONE, "get", "200")[0]
    assert faults(example, schema) == []
    for broken in (
        {"status": "lost"},
        {"sid": "SM1"},
        {"num_media": 0},
        {"direction": None},
        {"extra": 1},
    ):
        assert faults(example | broken, schema)
    del example["uri"]
    assert faults(example, schema)


def documented(path, verb, status):
    examples = API["paths"][path][verb]["responses"][status]["content"]["application/json"]
    return [example["value"] for example in examples["examples"].values()]


@pytest.mark.parametrize("sender", [{"From": CONFIG.number}, {"MessagingServiceSid": SERVICE}])
def test_a_created_message_is_as_documented(address, phones, sender):
    answer = httpx.post(
        address + LIST.format(AccountSid=ACCOUNT),
        data={"To": ROSA, "Body": "¡Hola! 👍", **sender},
        auth=AUTH,
    )
    assert answer.status_code == 201
    assert faults(answer.json(), schema_of(LIST, "post", "201")) == []
    assert answer.json().keys() == documented(LIST, "post", "201")[0].keys()


@pytest.mark.parametrize("error", [None, 30003, 30006, 30007, 30034])
def test_a_fetched_message_is_as_documented_at_every_step(address, phones, error):
    if error:
        phones.plan("undelivered", code=error)
    twilio = Twilio(*AUTH, from_number=CONFIG.number, api_base=address)
    sid = twilio.send(ROSA, "Hello").sid
    for _ in range(2):
        answer = httpx.get(address + ONE.format(AccountSid=ACCOUNT, Sid=sid), auth=AUTH)
        assert faults(answer.json(), schema_of(ONE, "get")) == []
        phones.deliver()
    assert answer.json()["error_code"] == error


def test_lists_and_their_pages_are_as_documented(address, phones):
    twilio = Twilio(*AUTH, from_number=CONFIG.number, api_base=address)
    for nth in range(3):
        twilio.send(ROSA, f"text {nth}")
    phones.text(ROSA, "a picture", media=("image/jpeg",))
    uri = LIST.format(AccountSid=ACCOUNT) + "?PageSize=3"
    pages = []
    while uri:
        pages.append(httpx.get(address + uri, auth=AUTH).json())
        uri = pages[-1]["next_page_uri"]
    assert [len(page["messages"]) for page in pages] == [3, 1]
    for page in pages:
        assert faults(page, schema_of(LIST, "get")) == []
        assert page.keys() == documented(LIST, "get", "200")[0].keys()


def test_pictures_are_as_documented(address, phones):
    sid = phones.text(ROSA, "a picture", media=("image/jpeg",))["sid"]
    listed = httpx.get(address + MEDIA_LIST.format(AccountSid=ACCOUNT, MessageSid=sid), auth=AUTH)
    assert faults(listed.json(), schema_of(MEDIA_LIST, "get")) == []
    [item] = listed.json()["media_list"]
    one = httpx.get(address + item["uri"], auth=AUTH)
    assert one.json() == item
    assert faults(one.json(), schema_of(MEDIA, "get")) == []


def test_an_error_has_twilios_four_fields(address):
    answer = httpx.get(address + LIST.format(AccountSid=ACCOUNT), auth=(ACCOUNT, "another"))
    assert answer.json() == {
        "code": 20003,
        "message": "Authenticate",
        "more_info": "https://www.twilio.com/docs/errors/20003",
        "status": 401,
    }
    with pytest.raises(SendFailed):
        Twilio(ACCOUNT, "another", from_number=ROSA, api_base=address).fetch("SM" + "0" * 32)
