"""When a feed is asked again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from digest.feeds.exchange import Fetched
from digest.feeds.health import LONGEST, Health, after, is_due

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
GOOD = Fetched(address="https://e.example/feed", status=200, body=b"x")
BAD = Fetched(address="https://e.example/feed", status=503, error="answered 503: service unavailable")


def test_a_success_forgets_failures():
    was = Health(failures=4, reason="took longer than 20 s", last_success=NOW - 30 * HOUR)
    health = after(GOOD, was, every=HOUR, now=NOW, jitter=0.5)
    assert health == Health(next_at=NOW + HOUR, last_success=NOW)
    assert health.healthy


def test_unchanged_is_a_success():
    unchanged = Fetched(address="x", status=304, unchanged=True)
    assert after(unchanged, Health(failures=1, reason="x"), every=HOUR, now=NOW, jitter=0.5).healthy


def test_each_failure_in_a_row_doubles_the_wait_up_to_a_day():
    health, waits = Health(last_success=NOW - HOUR), []
    for _ in range(8):
        health = after(BAD, health, every=HOUR, now=NOW, jitter=0.5)
        assert health.next_at is not None
        waits.append((health.next_at - NOW) / HOUR)
    assert waits == [1, 2, 4, 8, 16, 24, 24, 24]
    assert (health.failures, health.reason, health.last_success) == (8, BAD.error, NOW - HOUR)
    assert not health.healthy


def test_an_unreadable_body_is_a_failure():
    health = after(GOOD, Health(), every=HOUR, now=NOW, jitter=0.5, problem="is a web page, not a feed")
    assert (health.failures, health.reason) == (1, "is a web page, not a feed")


def test_gone_is_for_good():
    gone = Fetched(address="x", status=410, error="answered 410: gone for good")
    health = after(gone, Health(), every=HOUR, now=NOW, jitter=0.5)
    assert (health.stopped, health.next_at, health.reason) == (True, None, "answered 410: gone for good")
    assert not is_due(health, NOW + 1000 * HOUR)


def test_due():
    assert is_due(Health(), NOW)
    assert is_due(Health(next_at=NOW), NOW)
    assert not is_due(Health(next_at=NOW + HOUR), NOW)


@given(st.floats(0, 1e12), st.sampled_from([200, 429, 503]), st.floats(0, 1))
def test_a_servers_wish_is_obeyed_up_to_a_day(seconds, status, jitter):
    fetched = Fetched(address="x", status=status, error="" if status == 200 else "answered", retry_after=seconds)
    health = after(fetched, Health(), every=HOUR, now=NOW, jitter=jitter)
    assert health.next_at is not None
    assert health.next_at - NOW >= min(timedelta(seconds=min(seconds, 1e6)), LONGEST)
    assert health.next_at - NOW <= LONGEST


@given(st.integers(0, 10**6), st.floats(0, 1), st.timedeltas(timedelta(0), timedelta(days=30)))
def test_a_wait_is_never_absurd(failures, jitter, every):
    health = after(BAD, Health(failures=failures), every=every, now=NOW, jitter=jitter)
    assert health.next_at is not None
    wait = health.next_at - NOW
    assert timedelta(seconds=50) <= wait <= max(LONGEST, every) * 1.1
