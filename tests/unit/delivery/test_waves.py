"""When a reader's letter leaves by their own clock, and who is drawn for a canary."""

# ruff: noqa: DTZ001 - civil times have no zone

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.delivery.waves import LONGEST, Slot, due_at, instant, lot, place

BERLIN = ZoneInfo("Europe/Berlin")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
# Without "localtime" and its like, which differ by machine; with those whose changes are odd.
ZONES = sorted(zone for zone in available_timezones() if "/" in zone or zone in ("UTC", "Israel", "Cuba"))
ODD = [
    "Pacific/Apia", "Pacific/Kiritimati", "Australia/Lord_Howe", "Africa/Casablanca", "America/Havana",
    "Asia/Gaza", "America/St_Johns", "Pacific/Chatham", "Antarctica/Troll", "Etc/GMT+12", "Etc/GMT-14",
]  # fmt: skip

zones = st.sampled_from(ODD) | st.sampled_from(ZONES)
civil_times = st.datetimes(datetime(2005, 1, 1), datetime(2037, 1, 1)).map(
    lambda at: at.replace(second=0, microsecond=0)
)
spans = st.integers(0, 30 * 60).map(lambda minutes: minutes * MINUTE)


def slot(civil: datetime, zone: str = "Europe/Berlin", *, frozen: timedelta = -HOUR, late_by: timedelta = 3 * HOUR):
    """A slot at a civil time in the newsroom's zone, frozen so long after it."""
    place = ZoneInfo(zone)
    at, _ = instant(civil, place)
    return Slot(at=at, frozen_at=at + frozen, zone=place, late_by=late_by)


def said(when: datetime, zone: str) -> str:
    return f"{when.astimezone(ZoneInfo(zone)):%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("zone", "local"),
    [
        ("Europe/Berlin", "11-24 07:00"),
        ("Europe/London", "11-24 07:00"),
        ("America/New_York", "11-24 07:00"),
        ("Pacific/Honolulu", "11-24 07:00"),
        ("Europe/Helsinki", "11-24 08:00"),
        ("Asia/Dubai", "11-24 10:00"),
        ("Asia/Kolkata", "11-25 07:00"),
        ("Asia/Tokyo", "11-25 07:00"),
        ("Pacific/Auckland", "11-25 07:00"),
        ("", "11-24 07:00"),
        ("Mars/Olympus", "11-24 07:00"),
    ],
)
def test_seven_in_the_morning_is_seven_where_the_reader_is(zone: str, local: str) -> None:
    when = due_at(slot(datetime(2026, 11, 24, 7)), zone)
    assert said(when, zone if zone and "Mars" not in zone else "Europe/Berlin") == local


def test_a_late_freeze_gives_it_at_once_while_it_is_still_this_morning() -> None:
    late = slot(datetime(2026, 11, 24, 7), frozen=2 * HOUR)
    assert due_at(late, "Europe/Berlin") == late.frozen_at
    assert due_at(late, "Europe/Helsinki") == late.frozen_at
    assert said(due_at(late, "Asia/Dubai"), "Asia/Dubai") == "11-25 07:00"
    assert due_at(late, "Atlantic/Azores") == late.frozen_at
    assert said(due_at(late, "America/New_York"), "America/New_York") == "11-24 07:00"


def test_a_time_that_the_clocks_leave_out_is_the_first_instant_after() -> None:
    spring = slot(datetime(2026, 3, 8, 2, 30), "Europe/London")
    assert said(due_at(spring, "America/New_York"), "America/New_York") == "03-08 03:00"
    # Half an hour is left out on Lord Howe Island, and a whole day in Samoa.
    assert said(due_at(slot(datetime(2026, 10, 4, 2, 10), "Pacific/Kiritimati"), "Australia/Lord_Howe"),
                "Australia/Lord_Howe") == "10-04 02:30"  # fmt: skip
    skipped = slot(datetime(2011, 12, 30, 7), "Pacific/Auckland")
    assert said(due_at(skipped, "Pacific/Apia"), "Pacific/Apia") == "12-31 00:00"


