"""When the next morning has come for everybody."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from aftercare.calendars import at_wall_time, local

NINE = time(9)


def next_morning(now: datetime, zones: Iterable[str]) -> datetime:
    """The first moment after `now` at which a new 9:00 has come in each of `zones`."""
    return max(_next_nine(now, zone) for zone in zones)


def _next_nine(now: datetime, zone: str) -> datetime:
    today = local(now, zone).date()
    nine = at_wall_time(today, NINE, zone)
    return nine if nine > now else at_wall_time(today + timedelta(days=1), NINE, zone)
