"""The patient's and the team's time of day: quiet hours, mornings, business days. Pure.

Moments go in and come out in UTC; only here do they become a wall clock's time.
"""

from collections.abc import Container, Iterator
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

MORNING = time(9)
MORNING_MINUTES = 120
"""Check-ins are spread over 9:00–11:00, so that a clinic's texts do not leave all at once."""


def local(moment: datetime, zone: str) -> datetime:
    """`moment` on the wall clock of `zone`."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its zone")
    return moment.astimezone(ZoneInfo(zone))


def at_wall_time(day: date, wall: time, zone: str) -> datetime:
    """The UTC moment when a clock in `zone` shows `wall` on `day`.

    A time the clocks skip in spring becomes the same time after the jump; one that
    comes twice in autumn is the first of the two, unless `wall.fold` asks for the second.
    """
    return datetime.combine(day, wall, ZoneInfo(zone)).astimezone(UTC)


def in_quiet_hours(moment: datetime, zone: str, quiet_from: time, quiet_until: time) -> bool:
    """May a text that answers nothing not go out now? Equal ends mean no quiet hours."""
    wall = local(moment, zone).time()
    if quiet_from <= quiet_until:
        return quiet_from <= wall < quiet_until
    return wall >= quiet_from or wall < quiet_until


def next_allowed(moment: datetime, zone: str, quiet_from: time, quiet_until: time) -> datetime:
    """`moment` itself, or the end of the quiet hours it falls into."""
    if not in_quiet_hours(moment, zone, quiet_from, quiet_until):
        return moment.astimezone(UTC)
    return next(
        end
        for end in _ends(local(moment, zone).date(), zone, quiet_until)
        if end > moment and not in_quiet_hours(end, zone, quiet_from, quiet_until)
    )


def _ends(day: date, zone: str, quiet_until: time) -> Iterator[datetime]:
    # Both readings of a wall time that comes twice; a week covers a calendar that skips a day.
    for ahead in range(7):
        both = {
            at_wall_time(day + timedelta(days=ahead), quiet_until.replace(fold=fold), zone)
            for fold in (0, 1)
        }
        yield from sorted(both)


def is_business_day(day: date, holidays: Container[date] = ()) -> bool:
    return day.weekday() < 5 and day not in holidays


def next_business_day(day: date, holidays: Container[date] = ()) -> date:
    """The first business day after `day`."""
    day += timedelta(days=1)
    while not is_business_day(day, holidays):
        day += timedelta(days=1)
    return day


def end_of_next_business_day(
    moment: datetime, zone: str, closes: time = time(17), holidays: Container[date] = ()
) -> datetime:
    """When the office in `zone` closes on the first business day after today."""
    day = next_business_day(local(moment, zone).date(), holidays)
    return at_wall_time(day, closes, zone)


def check_in_moment(discharged_at: datetime, offset_days: int, zone: str, who: str) -> datetime:
    """The morning of the check-in `offset_days` after discharge, in the patient's zone.

    `who` (the patient's id) chooses the minute: the same one every time, so that a
    patient's texts come when they came before.
    """
    day = local(discharged_at, zone).date() + timedelta(days=offset_days)
    return at_wall_time(day, MORNING, zone) + timedelta(minutes=_spread(who))


def _spread(who: str) -> int:
    return int.from_bytes(sha256(who.encode()).digest()[:4]) % MORNING_MINUTES
