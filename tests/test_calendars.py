"""Times of day where the patient lives, through clock changes, weekends and holidays."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftercare import calendars

NIGHT = (time(20), time(9))
HOUSTON = "America/Chicago"
SPRING = date(2026, 3, 8)  # clocks jump from 2:00 to 3:00
AUTUMN = date(2026, 11, 1)  # 1:00–2:00 comes twice


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def in_houston(text: str) -> datetime:
    day = datetime.fromisoformat(text)
    return calendars.at_wall_time(day.date(), day.time(), HOUSTON)


@pytest.mark.parametrize(
    ("wall", "quiet"),
    [("08:59", True), ("09:00", False), ("19:59", False), ("20:00", True), ("00:00", True)],
)
def test_nights_are_quiet_from_eight_to_nine(wall: str, quiet: bool) -> None:
    assert calendars.in_quiet_hours(in_houston(f"2026-06-01T{wall}"), HOUSTON, *NIGHT) is quiet


def test_the_quiet_hours_are_the_patients_not_the_servers() -> None:
    noon_in_london = utc("2026-06-01T11:00")
    assert calendars.in_quiet_hours(noon_in_london, HOUSTON, *NIGHT)
    assert calendars.in_quiet_hours(noon_in_london, "Pacific/Honolulu", *NIGHT)
    assert not calendars.in_quiet_hours(noon_in_london, "Europe/London", *NIGHT)


def test_quiet_hours_can_lie_within_one_day() -> None:
    siesta = (time(13), time(15))
    assert calendars.in_quiet_hours(in_houston("2026-06-01T14:00"), HOUSTON, *siesta)
    assert not calendars.in_quiet_hours(in_houston("2026-06-01T23:00"), HOUSTON, *siesta)


def test_equal_ends_mean_no_quiet_hours() -> None:
    assert not calendars.in_quiet_hours(in_houston("2026-06-01T03:00"), HOUSTON, time(9), time(9))


def test_an_evening_text_waits_for_the_next_morning() -> None:
    evening = in_houston("2026-06-01T21:30")
    assert calendars.next_allowed(evening, HOUSTON, *NIGHT) == in_houston("2026-06-02T09:00")


def test_an_early_text_waits_for_the_same_morning() -> None:
    early = in_houston("2026-06-01T04:00")
    assert calendars.next_allowed(early, HOUSTON, *NIGHT) == in_houston("2026-06-01T09:00")


def test_a_daytime_text_goes_at_once() -> None:
    noon = in_houston("2026-06-01T12:00")
    assert calendars.next_allowed(noon, HOUSTON, *NIGHT) == noon


def test_nine_is_nine_on_the_morning_the_clocks_change() -> None:
    before_spring = in_houston("2026-03-07T21:00")
    assert calendars.next_allowed(before_spring, HOUSTON, *NIGHT) == utc("2026-03-08T14:00")
    before_autumn = in_houston("2026-10-31T21:00")
    assert calendars.next_allowed(before_autumn, HOUSTON, *NIGHT) == utc("2026-11-01T15:00")


def test_quiet_hours_that_end_in_the_skipped_hour_end_after_the_jump() -> None:
    night = (time(20), time(2, 30))
    midnight = calendars.at_wall_time(SPRING, time(0), HOUSTON)
    end = calendars.next_allowed(midnight, HOUSTON, *night)
    assert calendars.local(end, HOUSTON).time() == time(3, 30)


def test_quiet_hours_that_end_in_the_repeated_hour_are_kept_both_times() -> None:
    night = (time(20), time(1, 30))
    second_quarter_past_one = calendars.at_wall_time(AUTUMN, time(1, 15, fold=1), HOUSTON)
    end = calendars.next_allowed(second_quarter_past_one, HOUSTON, *night)
    assert end == second_quarter_past_one + timedelta(minutes=15)


def test_a_zone_that_changes_its_clocks_at_midnight_is_no_trouble() -> None:
    night = (time(20), time(0))
    eve = calendars.at_wall_time(date(2026, 3, 7), time(23), "America/Havana")
    end = calendars.next_allowed(eve, "America/Havana", *night)
    assert calendars.local(end, "America/Havana").time() == time(1)


ZONES = ["America/Chicago", "America/Havana", "America/St_Johns", "Asia/Kathmandu"]
ZONES += ["Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kiritimati", "Europe/London"]


MOMENTS = st.datetimes(
    datetime(2009, 1, 1),  # noqa: DTZ001 hypothesis wants the bounds without a zone
    datetime(2035, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@settings(deadline=None)  # the first case of a zone reads its file
@given(
    MOMENTS,
    st.sampled_from(ZONES),
    st.times().map(lambda wall: wall.replace(microsecond=0, second=0)),
    st.times().map(lambda wall: wall.replace(microsecond=0, second=0)),
)
def test_what_is_allowed_next_is_never_quiet_and_never_in_the_past(
    moment: datetime, zone: str, quiet_from: time, quiet_until: time
) -> None:
    allowed = calendars.next_allowed(moment, zone, quiet_from, quiet_until)
    assert allowed >= moment
    assert not calendars.in_quiet_hours(allowed, zone, quiet_from, quiet_until)
    assert calendars.in_quiet_hours(moment, zone, quiet_from, quiet_until) or allowed == moment


@pytest.mark.parametrize(
    ("noticed", "due"),
    [
        ("2026-06-01T10:00", "2026-06-02T17:00"),  # Monday → Tuesday
        ("2026-06-05T10:00", "2026-06-08T17:00"),  # Friday → Monday
        ("2026-06-06T23:00", "2026-06-08T17:00"),  # Saturday → Monday
        ("2026-06-07T09:00", "2026-06-08T17:00"),  # Sunday → Monday
    ],
)
def test_routine_work_is_due_when_the_next_business_day_closes(noticed: str, due: str) -> None:
    assert calendars.end_of_next_business_day(in_houston(noticed), HOUSTON) == in_houston(due)


def test_a_holiday_is_no_business_day() -> None:
    thursday = in_houston("2026-07-02T10:00")
    independence_day_observed = {date(2026, 7, 3)}
    due = calendars.end_of_next_business_day(thursday, HOUSTON, holidays=independence_day_observed)
    assert due == in_houston("2026-07-06T17:00")


def test_late_on_friday_in_houston_is_still_friday_there() -> None:
    saturday_in_london = utc("2026-06-06T02:00")
    due = calendars.end_of_next_business_day(saturday_in_london, HOUSTON)
    assert due == in_houston("2026-06-08T17:00")


def test_a_check_in_comes_in_the_patients_morning() -> None:
    discharged = in_houston("2026-06-01T15:30")
    for who in map(str, range(300)):
        wall = calendars.local(calendars.check_in_moment(discharged, 3, HOUSTON, who), HOUSTON)
        assert wall.date() == date(2026, 6, 4)
        assert time(9) <= wall.time() < time(11)


def test_a_patients_check_ins_come_at_the_same_time_of_day_through_a_clock_change() -> None:
    discharged = in_houston("2026-03-06T15:30")
    walls = {
        calendars.local(calendars.check_in_moment(discharged, day, HOUSTON, "ana"), HOUSTON).time()
        for day in (1, 2, 3, 6)
    }
    assert len(walls) == 1


def test_patients_are_spread_over_the_morning() -> None:
    discharged = in_houston("2026-06-01T15:30")
    moments = {calendars.check_in_moment(discharged, 1, HOUSTON, str(who)) for who in range(300)}
    assert len(moments) > 80


def test_a_discharge_late_at_night_counts_from_the_patients_own_date() -> None:
    discharged = utc("2026-06-02T04:30")  # still 1 June in Houston
    moment = calendars.check_in_moment(discharged, 1, HOUSTON, "ana")
    assert calendars.local(moment, HOUSTON).date() == date(2026, 6, 2)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        calendars.in_quiet_hours(datetime(2026, 6, 1, 12), HOUSTON, *NIGHT)  # noqa: DTZ001
