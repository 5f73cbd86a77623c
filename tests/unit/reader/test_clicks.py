"""Follows are counted once a visitor, story and day; machines count for nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.reader.clicks import HELD, Tally

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
LATER = NOW + HELD + timedelta(minutes=5)
PHONE = "Mozilla/5.0 (Linux; Android 15) Firefox/140.0"


def follow(tally, story, *, seconds=0.0, network="192.0.2.0/24", program=PHONE, edition=7):
    tally.follow(edition, story, network=network, program=program, at=NOW + timedelta(seconds=seconds))


def test_a_follow_counts_after_a_minute_and_once():
    tally = Tally()
    for seconds in (0, 5, 50):
        follow(tally, "1", seconds=seconds)
    assert tally.ripe(NOW + timedelta(seconds=59)) == {}
    assert tally.ripe(LATER) == {(7, "1", NOW.date()): 1}
    follow(tally, "1", seconds=4000)
    assert tally.ripe(LATER + timedelta(hours=2)) == {}


def test_who_opens_everything_at_once_is_a_machine():
    tally = Tally()
    for at, story in enumerate("1234"):
        follow(tally, story, seconds=at)
    follow(tally, "1", seconds=1, network="198.51.100.0/24")
    assert tally.ripe(LATER) == {(7, "1", NOW.date()): 1}


@pytest.mark.parametrize("asked", [-3, 0, 20])
def test_who_asks_by_head_before_or_after_is_a_machine(asked):
    tally = Tally()
    for at, story in sorted([(0, "1"), (asked, "")]):
        if story:
            follow(tally, story, seconds=at)
        else:
            tally.machine(network="192.0.2.0/24", program=PHONE, at=NOW + timedelta(seconds=at))
    follow(tally, "1", network="198.51.100.0/24")
    tally.machine(network="", program=PHONE, at=NOW)
    follow(tally, "2", network="")
    assert tally.ripe(LATER) == {(7, "1", NOW.date()): 1, (7, "2", NOW.date()): 1}


def test_who_reads_one_after_the_other_is_a_reader():
    tally = Tally()
    for at, story in enumerate("1234"):
        follow(tally, story, seconds=40 * at)
    assert sum(tally.ripe(LATER).values()) == 4


@pytest.mark.parametrize(
    "program", ["", "curl/8.1", "Slackbot-LinkExpanding 1.0", "Mozilla/5.0 (Proofpoint URL Defense)"]
)
def test_programs_that_say_what_they_are_are_left_out(program):
    tally = Tally()
    follow(tally, "1", program=program)
    assert tally.ripe(LATER) == {}


def test_where_all_look_alike_a_burst_tells_nothing():
    tally = Tally()
    for story in "1234":
        follow(tally, story, network="")
    assert sum(tally.ripe(NOW).values()) == 4


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from("123"), st.floats(0, 3600)), max_size=40))
def test_never_more_than_one_a_visitor_and_story(follows):
    tally = Tally()
    for visitor, story, seconds in sorted(follows, key=lambda one: one[2]):
        follow(tally, story, seconds=seconds, network=f"10.0.{visitor}.0/24")
    counted = sum(tally.ripe(NOW + timedelta(hours=1), everything=True).values())
    assert counted <= len({(visitor, story) for visitor, story, _ in follows})
