"""Moments as the console writes them: short, and in somebody's own zone."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time


def clock_time(moment: datetime, zone: str, locale: str) -> str:
    """The time of day: `9:12 AM`."""
    return _plain(format_time(moment.astimezone(ZoneInfo(zone)), "short", locale=_babel(locale)))


def day_and_time(moment: datetime, zone: str, locale: str, now: datetime) -> str:
    """As short as it stays clear: today only the time, else the day as well."""
    there = moment.astimezone(ZoneInfo(zone))
    time = clock_time(moment, zone, locale)
    if there.date() == now.astimezone(ZoneInfo(zone)).date():
        return time
    return f"{short_day(there, locale, now)}, {time}"


def short_day(moment: datetime, locale: str, now: datetime) -> str:
    """`Sat, Nov 21`, with the year when it is not this one."""
    skeleton = "MMMEd" if abs(now - moment) < timedelta(days=300) else "yMMMd"
    return _plain(format_skeleton(skeleton, moment, locale=_babel(locale)))


def month_day(moment: datetime, zone: str, locale: str) -> str:
    """`11/21`, or `21/11` where people write it so."""
    return _plain(format_skeleton("Md", moment.astimezone(ZoneInfo(zone)), locale=_babel(locale)))


def full_date(day: date, locale: str) -> str:
    return _plain(format_date(day, "medium", locale=_babel(locale)))


def zone_name(zone: str, now: datetime) -> str:
    """`EST`, `CDT`: what people call the zone at this time of the year."""
    return now.astimezone(ZoneInfo(zone)).tzname() or zone


def same_clock(left: str, right: str, now: datetime) -> bool:
    """Whether clocks in the two zones show the same time now."""
    return now.astimezone(ZoneInfo(left)).utcoffset() == now.astimezone(ZoneInfo(right)).utcoffset()


def language(code: str, locale: str) -> str:
    """`es` as the reader calls it: `Spanish`."""
    try:
        return Locale.parse(code, sep="-").get_display_name(_babel(locale)) or code
    except (UnknownLocaleError, ValueError):
        return code


def _babel(locale: str) -> Locale:
    for name in (f"{locale}-US", locale, "en-US"):
        try:
            return Locale.parse(name, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    raise UnknownLocaleError(locale)


def _plain(words: str) -> str:
    return words.replace("\u202f", "\u00a0")
