"""A schedule asks for exactly the issues a reader of the calendar would expect, in every zone."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.clock.due import next_slot, slots

ZONES = [
    "UTC", "Europe/Berlin", "America/New_York", "America/Nuuk", "Africa/Cairo", "Asia/Kolkata",
    "Australia/Lord_Howe", "Pacific/Chatham", "America/Havana", "Asia/Beirut",
]  # fmt: skip


def year(schedule: str, zone: str, of: int = 2026):
    place = ZoneInfo(zone)
    return slots(schedule, zone, datetime(of, 1, 1, tzinfo=place), datetime(of + 1, 1, 1, tzinfo=place))


def test_half_past_two_fires_once_over_both_changes_of_summer_time() -> None:
    by_key = {slot.key: slot.at for slot in year("30 2 * * *", "Europe/Berlin")}
    assert len(by_key) == 365
    # 29 March 2026: 02:00 to 03:00 is missing; the first instant after the gap is 03:00 summer time.
    assert by_key["2026-03-29"] == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    # 25 October 2026: 02:30 comes twice; the first is still summer time.
    assert by_key["2026-10-25"] == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@settings(max_examples=60, deadline=None)
@given(hour=st.integers(0, 23), minute=st.integers(0, 59), zone=st.sampled_from(ZONES), of=st.integers(2024, 2030))
def test_every_civil_day_of_a_year_has_exactly_one_daily_slot(hour: int, minute: int, zone: str, of: int) -> None:
    found = year(f"{minute} {hour} * * *", zone, of)
    first = date(of, 1, 1)
    days = (date(of + 1, 1, 1) - first).days
    assert [slot.key for slot in found] == [(first + timedelta(days=n)).isoformat() for n in range(days)]
    assert [slot.at for slot in found] == sorted({slot.at for slot in found})
    for slot in found:
        local = slot.at.astimezone(ZoneInfo(zone))
        asked = datetime.fromisoformat(slot.key).replace(hour=hour, minute=minute)
        assert timedelta(0) <= local.replace(tzinfo=None) - asked <= timedelta(hours=1)


@settings(max_examples=60, deadline=None)
@given(zone=st.sampled_from(ZONES), hour=st.integers(0, 23), cuts=st.lists(st.integers(0, 365 * 24 * 60), max_size=6))
def test_a_span_cut_anywhere_has_the_slots_of_the_whole(zone: str, hour: int, cuts: list[int]) -> None:
    schedule = f"30 {hour} * * *"
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    edges = sorted({start, end, *(start + timedelta(minutes=cut) for cut in cuts)})
    parts = [slot for a, b in itertools.pairwise(edges) for slot in slots(schedule, zone, a, b)]
    assert parts == list(slots(schedule, zone, start, end))


@pytest.mark.parametrize(
    ("field", "days"),
    [("0", {6}), ("7", {6}), ("sun", {6}), ("1", {0}), ("mon", {0}), ("mon-fri", {0, 1, 2, 3, 4}),
     ("1-5", {0, 1, 2, 3, 4}), ("6,7", {5, 6}), ("sat,sun", {5, 6}), ("*", set(range(7)))],
)  # fmt: skip
def test_weekdays_are_numbered_as_in_cron(field: str, days: set[int]) -> None:
    found = year(f"0 7 * * {field}", "Europe/Berlin")
    assert {date.fromisoformat(slot.key).weekday() for slot in found} == days


def test_a_day_with_several_issues_names_them_by_date_and_time() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    day = datetime(2026, 11, 24, tzinfo=berlin)
    found = slots("0 7,17 * * *", "Europe/Berlin", day, day + timedelta(days=1))
    assert [slot.key for slot in found] == ["2026-11-24T0700", "2026-11-24T1700"]


@pytest.mark.parametrize(("schedule", "missing", "twice"), [("0 * * * *", 1, 1), ("*/30 * * * *", 2, 2)])
def test_an_hourly_schedule_loses_the_missing_hour_and_repeats_none(schedule: str, missing: int, twice: int) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    a_day = len(
        slots(schedule, "Europe/Berlin", datetime(2026, 6, 1, tzinfo=berlin), datetime(2026, 6, 2, tzinfo=berlin))
    )
    spring = slots(
        schedule, "Europe/Berlin", datetime(2026, 3, 29, tzinfo=berlin), datetime(2026, 3, 30, tzinfo=berlin)
    )
    autumn = slots(
        schedule, "Europe/Berlin", datetime(2026, 10, 25, tzinfo=berlin), datetime(2026, 10, 26, tzinfo=berlin)
    )
    assert len(spring) == a_day - missing
    assert "2026-03-29T0300" in {slot.key for slot in spring}
    assert not any(slot.key.startswith("2026-03-29T02") for slot in spring)
    assert len(autumn) == a_day
    assert len({slot.key for slot in autumn}) == a_day


def test_a_gap_before_midnight_moves_the_slot_and_not_its_name() -> None:
    # Nuuk: on 28 March 2026 the clock goes from 23:00 to midnight.
    found = {slot.key: slot.at for slot in year("30 23 * * *", "America/Nuuk")}
    assert len(found) == 365
    assert found["2026-03-28"] == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert found["2026-03-28"].astimezone(ZoneInfo("America/Nuuk")).date() == date(2026, 3, 29)


def test_a_monthly_and_an_empty_schedule() -> None:
    assert len(year("0 9 1 * *", "Europe/Berlin")) == 12
    assert year("", "Europe/Berlin") == ()
    assert next_slot("", "Europe/Berlin", datetime(2026, 1, 1, tzinfo=UTC)) is None


def test_the_next_slot_is_found_years_ahead() -> None:
    coming = next_slot("0 7 29 2 *", "UTC", datetime(2026, 3, 1, tzinfo=UTC))
    assert coming is not None
    assert coming.key == "2028-02-29"
    again = next_slot("0 7 * * *", "UTC", datetime(2026, 3, 1, 7, tzinfo=UTC))
    assert again is not None
    assert again.key == "2026-03-02"
