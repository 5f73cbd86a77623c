"""When two entries are one article."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.feeds.address import canonical
from digest.feeds.identify import Known, KnownItem, Verdict, fingerprint, identify, known
from digest.model import Block, Entry, Page

DAY = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


def entry(guid: str = "g1", url: str = "https://e.example/2026/ferry", title: str = "Storm closes the ferry again",
          text: str = "The ferry stayed in harbour.", published: datetime | None = DAY) -> Entry:  # fmt: skip
    page = Page(blocks=(Block(label="body", text=text),)) if text else None
    return Entry(guid=guid, url=url, canonical=canonical(url), title=title, page=page, published=published)


def item(of: Entry, id_: str = "1") -> KnownItem:
    return KnownItem(id=id_, guid=of.guid, canonical=of.canonical, title=of.title, published=of.published,
                     fingerprint=fingerprint(of))  # fmt: skip


ONE = entry()
KNOWN = known([item(ONE)])
SAME, REVISED, NEW = Verdict("same", "1"), Verdict("revised", "1"), Verdict("new")


@pytest.mark.parametrize(("change", "verdict"), [
    ({}, SAME),
    ({"published": DAY + timedelta(days=30)}, SAME),
    ({"guid": "g2"}, SAME),
    ({"guid": ""}, SAME),
    ({"url": "https://e.example/2026/ferry?utm_source=rss#top"}, SAME),
    ({"url": "http://www.e.example/2026/ferry/"}, SAME),
    ({"guid": "g2", "url": "https://e.example/2026/storm-closes-ferry"}, SAME),
    ({"guid": "", "url": "", "published": DAY + timedelta(days=2)}, SAME),
    ({"guid": "g2", "url": "https://e.example/other", "title": "STORM closes the ferry – again!"}, REVISED),
    ({"title": "Storm closes the ferry for two weeks"}, REVISED),
    ({"text": "The ferry sails again."}, REVISED),
    ({"guid": "g2", "text": "The ferry sails again."}, REVISED),
    ({"guid": "g2", "published": DAY + timedelta(days=9), "text": "The ferry sails again."}, REVISED),
    ({"guid": "g2", "url": "https://e.example/other", "published": DAY + timedelta(days=3)}, NEW),
    ({"guid": "g2", "url": "https://e.example/other", "title": "Something else has happened"}, NEW),
    ({"guid": "g2", "url": "https://e.example/", "title": "Something else has happened"}, NEW),
    ({"guid": "g2", "title": "Pier reopens", "text": "It does.", "published": DAY + timedelta(days=7)}, NEW),
])  # fmt: skip
def test_what_makes_an_entry_new(change, verdict):
    assert identify(entry(**change), KNOWN) == verdict


def test_a_columns_name_does_not_make_two_articles_one():
    first = entry(title="Morning briefing")
    next_day = entry("g2", "https://e.example/21", "Morning briefing", "Other news.", DAY + timedelta(days=1))
    assert identify(next_day, known([item(first)])) == NEW
    assert identify(replace(next_day, page=first.page), known([item(first)])) == SAME
    long = [replace(one, title="The day in pictures from the bay") for one in (first, next_day)]
    twice = known([item(long[0], "1"), item(long[1], "2")])
    third = entry("g3", "https://e.example/22", long[0].title, "Third.", DAY + timedelta(days=2))
    assert identify(third, twice) == NEW


def test_old_names_lead_to_the_article_and_the_last_item_counts():
    old = replace(item(ONE), guid="old", canonical="", title="")
    both = known([old, item(ONE)])
    assert (
        identify(entry("old", "https://e.example/x", "Nothing alike at all", "…", DAY + timedelta(days=9)), both).id
        == "1"
    )
    assert both.items["1"] == item(ONE)


def test_nothing_known_makes_all_new():
    assert identify(ONE, Known()) == NEW


words = st.text(alphabet="abcdefgh ", min_size=1, max_size=30).filter(str.strip)
entries = st.builds(
    entry, guid=st.sampled_from(["", "a", "b", "c"]), text=words, title=words,
    url=st.sampled_from(["", "https://e.example/1", "https://e.example/2", "https://e.example/3"]),
    published=st.none() | st.integers(0, 31).map(lambda days: DAY + timedelta(days=days)),
)  # fmt: skip


@given(entries.filter(lambda e: e.guid or e.canonical or len(e.title.split()) > 3))
def test_what_was_just_stored_is_the_same(one):
    assert identify(one, known([item(one)])) == SAME


@given(st.lists(entries, max_size=6), entries, st.timedeltas(timedelta(0), timedelta(days=300)))
def test_a_bumped_date_never_makes_a_named_entry_new(others, one, bump):
    rows = [item(other, f"other {n}") for n, other in enumerate(others)] + [item(one)]
    bumped = replace(one, published=one.published + bump if one.published else None)
    if one.guid:
        assert identify(bumped, known(rows)) == SAME


@given(entries, st.sampled_from(["?utm_campaign=x", "#comments", "?fbclid=1", "/"]))
def test_a_tracking_parameter_never_makes_an_entry_new(one, tail):
    if one.canonical:
        moved = replace(one, url=one.url + tail, canonical=canonical(one.url + tail), guid="changed")
        assert identify(moved, known([item(one)])) == SAME


@given(entries)
def test_the_fingerprint_ignores_spacing_and_names_only_words(one):
    spaced = replace(one, title=f" {one.title}\n", guid="x", url="", canonical="", published=None)
    assert fingerprint(spaced) == fingerprint(one)
    assert fingerprint(replace(one, title=one.title + " more")) != fingerprint(one)
