"""Encrypted columns (AES-GCM, rotating keys) and the keyed hash that finds a row."""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from aftercare.settings import Settings, key_bytes


class UnknownKey(LookupError):
    """A value was sealed with a key that is no longer among AFTERCARE_KEYS."""


@dataclass(frozen=True)
class KeyRing:
    """The keys by id; `current` seals, all of them open."""

    current: str
    ciphers: Mapping[str, AESGCM]
    lookup_key: bytes

    def seal(self, text: str, where: str) -> bytes:
        """Encrypt `text` for the place `where` (table, column and row), and no other."""
        nonce = secrets.token_bytes(12)
        sealed = self.ciphers[self.current].encrypt(nonce, text.encode(), where.encode())
        return self.current.encode() + b":" + nonce + sealed

    def open(self, blob: bytes, where: str) -> str:
        """Decrypt what was sealed at `where`.

        Raises UnknownKey, or cryptography's InvalidTag when the value was moved or altered.
        """
        key, _, rest = blob.partition(b":")
        cipher = self.ciphers.get(key.decode())
        if cipher is None:
            raise UnknownKey(f"no key {key.decode()!r} in AFTERCARE_KEYS")
        return cipher.decrypt(rest[:12], rest[12:], where.encode()).decode()

    def fingerprint(self, text: str) -> str:
        """The keyed hash by which an encrypted value is looked up."""
        return hmac.new(self.lookup_key, text.encode(), sha256).hexdigest()


def key_ring(settings: Settings) -> KeyRing:
    """The ring that AFTERCARE_KEYS and AFTERCARE_LOOKUP_KEY describe."""
    pairs = [pair.split(":", 1) for pair in settings.keys.get_secret_value().split(",")]
    ciphers = {name.strip(): AESGCM(key_bytes(key.strip())) for name, key in pairs}
    lookup = key_bytes(settings.lookup_key.get_secret_value())
    return KeyRing(pairs[0][0].strip(), ciphers, lookup)


_ring: KeyRing | None = None


def use(ring: KeyRing) -> None:
    """Make `ring` the one this process' models seal and open with (called by app)."""
    global _ring  # noqa: PLW0603 - models have no constructor to be given it through
    _ring = ring


def ring() -> KeyRing:
    if _ring is None:
        raise RuntimeError("crypto.use() was not called: build the app first")
    return _ring


class Sealed:
    """An attribute that is stored encrypted in the column `<name>_sealed`.

    The associated data names table, column and row, so a ciphertext copied to
    another row does not open. The row's id must be set before the attribute is.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, row: Any, owner: type | None = None) -> Any:
        if row is None:
            return self
        blob = getattr(row, f"{self._name}_sealed")
        return None if blob is None else ring().open(bytes(blob), self._where(row))

    def __set__(self, row: Any, value: str | None) -> None:
        blob = None if value is None else ring().seal(value, self._where(row))
        setattr(row, f"{self._name}_sealed", blob)

    def _where(self, row: Any) -> str:
        if row.id is None:
            raise RuntimeError(f"{type(row).__name__}.id must be set before {self._name}")
        return f"{row.__tablename__}.{self._name}:{row.id}"
