"""What Twilio's codes and statuses mean: whether to send again, whom to tell, what is final."""

from itertools import permutations

import pytest

from aftercare.sms import FailureKind, Retry, Tell, failure_of, is_final, progress

# Kinds of failure


def test_every_kind_says_what_to_do():
    for kind in FailureKind:
        assert kind.retry in Retry
        assert kind.tell in Tell


def test_an_unknown_outcome_is_looked_up_before_anything_is_sent_again():
    unknown = {kind for kind in FailureKind if not kind.outcome_known}
    assert unknown == {kind for kind in FailureKind if kind.retry is Retry.AFTER_LOOK_UP}


@pytest.mark.parametrize(
    ("code", "kind", "retry", "tell"),
    [
        (21610, FailureKind.OPTED_OUT, Retry.NEVER, Tell.CASE_MANAGER),
        (30003, FailureKind.UNREACHABLE, Retry.LATER, Tell.CASE_MANAGER),
        (30004, FailureKind.BLOCKED, Retry.NEVER, Tell.CASE_MANAGER),
        (30005, FailureKind.INVALID_NUMBER, Retry.NEVER, Tell.CASE_MANAGER),
        (30006, FailureKind.LANDLINE, Retry.NEVER, Tell.CASE_MANAGER),
        (30007, FailureKind.FILTERED, Retry.NEVER, Tell.OPERATOR),
        (30008, FailureKind.UNEXPLAINED, Retry.ONCE, Tell.CASE_MANAGER),
        (30032, FailureKind.UNREGISTERED, Retry.NEVER, Tell.OPERATOR),
        (30034, FailureKind.UNREGISTERED, Retry.NEVER, Tell.OPERATOR),
        (20429, FailureKind.SLOW_DOWN, Retry.LATER, Tell.NOBODY),
        (12345, FailureKind.OTHER, Retry.NEVER, Tell.CASE_MANAGER),
        (None, FailureKind.OTHER, Retry.NEVER, Tell.CASE_MANAGER),
    ],
)
def test_a_code_has_its_kind(code, kind, retry, tell):
    assert (failure_of(code), kind.retry, kind.tell) == (kind, retry, tell)


# Statuses


def test_statuses_in_any_order_end_the_same():
    for arrived in permutations(["queued", "sending", "sent", "delivered", "delivered"]):
        status = "accepted"
        for new in arrived:
            status = progress(status, new)
        assert status == "delivered"


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        (None, "queued", "queued"),
        ("claimed", "queued", "queued"),
        ("sent", "sending", "sent"),
        ("undelivered", "sent", "undelivered"),
        ("failed", "queued", "failed"),
        ("undelivered", "delivered", "delivered"),
        ("delivered", "undelivered", "delivered"),
        ("delivered", "read", "read"),
        ("read", "delivered", "read"),
        ("sent", "a status of next year", "sent"),
    ],
)
def test_a_text_never_goes_back(old, new, kept):
    assert progress(old, new) == kept


def test_a_text_on_its_way_is_not_final():
    final = ("delivered", "undelivered", "failed", "canceled", "read")
    under_way = ("accepted", "scheduled", "queued", "sending", "sent")
    assert all(map(is_final, final))
    assert not any(map(is_final, under_way))
