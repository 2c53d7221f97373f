"""An encryption key is changed while the clinic works."""

import pytest

from aftercare import crypto, rotation
from aftercare.settings import Settings, new_key
from tests.harness import Day


def with_keys(settings: Settings, *keys: tuple[str, str]) -> None:
    pairs = ",".join(f"{name}:{key}" for name, key in keys)
    crypto.use(crypto.key_ring(settings.model_copy(update={"keys": type(settings.keys)(pairs)})))


def test_everything_is_sealed_with_the_new_key_and_still_opens(
    day: Day, settings: Settings
) -> None:
    ada = day.patient("Ada")
    name, key = settings.keys.get_secret_value().split(":", 1)
    new = ("k2", new_key())
    with_keys(settings, new, (name, key))
    assert rotation.waiting(day.app.database) > 0

    assert sum(rotation.rotate(day.app.database)) > 0
    assert rotation.waiting(day.app.database) == 0
    with_keys(settings, new)
    assert ada.row.first_name == "Ada"


def test_a_value_whose_key_is_gone_says_so(day: Day, settings: Settings) -> None:
    ada = day.patient("Ada")
    with_keys(settings, ("k2", new_key()))
    with pytest.raises(crypto.UnknownKey, match="AFTERCARE_KEYS"):
        _ = ada.row.first_name