def test_a_time_that_comes_twice_is_the_first() -> None:
    autumn = slot(datetime(2026, 11, 1, 1, 30), "Europe/London")
    assert due_at(autumn, "America/New_York") == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_a_slot_in_the_second_of_two_equal_hours_is_that_slot_at_home() -> None:
    at = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    again = Slot(at=at, frozen_at=at - HOUR, zone=BERLIN, late_by=timedelta(0))
    assert due_at(again, "Europe/Berlin") == at


@pytest.mark.parametrize("bad", ["..", "/etc/passwd", "Europe", "x" * 300, "Europe/Berlin\0", "ü", "leapseconds", " "])
def test_a_bad_zone_is_the_newsrooms(bad: str) -> None:
    assert place(bad, BERLIN) == BERLIN


@given(civil_times, zones, zones, st.integers(-48 * 60, 72 * 60), spans)
@example(datetime(2011, 12, 30, 7), "Pacific/Auckland", "Pacific/Apia", -60, 3 * HOUR)
@example(datetime(2018, 10, 27, 23, 30), "Asia/Gaza", "Asia/Gaza", 0, timedelta(0))
def test_the_law_of_local_time(civil: datetime, home: str, zone: str, frozen: int, late_by: timedelta) -> None:
    given_slot = slot(civil, home, frozen=frozen * MINUTE, late_by=late_by)
    there, begin = ZoneInfo(zone), max(given_slot.at, given_slot.frozen_at)
    when = due_at(given_slot, zone)

    assert begin <= when <= begin + LONGEST
    hour = given_slot.at.astimezone(given_slot.zone).time()
    mornings = _mornings(given_slot, hour, there)
    little_late = any(timedelta(0) <= begin - morning <= late_by for morning in mornings)
    if when > begin:
        assert when in mornings, "at that civil time, of that day or a later one"
        assert not any(begin <= morning < when for morning in mornings), "the first that is still to come"
    assert little_late == (when == begin), "at once where it is a little late, and nowhere else"


def _mornings(given_slot: Slot, hour, there: ZoneInfo) -> set[datetime]:
    """Every instant at which it is that hour there, from the slot's own civil date on: by looking, minute by minute."""
    first = given_slot.at.astimezone(given_slot.zone).date()
    found = set()
    if given_slot.at.astimezone(there).replace(tzinfo=None) == datetime.combine(first, hour):
        found.add(given_slot.at)
    for days in range(8):
        day = datetime.combine(first + timedelta(days=days), hour)
        start = (day - timedelta(hours=16)).replace(tzinfo=UTC)
        # The first instant whose civil time there is that, or later where that does not come.
        for minute in range(0, 60 * 60, 15):
            at = start + minute * MINUTE
            if at.astimezone(there).replace(tzinfo=None) >= day:
                step = at - 15 * MINUTE
                while step.astimezone(there).replace(tzinfo=None) < day:
                    step += MINUTE
                found.add(step)
                break
    return found


@given(st.integers(1, 2**63 - 1), st.text(min_size=1), st.floats(0, 0.5))
def test_a_draw_is_the_same_again_and_a_larger_share_holds_the_smaller(handle: int, edition: str, share: float) -> None:
    drawn = lot(edition, share).draws(handle)
    assert lot(edition, share).draws(handle) == drawn
    if drawn:
        assert lot(edition, min(1.0, share * 2)).draws(handle)
    assert not lot(edition, 0).draws(handle)
    assert lot(edition, 1).draws(handle)


@pytest.mark.parametrize("handles", [range(1, 40_001), [n * 2**31 + 7 * n**2 + 1 for n in range(40_000)]])
def test_a_draw_takes_its_share_and_another_edition_draws_others(handles) -> None:
    first, second = lot("daily/2026-11-24", 0.01), lot("daily/2026-11-25", 0.01)
    drawn = {handle for handle in handles if first.draws(handle)}
    again = {handle for handle in handles if second.draws(handle)}
    assert 300 < len(drawn) < 500
    assert 300 < len(again) < 500
    assert len(drawn & again) < 25
