"""Our signature check against twilio-python's own published vectors."""

import json
from pathlib import Path

import pytest
from starlette.datastructures import FormData

from aftercare.sms import signed

FILE = Path(__file__).parents[3] / "shared/fixtures/twilio/request_validator_vectors.json"
if not FILE.exists():
    pytest.skip(f"no {FILE.name} beside this checkout", allow_module_level=True)

SHEET = json.loads(FILE.read_text())
VECTORS = {vector["name"]: vector for vector in SHEET["vectors"]}


def believed(vector, token=SHEET["auth_token"], signature=None):
    url = vector.get("url", SHEET["url"])
    form = FormData(
        [tuple(pair) for pair in vector.get("params_list", [])] or list(SHEET["params"].items())
    )
    body = vector["body"].encode() if "body" in vector else None
    return signed(token, url, form, signature or vector["signature"], body)


@pytest.mark.parametrize("name", VECTORS)
def test_twilios_own_signatures_are_believed(name):
    assert believed(VECTORS[name])


@pytest.mark.parametrize("name", VECTORS)
def test_none_of_them_is_believed_when_anything_is_off(name):
    vector = VECTORS[name]
    assert not believed(vector, token="54321")
    assert not believed(vector, signature=vector["signature"].swapcase())
    assert not believed(vector | {"url": vector.get("url", SHEET["url"]) + "&baz=3"})
