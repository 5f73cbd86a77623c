"""Rates, the warm-up, quiet hours, and storms: pure decisions, and the laws they keep."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config.kinds import Hours, Pace
from digest.config.sending import WarmUp
from digest.delivery import pace
from digest.delivery.outcomes import Accepted, Later, Lost, Refused
from digest.delivery.storms import MANY, Weather

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PACES = st.builds(
    Pace, st.integers(1, 500) | st.integers(1, 999_999_999), st.sampled_from([SECOND, 60 * SECOND, 3600 * SECOND])
)


def _at_most(times, rate):
    """Over any span no more left than the pace gives in it and in a burst, and one."""
    times = sorted(times)
    for begin in range(len(times)):
        for end in range(begin, len(times)):
            span = times[end] - times[begin] + pace.BURST
            assert end - begin + 1 <= span / pace.interval(rate) + 1 + 1e-6


@given(PACES, st.lists(st.tuples(st.integers(0, 20_000), st.integers(1, 40)), max_size=12))
def test_a_shared_rate_is_kept_whoever_asks(rate, asks):
    """Two workers and a restart are the same: the row is all there is."""
    now, free_at, left = NOW, None, []
    for milliseconds, wanted in asks:
        now += timedelta(milliseconds=milliseconds)
        letters, opens_at = pace.room(free_at, now, rate, wanted)
        assert letters <= wanted
        if letters:
            free_at = pace.used_up(free_at, now, rate, letters)
            left += [now] * letters
        else:
            assert opens_at > now
            assert pace.room(free_at, opens_at + SECOND / 1000, rate, wanted)[0], "who waits as told gets some"
    _at_most(left, rate)


@given(PACES, st.integers(1, 60), st.lists(st.integers(1, 30_000), min_size=1, max_size=15))
def test_places_keep_the_rate_and_starve_nobody(rate, letters, naps):
    waiting, free_at, left = [(NOW, None)] * letters, None, []
    now, naps = NOW, [*naps]
    for turn in range(10_000):
        if not waiting:
            break
        stay = []
        for due, place in waiting:
            if due > now:
                stay.append((due, place))
            elif place is not None and pace.may_go(place, now):
                left.append(now)
            else:
                at, free_at = pace.give_place(free_at, now, rate)
                if pace.may_go(at, now):
                    left.append(now)
                else:
                    stay.append((at, at))
        waiting = stay
        # Irregular for a while, as busy workers are; then as a worker that has nothing else to do.
        nap = timedelta(milliseconds=naps[turn]) if turn < len(naps) else SECOND
        now = max(now + nap, min((due for due, _ in waiting), default=now) if turn >= len(naps) else now + nap)
    assert not waiting, "nobody starves"
    assert len(left) == letters
    _at_most(left, rate)


def test_a_shared_rate_goes_on_when_the_clock_was_put_back():
    rate = Pace(100, SECOND)
    tomorrow = pace.used_up(None, NOW + timedelta(days=1), rate, 1000)
    assert pace.room(tomorrow, NOW, rate, 100)[0] == 100
    used = pace.used_up(tomorrow, NOW, rate, 1000)
    assert pace.room(used, NOW, rate, 100) == (0, NOW + SECOND)
    # Clocks of two machines may differ by a little; that gives nobody more.
    assert pace.room(used, NOW - 5 * SECOND, rate, 100)[0] == 0


@pytest.mark.parametrize(
    ("domain", "key"),
    [("gmail.com", "gmail.com"), ("mail.yahoo.com", "yahoo.com"), ("a.b.yahoo.com", "yahoo.com"), ("notgmail.com", "")],
)
def test_a_domain_is_held_to_the_nearest_rate_above_it(domain, key):
    rates = {"gmail.com": Pace(1, SECOND), "yahoo.com": Pace(1, SECOND)}
    assert pace.key_of(domain, rates) == key


def test_a_sender_warms_up_evenly_and_then_is_free():
    rule = WarmUp(since="2026-11-01", first=200, last=200_000, days=42)
    days = [pace.quota(rule, date(2026, 11, 1) + timedelta(days=n)) for n in range(42)]
    assert (days[0], pace.quota(rule, date(2026, 10, 1))) == (200, 200)
    assert all(0 < b - a < a for a, b in pairwise(days)), "more each day, never twice as many"
    assert 150_000 < days[-1] < 200_000
    assert pace.quota(rule, date(2026, 12, 13)) is None
    assert pace.quota(WarmUp(), date(2026, 11, 1)) is None


NIGHT = Hours(time(22), time(7))


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-24T21:59:59+01:00", None),
        ("2026-11-24T22:00:00+01:00", "2026-11-25T07:00:00+01:00"),
        ("2026-11-25T06:59:59+01:00", "2026-11-25T07:00:00+01:00"),
        ("2026-11-25T07:00:00+01:00", None),
        ("2026-03-28T23:00:00+01:00", "2026-03-29T07:00:00+02:00"),
        ("2026-10-24T23:00:00+02:00", "2026-10-25T07:00:00+01:00"),
    ],
)
def test_quiet_hours_end_in_the_morning_of_that_place(now, until):
    at = datetime.fromisoformat(now).astimezone(UTC)
    end = datetime.fromisoformat(until).astimezone(UTC) if until else None
    assert pace.quiet_until(at, NIGHT, "Europe/Berlin", "UTC") == end


@given(
    st.integers(0, 366 * 24 * 60),
    st.sampled_from(["Europe/Berlin", "America/Sao_Paulo", "Asia/Kathmandu", "Australia/Lord_Howe", "no such zone"]),
    st.times(),
    st.times(),
)
def test_quiet_hours_always_end_within_a_day(minutes, zone, start, end):
    if start == end:
        return
    now = NOW + timedelta(minutes=minutes)
    until = pace.quiet_until(now, Hours(start, end), zone, "Europe/Berlin")
    if until is not None:
        assert now < until <= now + timedelta(hours=25)


def _answers(domain, outcome, count):
    return [(domain, outcome)] * count


OK, ALONE, BARRED = Accepted("250 ok"), Later("421 4.7.28 too much"), Refused("550 5.7.1 blocked")


def test_single_refusals_are_no_storm():
    weather = Weather()
    mixed = [*_answers("a.example", OK, 30), *_answers("a.example", BARRED, 5), *_answers("b.example", Lost("?"), 40)]
    assert weather.note(mixed) == weather.note(_answers("b.example", Refused("550 5.1.1 unknown"), 40))
    assert weather.note(_answers("c.example", ALONE, MANY - 1)).domains == ()


def test_a_domain_that_wants_rest_gets_it_and_the_others_go_on():
    weather = Weather()
    storm = weather.note([*_answers("big.example", ALONE, 60), *_answers("small.example", OK, 15)])
    assert (storm.stop, storm.domains) == ("", ("big.example",))
    assert weather.note(_answers("big.example", ALONE, 5)).domains == (), "it is counted anew"


@pytest.mark.parametrize(
    ("answer", "barred"),
    [
        (ALONE, False),
        (BARRED, True),
        (Refused("554 your network is on our blocklist"), True),
        (Refused("553 5.1.8 your domain does not exist"), True),
    ],
)
def test_where_all_refuse_the_run_ends_though_some_get_through(answer, barred):
    storm = Weather().note(
        [
            *_answers("a.example", answer, 20),
            *_answers("b.example", answer, 20),
            *_answers("c.example", answer, 20),
            *_answers("d.example", OK, 20),
        ]
    )
    assert storm.barred == barred
    assert "60 of 80 letters" in storm.stop
    assert answer.reply in storm.stop
