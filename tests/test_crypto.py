"""What is sealed opens only where it was sealed, and with a key that is still known."""

from collections.abc import Iterator

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from aftercare import crypto
from aftercare.crypto import KeyRing, UnknownKey, key_ring
from aftercare.models import Patient
from aftercare.settings import load, new_key

KEYS = {name: new_key() for name in ("k1", "k2")}
LOOKUP = new_key()


def ring(*names: str, lookup: str = LOOKUP) -> KeyRing:
    listed = ",".join(f"{name}:{KEYS[name]}" for name in names)
    return key_ring(
        load({"AFTERCARE_ENV": "test", "AFTERCARE_KEYS": listed, "AFTERCARE_LOOKUP_KEY": lookup})
    )


@pytest.fixture
def sealing() -> Iterator[KeyRing]:
    before = crypto._ring
    crypto.use(made := ring("k1"))
    yield made
    crypto._ring = before


@given(st.text())
def test_what_is_sealed_opens_again(words: str) -> None:
    keys = ring("k1")
    assert keys.open(keys.seal(words, "message.body:1"), "message.body:1") == words


def test_the_same_words_are_sealed_differently_every_time() -> None:
    keys = ring("k1")
    assert keys.seal("chest", "x") != keys.seal("chest", "x")


def test_a_sealed_value_moved_to_another_row_does_not_open(sealing: KeyRing) -> None:
    ada, bob = Patient(), Patient()
    ada.phone, bob.phone = "+13128670101", "+13128670102"
    bob.phone_sealed = ada.phone_sealed
    with pytest.raises(InvalidTag):
        _ = bob.phone


def test_a_sealed_value_moved_to_another_column_does_not_open(sealing: KeyRing) -> None:
    ada = Patient()
    ada.first_name, ada.last_name = "Ada", "Lovelace"
    ada.last_name_sealed = ada.first_name_sealed
    with pytest.raises(InvalidTag):
        _ = ada.last_name


def test_an_altered_value_does_not_open() -> None:
    keys = ring("k1")
    sealed = bytearray(keys.seal("182 lbs", "x"))
    sealed[-1] ^= 1
    with pytest.raises(InvalidTag):
        keys.open(bytes(sealed), "x")


def test_after_a_rotation_old_values_open_and_new_ones_use_the_new_key() -> None:
    old, rotated = ring("k1"), ring("k2", "k1")
    sealed = old.seal("182 lbs", "x")
    assert rotated.open(sealed, "x") == "182 lbs"
    assert rotated.seal("182 lbs", "x").startswith(b"k2:")


def test_a_key_that_was_taken_away_is_named() -> None:
    with pytest.raises(UnknownKey, match="'k1'"):
        ring("k2").open(ring("k1").seal("182 lbs", "x"), "x")


def test_a_number_is_found_by_a_hash_that_needs_the_key() -> None:
    assert ring("k1").fingerprint("+1312") == ring("k2").fingerprint("+1312")
    assert ring("k1").fingerprint("+1312") != ring("k1", lookup=new_key()).fingerprint("+1312")


def test_a_key_of_the_wrong_size_is_refused() -> None:
    with pytest.raises((ValueError, SystemExit)):
        key_ring(load({"AFTERCARE_ENV": "test", "AFTERCARE_KEYS": "k1:c2hvcnQ=",
                       "AFTERCARE_LOOKUP_KEY": LOOKUP}))  # fmt: skip


def test_nothing_is_sealed_before_its_row_has_an_id(sealing: KeyRing) -> None:
    ada = Patient()
    ada.id = None  # type: ignore[assignment]
    with pytest.raises(RuntimeError, match="id must be set"):
        ada.phone = "+13128670101"
