"""Settings are read once, and incomplete ones refuse to start, naming every variable."""

from datetime import time
from pathlib import Path

import pytest

from aftercare.settings import Settings, environment, key_bytes, load, new_key, variables

PRODUCTION = {
    "AFTERCARE_ENV": "production",
    "AFTERCARE_KEYS": f"k1:{new_key()}",
    "AFTERCARE_LOOKUP_KEY": new_key(),
    "AFTERCARE_HOSPITAL": "Mercy",
    "AFTERCARE_NURSE_LINE": "800-555-0100",
    "AFTERCARE_PUBLIC_URL": "https://aftercare.example.org",
    "DATABASE_URL": "postgresql://db/aftercare",
    "RASA_TRACKER_URL": "postgresql://db/rasa",
    "TWILIO_ACCOUNT_SID": "AC1",
    "TWILIO_AUTH_TOKEN": "token",
    "TWILIO_FROM": "+15005550006",
}


def test_a_complete_production_starts() -> None:
    assert load(PRODUCTION).hospital == "Mercy"


@pytest.mark.parametrize("name", sorted(set(PRODUCTION) - {"AFTERCARE_ENV"}))
def test_production_names_what_is_missing(name: str) -> None:
    with pytest.raises(SystemExit, match=name):
        load({key: value for key, value in PRODUCTION.items() if key != name})


def test_everything_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(SystemExit) as refused:
        load({"AFTERCARE_ENV": "production"})
    missing = set(PRODUCTION) - {"AFTERCARE_ENV"}
    assert {name for name in missing if name not in str(refused.value)} == set()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TWILIO_API_BASE", "http://127.0.0.1:8010"),
        ("AFTERCARE_CLOCK", "/tmp/clock"),
        ("AFTERCARE_PUBLIC_URL", "http://aftercare.example.org"),
    ],
)
def test_production_refuses_what_only_a_demo_may(name: str, value: str) -> None:
    with pytest.raises(SystemExit, match=name):
        load({**PRODUCTION, name: value})


def test_a_value_that_cannot_be_read_is_named() -> None:
    with pytest.raises(SystemExit, match="AFTERCARE_QUIET_FROM"):
        load({**PRODUCTION, "AFTERCARE_QUIET_FROM": "late"})


def test_development_makes_its_keys_once_and_keeps_them_to_itself(tmp_path: Path) -> None:
    first = load({"AFTERCARE_VAR": str(tmp_path)})
    second = load({"AFTERCARE_VAR": str(tmp_path)})
    assert first.keys == second.keys
    assert (tmp_path / "keys.env").stat().st_mode & 0o077 == 0


def test_a_setting_that_is_set_wins_over_the_made_one(tmp_path: Path) -> None:
    load({"AFTERCARE_VAR": str(tmp_path)})
    chosen = load({"AFTERCARE_VAR": str(tmp_path), "TWILIO_ACCOUNT_SID": "AC9"})
    assert chosen.twilio_account_sid == "AC9"


def test_settings_survive_being_handed_to_another_program(tmp_path: Path) -> None:
    chosen = load({"AFTERCARE_VAR": str(tmp_path), "AFTERCARE_QUIET_FROM": "21:30"})
    again = load(environment(chosen))
    assert again == chosen
    assert again.quiet_from == time(21, 30)


def test_secrets_are_not_printed() -> None:
    shown = repr(load(PRODUCTION))
    kept = [PRODUCTION[name] for name in ("AFTERCARE_KEYS", "AFTERCARE_LOOKUP_KEY")]
    assert [secret for secret in kept if secret in shown] == []


def test_every_setting_says_what_it_is_for() -> None:
    assert len(variables()) == len(Settings.model_fields)
    assert [name for name, meaning in variables().items() if not meaning] == []


@pytest.mark.parametrize("text", ["", "c2hvcnQ=", "!!!"])
def test_a_key_is_32_bytes(text: str) -> None:
    with pytest.raises(ValueError):
        key_bytes(text)
