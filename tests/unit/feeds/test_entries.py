"""Hostile and sloppy items become clean entries, field by field."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.feeds.entries import Context, Raw, entries_of, entry_of
from digest.feeds.parse import parse
from digest.feeds.reading import read
from digest.model import Entry, Picture

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


def made(raw: Raw) -> Entry:
    return read(entry_of(raw, CONTEXT))


CONTEXT = Context(address="https://e.example/feed", language="", declared="en", now=NOW)


def rss(item: str) -> Entry:
    text = (
        f"<rss version='2.0' xmlns:media='http://search.yahoo.com/mrss/'><channel><item>{item}</item></channel></rss>"
    )
    return read(parse(text.encode(), address="https://e.example/feed", now=NOW).entries[0])


@pytest.mark.parametrize(("written", "shown"), [
    ("AT&amp;amp;T buys a pier", "AT&T buys a pier"),
    ("AT&amp;T buys a pier", "AT&T buys a pier"),
    ("Tags such as &amp;lt;b&amp;gt; explained", "Tags such as <b> explained"),
    ("&lt;b&gt;Bold&lt;/b&gt; claim", "Bold claim"),
    ("<![CDATA[Salt & <i>pepper</i>]]>", "Salt & pepper"),
    ("2 &lt; 3 and 5 &gt; 4", "2 < 3 and 5 > 4"),
    ("evil\u202egpj.exe\u2066 here\u0007", "evilgpj.exe here"),
    ("  many \n\t spaces\u00a0here ", "many spaces here"),
    ("&lt;script&gt;alert(1)&lt;/script&gt;Harmless", "Harmless"),
    ("&lt;img src=x onerror=alert(1)&gt;Picture", "Picture"),
    ("सत्य\u200dमेव می\u200cخواهم", "सत्य\u200dमेव می\u200cخواهم"),
])  # fmt: skip
def test_titles_are_plain_text(written, shown):
    assert rss(f"<title>{written}</title>").title == shown


def test_a_title_is_cut_at_a_word():
    title = rss(f"<title>{'word ' * 300}</title>").title
    assert len(title) <= 500
    assert title.endswith("word…")


@pytest.mark.parametrize(("item", "title"), [
    ("<description>The pier is closed. More at eleven.</description>", "The pier is closed."),
    ("<link>https://e.example/2026/11/pier-is-closed.html</link>", "Pier is closed"),
])  # fmt: skip
def test_a_missing_title_is_made_from_what_there_is(item, title):
    assert rss(item).title == title


@pytest.mark.parametrize(("item", "url"), [
    ("<link>/pier</link>", "https://e.example/pier"),
    ("<guid>https://e.example/pier</guid>", "https://e.example/pier"),
    ("<guid isPermaLink='true'>https://e.example/pier</guid>", "https://e.example/pier"),
    ("<guid isPermaLink='false'>https://e.example/pier</guid>", ""),
    ("<guid isPermaLink='false'>https://e.example/?p=7</guid><link>/pier</link>", "https://e.example/pier"),
    ("<link></link><guid>https://e.example/pier</guid>", "https://e.example/pier"),
    ("<guid>48213</guid>", ""),
    ("<guid>/pier</guid>", ""),
    ("<guid>48213</guid><enclosure url='/pier.mp3' type='audio/mpeg' length='1'/>", ""),
    ("<guid>48213</guid><link>48213</link>", "https://e.example/48213"),
    ("<link>javascript:alert(1)</link>", ""),
    ("<link>https://user:pw@e.example/pier</link>", "https://e.example/pier"),
    ("<link>\nhttps://e.example/pier\n</link>", "https://e.example/pier"),
    ("<link>data:text/html,x</link><guid>tag:e.example,2026:1</guid>", ""),
    ("<link>https://e.example/pier?a=1&amp;b=2</link>", "https://e.example/pier?a=1&b=2"),
])  # fmt: skip
def test_links_have_fallbacks_and_only_web_addresses_count(item, url):
    assert rss(f"<title>The pier is closed</title>{item}").url == url


@pytest.mark.parametrize(("date", "published"), [
    ("Mon, 16 Nov 2026 08:30:00 EST", datetime(2026, 11, 16, 13, 30, tzinfo=UTC)),
    ("2026-11-16T08:30:00+05:30", datetime(2026, 11, 16, 3, 0, tzinfo=UTC)),
    ("2026-11-16", datetime(2026, 11, 16, tzinfo=UTC)),
    ("Fri, 01 Jan 2100 00:00:00 GMT", NOW),
    ("Thu, 01 Jan 1970 00:00:00 GMT", None),
    ("9999-12-31T23:59:59-12:00", None),
    ("Mon, 99 Foo 999999", None),
    ("yesterday", None),
    ("1" * 100_000, None),
])  # fmt: skip
def test_dates(date, published):
    assert rss(f"<title>The pier is closed</title><pubDate>{date}</pubDate>").published == published


@pytest.mark.parametrize(("author", "names"), [
    ("jo@e.example (Jo Doe)", ("Jo Doe",)),
    ("jo@e.example", ()),
    ("By Jo Doe, Kim Roe and Ana Poe", ("Jo Doe", "Kim Roe", "Ana Poe")),
    ("Jo Doe &amp; Kim Roe", ("Jo Doe", "Kim Roe")),
    ("admin", ()),
    ("&lt;b&gt;Jo Doe&lt;/b&gt;\u202e", ("Jo Doe",)),
])  # fmt: skip
def test_authors(author, names):
    assert rss(f"<title>The pier is closed</title><author>{author}</author>").authors == names


def test_categories_stay_as_written_each_once():
    entry = rss("<title>The pier</title><category>Ports &amp; Ships</category><category> ports &amp; ships</category>"
                "<category>Ports &amp; Ships</category><category></category>")  # fmt: skip
    assert entry.categories == ("Ports & Ships", "ports & ships")


LEAD = "The pier at Port Ellery is closed after an inspection found rust. It may reopen in spring"


@pytest.mark.parametrize(("description", "deck"), [
    (f"{LEAD}.", f"{LEAD}."),
    (f"{LEAD} [&#8230;]", "The pier at Port Ellery is closed after an inspection found rust."),
    (f"&lt;p&gt;{LEAD}...&lt;/p&gt;&lt;p&gt;&lt;a href='x'&gt;Continue reading&lt;/a&gt;&lt;/p&gt;",
     "The pier at Port Ellery is closed after an inspection found rust."),
    ("The pier at Port Ellery is […]", ""),
    ("The pier is closed", ""),
])  # fmt: skip
def test_a_deck_is_whole_or_absent(description, deck):
    assert rss(f"<title>The pier is closed</title><description>{description}</description>").deck == deck


def test_a_long_description_is_the_article():
    text = "<p>" + "The harbour office gave no reason for it on Monday evening. " * 12 + "</p>"
    entry = rss(f"<title>The pier is closed</title><description><![CDATA[{text}]]></description>")
    assert entry.page is not None
    assert entry.page.text.startswith("The harbour office gave no reason")
    assert entry.deck == ""


@pytest.mark.parametrize(("item", "picture"), [
    ("<media:content url='/a.jpg' medium='image' width='800' height='600'/><media:content url='/b.jpg' width='90'/>",
     Picture(url="https://e.example/a.jpg", width=800, height=600)),
    ("<media:thumbnail url='https://e.example/t.png'/>", Picture(url="https://e.example/t.png")),
    ("<enclosure url='https://e.example/a.webp' type='image/webp' length='1'/>", Picture(url="https://e.example/a.webp")),
    ("<enclosure url='https://e.example/a.mp3' type='audio/mpeg' length='1'/>", None),
    ("<media:content url='javascript:alert(1)' medium='image'/>", None),
    ("<media:content url='/a.jpg' medium='image'/><media:description>The pier, seen from the bay</media:description>",
     Picture(url="https://e.example/a.jpg", alt="The pier, seen from the bay")),
])  # fmt: skip
def test_pictures(item, picture):
    entry = rss(f"<title>The pier is closed</title>{item}<description>{LEAD}.</description>")
    assert entry.picture == picture
    assert entry.deck == f"{LEAD}."


def test_an_address_that_all_entries_share_names_none_of_them():
    raws = [Raw(title=f"Notice number {n}", guid=str(n), link="https://e.example/notices") for n in range(3)]
    entries = entries_of([*raws, raws[0]], CONTEXT)
    assert [entry.canonical for entry in entries] == ["", "", ""]
    assert [entry.url for entry in entries] == ["https://e.example/notices"] * 3


def test_a_very_long_guid_is_known_by_its_hash():
    one, other = (made(Raw(title="x", guid="g" * 600 + end)).guid for end in "ab")
    assert one != other
    assert len(one) < 100


@settings(max_examples=150, deadline=None)
@given(st.builds(
    Raw, guid=st.text(), link=st.text(), base=st.text(max_size=20), title=st.text(), title_markup=st.booleans(),
    summary=st.text(), content=st.text(), people=st.lists(st.text(), max_size=3).map(tuple),
    categories=st.lists(st.text(), max_size=3).map(tuple), language=st.text(max_size=8),
    published=st.none() | st.datetimes(timezones=st.just(UTC)), comments=st.none() | st.integers(),
))  # fmt: skip
def test_whatever_a_feed_says_an_entry_is_clean(raw):
    entry = made(raw)
    texts = [entry.title, entry.deck, entry.guid, entry.url, entry.canonical, *entry.authors, *entry.categories]
    if entry.page:
        texts += [block.text for block in entry.page.blocks]
    for text in texts:
        text.encode()
        assert not set(text) & set("\x00\n\r\u202a\u202e\u2066\u2069")
    assert entry.url == "" or entry.url.startswith(("http://", "https://"))
    assert entry.published is None or entry.published <= NOW
    assert len(entry.title) <= 500
