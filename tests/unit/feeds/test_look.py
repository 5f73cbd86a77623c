"""What a web page offers in feeds, and what of a new feed may be sent."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from digest.feeds.look import fresh, offers
from digest.model import Entry

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)


def test_the_feeds_a_page_names_come_in_its_order():
    page = """<html><head><title>x</title>
    <link href='/a.xml' type="application/rss+xml" rel="alternate home">
    <LINK REL=alternate TYPE=application/atom+xml HREF=https://other.example/b?c=1&amp;d=2 />
    <link rel="alternate" type="text/html" href="/page"><link rel="stylesheet" href="/x.css">
    <link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
    <link rel="alternate" type="application/rss+xml" href="/a.xml">
    <link rel="alternate" type="application/feed+json" href="">
    </head></html>"""
    assert offers(page, "https://news.example/world/") == (
        "https://news.example/a.xml",
        "https://other.example/b?c=1&d=2",
    )


@pytest.mark.parametrize("page", ["<link " * 40_000, "<link rel=" + "a" * 200_000, "<link " + "rel='" * 60_000])
def test_a_hostile_page_takes_no_time(page):
    begun = time.monotonic()
    assert offers(page, "https://news.example/") == ()
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    ("age", "kept"), [(timedelta(hours=1), True), (timedelta(days=2), True), (timedelta(days=2, seconds=1), False)]
)
def test_only_what_is_new_enough_may_be_sent(age, kept):
    entry = Entry(guid="1", url="", canonical="", title="x", published=NOW - age)
    assert fresh(entry, first_look=timedelta(days=2), now=NOW) is kept


def test_what_has_no_date_is_never_new():
    assert not fresh(Entry(guid="1", url="", canonical="", title="x"), first_look=timedelta(days=2), now=NOW)
