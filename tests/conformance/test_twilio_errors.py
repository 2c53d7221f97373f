"""Our kinds of failure against a published table of Twilio's error codes."""

import json
from pathlib import Path

import pytest

from aftercare.carrier.errors import DELIVERY_ERRORS
from aftercare.sms import FailureKind, Tell, failure_of

FILE = Path(__file__).parents[3] / "shared/fixtures/twilio/twilio_error_codes_messaging.json"
if not FILE.exists():
    pytest.skip(f"no {FILE.name} beside this checkout", allow_module_level=True)

TABLE = {row["code"]: row["message"] for row in json.loads(FILE.read_text())}

# Codes of a send or a status callback that we leave to a person on purpose.
TO_A_PERSON = {
    30009: "an incoming segment is missing",
    30011: "pictures, which we never send",
    30012: "a validity period, which we never set",
    30013: "a validity period, which we never set",
    30025: "a warning that half the day's share is used",
    30026: "a warning that most of the day's share is used",
    30028: "an API version",
    30029: "a retention setting, which we never send",
    30030: "a retention setting, which we never send",
    30031: "a rate setting, which we never send",
}


def test_every_code_in_the_table_has_a_kind():
    for code in TABLE:
        kind = failure_of(code)
        assert kind in FailureKind
        assert kind.tell is not Tell.NOBODY or kind in (
            FailureKind.SLOW_DOWN,
            FailureKind.CARRIER_TROUBLE,
        )


def test_no_delivery_error_is_left_unnamed_by_accident():
    delivery = [code for code in TABLE if 30001 <= code <= 30035]
    assert len(delivery) == 35
    unnamed = {code for code in delivery if failure_of(code) is FailureKind.OTHER}
    assert unnamed == TO_A_PERSON.keys()


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("unsubscribed recipient", FailureKind.OPTED_OUT),
        ("not a valid mobile number", FailureKind.INVALID_NUMBER),
        ("Unknown destination handset", FailureKind.INVALID_NUMBER),
        ("Landline or unreachable carrier", FailureKind.LANDLINE),
        ("Message blocked", FailureKind.BLOCKED),
        ("Unreachable destination handset", FailureKind.UNREACHABLE),
        ("Message filtered", FailureKind.FILTERED),
        ("Message from an Unregistered Number", FailureKind.UNREGISTERED),
        ("Toll-Free Number Has Not Been Verified", FailureKind.UNREGISTERED),
        ("exceeds the 1600 character limit", FailureKind.TOO_LONG),
        ("Rate Limits Exceeded", FailureKind.SLOW_DOWN),
        ("Queue overflow", FailureKind.SLOW_DOWN),
        ("Account suspended", FailureKind.AUTH),
        ("The Messaging Service does not exist", FailureKind.MISCONFIGURED),
        ("Permission to send an SMS has not been enabled", FailureKind.MISCONFIGURED),
    ],
)
def test_a_kind_is_what_the_tables_words_say(words, kind):
    codes = [code for code, message in TABLE.items() if words in message]
    assert codes
    assert {failure_of(code) for code in codes} == {kind}


def test_the_stand_in_reports_delivery_errors_in_the_tables_words():
    for code, words in DELIVERY_ERRORS.items():
        assert TABLE[code] == words
