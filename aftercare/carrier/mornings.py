"""When the next morning has come for everybody."""

from collections.abc import Collection
from datetime import datetime, time, timedelta

from aftercare.calendars import at_wall_time, local

NINE = time(9)
EVENING = time(20)


def next_morning(now: datetime, zones: Collection[str]) -> datetime:
    """The first 9:00 of some zone by which a new 9:00 has come in each, and evening in none.

    Where the zones lie too far apart for that, the first by which a new 9:00 has come in each.
    """
    nines = sorted(nine for zone in zones for nine in _nines_after(now, zone))
    come = max(_nines_after(now, zone)[0] for zone in zones)
    return next(
        (nine for nine in nines if nine >= come and all(_is_day(nine, zone) for zone in zones)),
        come,
    )


def _nines_after(now: datetime, zone: str) -> list[datetime]:
    today = local(now, zone).date()
    days = [today + timedelta(days=ahead) for ahead in range(4)]
    return [nine for day in days if (nine := at_wall_time(day, NINE, zone)) > now]


def _is_day(moment: datetime, zone: str) -> bool:
    return NINE <= local(moment, zone).time() < EVENING
