"""Slows down whoever guesses passwords: by account, and by address."""

import math
import time
from hashlib import sha256

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

ACCOUNT = (RateLimitItemPerMinute(5), RateLimitItemPerHour(20))
ADDRESS = (RateLimitItemPerMinute(30), RateLimitItemPerHour(300))
"""A ward shares one address, so it gets more tries than one account."""


class Attempts:
    """The log-in attempts of the last hour, in this process' memory."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def wait(self, email: str, address: str) -> int:
        """Count one attempt; the seconds to wait when it is one too many, else 0."""
        full = [
            (limit, key)
            for limit, key in _keys(email, address)
            if not self._limiter.hit(limit, key)
        ]
        return max((self._seconds(limit, key) for limit, key in full), default=0)

    def forgive(self, email: str) -> None:
        """Forget the account's attempts: its owner is in."""
        for limit in ACCOUNT:
            self._limiter.clear(limit, _account(email))

    def _seconds(self, limit: RateLimitItem, key: str) -> int:
        return max(
            1, math.ceil(self._limiter.get_window_stats(limit, key).reset_time - time.time())
        )


def _keys(email: str, address: str) -> list[tuple[RateLimitItem, str]]:
    keys: list[tuple[RateLimitItem, str]] = [(limit, _account(email)) for limit in ACCOUNT]
    keys += [(limit, f"address:{address}") for limit in ADDRESS]
    return keys


def _account(email: str) -> str:
    return "account:" + sha256(email.strip().casefold().encode()).hexdigest()
