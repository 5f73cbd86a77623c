"""Every format gives the same clean entry; what is broken gives what can be saved."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from digest.feeds import reading
from digest.feeds.entries import LONGEST_SAID
from digest.feeds.parse import MOST_ENTRIES, Parsed, parse

ADDRESS = "https://harbour.example/feed.xml"
WORDS = (
    "The ferry to Port Ellery stayed in harbour on Monday after a storm broke the landing stage. Repairs will take two "
    "weeks, the harbour master said. Until then a bus goes round the bay three times a day, and the fare is the same. "
    "Fishing boats were not damaged, and the lighthouse kept burning through the whole night."
)
SECOND = "Islanders met in the school hall in the evening. They asked for a second boat, as they have for years."
BODY = f"<p>{WORDS}</p><p>{SECOND}</p>"

RSS2 = f"""<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:slash="http://purl.org/rss/1.0/modules/slash/">
<channel><title>Harbour Bulletin</title><link>https://harbour.example/</link><language>en-GB</language>
<item><title>Storm closes the ferry</title><link>https://harbour.example/ferry?utm_source=rss</link>
<guid isPermaLink="false">urn:hb-1</guid><dc:creator>Jo Doe and Kim Roe</dc:creator>
<category>Ferries &amp; boats</category>
<pubDate>Mon, 16 Nov 2026 08:30:00 +0100</pubDate><slash:comments>7</slash:comments>
<description>A broken landing stage keeps the island's ferry in harbour for two weeks.</description>
<content:encoded><![CDATA[{BODY}]]></content:encoded></item></channel></rss>"""

RDF = f"""<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:slash="http://purl.org/rss/1.0/modules/slash/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel rdf:about="https://harbour.example/"><title>Harbour Bulletin</title><dc:language>en-GB</dc:language></channel>
<item rdf:about="urn:hb-1"><title>Storm closes the ferry</title><link>https://harbour.example/ferry?utm_source=rss</link>
<dc:creator>Jo Doe and Kim Roe</dc:creator><dc:subject>Ferries &amp; boats</dc:subject>
<dc:date>2026-11-16T07:30:00Z</dc:date><slash:comments>7</slash:comments>
<description>A broken landing stage keeps the island's ferry in harbour for two weeks.</description>
<content:encoded><![CDATA[{BODY}]]></content:encoded></item></rdf:RDF>"""

ATOM = f"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB" xml:base="https://harbour.example/"
 xmlns:slash="http://purl.org/rss/1.0/modules/slash/">
<title>Harbour Bulletin</title><id>urn:x</id><updated>2026-11-16T07:30:00Z</updated>
<entry><title>Storm closes the ferry</title><link rel="replies" href="/replies"/><link href="/ferry?utm_source=rss"/>
<id>urn:hb-1</id><author><name>Jo Doe</name></author><author><name>Kim Roe</name></author>
<category term="Ferries &amp; boats"/><published>2026-11-16T08:30:00+01:00</published><slash:comments>7</slash:comments>
<summary>A broken landing stage keeps the island's ferry in harbour for two weeks.</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{BODY}</div></content></entry></feed>"""

JSON = json.dumps({
    "version": "https://jsonfeed.org/version/1.1", "title": "Harbour Bulletin", "language": "en-GB",
    "items": [{
        "id": "urn:hb-1", "url": "https://harbour.example/ferry?utm_source=rss", "title": "Storm closes the ferry",
        "content_html": BODY, "summary": "A broken landing stage keeps the island's ferry in harbour for two weeks.",
        "date_published": "2026-11-16T08:30:00+01:00", "authors": [{"name": "Jo Doe"}, {"name": "Kim Roe"}],
        "tags": ["Ferries & boats"],
    }],
})  # fmt: skip


def read(text: str | bytes, now: datetime, **words: object) -> Parsed:
    body = text if isinstance(text, bytes) else text.encode()
    parsed = parse(body, address=ADDRESS, now=now, **words)  # type: ignore[arg-type]
    return replace(parsed, entries=tuple(map(reading.read, parsed.entries)))


@pytest.mark.parametrize("text", [RSS2, RDF, ATOM, JSON], ids=["rss2", "rdf", "atom", "json"])
def test_one_article_in_four_formats(text, now):
    parsed = read(text, now)
    assert (parsed.title, parsed.language, parsed.problem) == ("Harbour Bulletin", "en-gb", "")
    [entry] = parsed.entries
    assert entry.guid == "urn:hb-1"
    assert entry.url == "https://harbour.example/ferry?utm_source=rss"
    assert entry.canonical == "https://harbour.example/ferry"
    assert entry.title == "Storm closes the ferry"
    assert entry.deck == "A broken landing stage keeps the island's ferry in harbour for two weeks."
    assert entry.published == datetime(2026, 11, 16, 7, 30, tzinfo=UTC)
    assert entry.authors == ("Jo Doe", "Kim Roe")
    assert entry.categories == ("Ferries & boats",)
    assert entry.language == "en-gb"
    assert entry.comments == (None if text is JSON else 7)
    assert entry.page is not None
    assert entry.page.text.split("\n\n") == [WORDS, SECOND]


@pytest.mark.parametrize("version", ["0.91", "0.92", "0.93", "0.94", "2.0", "", "9"])
def test_every_rss(version, now):
    [entry] = read(RSS2.replace('version="2.0"', f'version="{version}"'), now).entries
    assert entry.title == "Storm closes the ferry"


@pytest.mark.parametrize("damage", [
    lambda t: "Warning: a script failed on line 3\n\n" + t,
    lambda t: "\ufeff\n\n" + t,
    lambda t: t.replace('<?xml version="1.0"?>', '<?xml?xml version="1.0" encoding="UTF-8"??>'),
    lambda t: t.replace("Storm closes", "Storm &#0;&#x1F;closes\x0b\x00"),
    lambda t: t.replace("Storm closes", "Storm closes") + "<!-- generated in 3 ms -->junk<p>",
    lambda t: t.replace("</channel></rss>", ""),
    lambda t: t.replace("Kim Roe", "Kim & Roe").replace("Kim & Roe", "Kim Roe &nbsp;"),
    lambda t: t.replace('<?xml version="1.0"?>', '<?xml version="1.0" encoding="no-such-code"?>'),
    lambda t: t.replace("<dc:creator>", "<authors a='1'/><dc:creator>"),
], ids=["junk before", "bom and space", "doubled declaration", "controls", "junk after", "cut off", "entity",
        "encoding",
        "overwriting"])  # fmt: skip
def test_a_broken_feed_gives_what_can_be_saved(damage, now):
    [entry] = read(damage(RSS2), now).entries
    assert entry.title == "Storm closes the ferry"
    assert entry.url == "https://harbour.example/ferry?utm_source=rss"
    assert entry.page is not None
    assert WORDS in entry.page.text


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_encodings_are_recognised(codec, now):
    text = RSS2.replace("Storm closes the ferry", "Sturm schließt die Fähre — אי")
    [entry] = read(text.encode(codec), now).entries
    assert entry.title == "Sturm schließt die Fähre — אי"


def test_the_charset_of_the_header_is_used(now):
    text = RSS2.replace("Storm closes the ferry", "Tempête à l’île").encode("windows-1252")
    [entry] = read(text, now, content_type="application/rss+xml; charset=windows-1252").entries
    assert entry.title == "Tempête à l’île"


@pytest.mark.parametrize(("body", "words"), [
    (b"", "is empty"),
    (b"  \n", "is empty"),
    (b"<!DOCTYPE html><html><body>Hello</body></html>",
     "is a web page, not a feed; look for the feed's own address on it"),
    (b"hello", "is not a feed"),
    (b"{}", "is JSON, but no JSON Feed: it has no items"),
    (b'{"items": [', "is not well-formed JSON"),
    (b'{"items":' + b"[" * 100_000, "is nested too deeply to be read"),
    (b"<" * 3_000_000, "holds more tags than any feed does"),
])  # fmt: skip
def test_what_is_no_feed_is_told_in_words(body, words, now):
    assert read(body, now) == Parsed(problem=words)


def test_a_feed_without_entries_is_no_problem(now):
    parsed = read("<rss version='2.0'><channel><title>Quiet</title></channel></rss>", now)
    assert parsed == Parsed(title="Quiet")


def test_the_newest_entries_are_kept_where_there_are_too_many(now):
    items = "".join(
        f"<item><title>Tide table number {n}</title><guid>{n}</guid>"
        f"<pubDate>2026-{1 + n // 60:02}-{1 + n % 28:02}</pubDate></item>"
        for n in range(MOST_ENTRIES + 100)
    )
    entries = read(f"<rss version='2.0'><channel>{items}</channel></rss>", now).entries
    assert len(entries) == MOST_ENTRIES
    assert entries[-1].guid == str(MOST_ENTRIES + 99)
    assert "0" not in {entry.guid for entry in entries}


def test_a_text_is_kept_as_it_came_until_it_is_read(now):
    [light] = parse(RSS2.encode(), address=ADDRESS, now=now).entries
    [whole] = read(RSS2, now).entries
    assert (light.page, light.deck, whole.said) == (None, "", b"")
    assert (light.guid, light.title, light.published, light.mark) == (
        whole.guid, whole.title, whole.published, whole.mark,
    )  # fmt: skip


def test_what_is_kept_of_a_text_is_capped(now):
    text = RSS2.replace(BODY, BODY + "<p>More of the same. </p>" * 100_000)
    [light] = parse(text.encode(), address=ADDRESS, now=now).entries
    assert len(light.said) < LONGEST_SAID + 1_000
    page = reading.read(light).page
    assert page is not None
    assert page.text.startswith(WORDS)


@pytest.mark.parametrize("where", ["title", "summary", "content_html", "content_text"])
def test_half_a_surrogate_pair_is_dropped(where, now):
    item = {"id": "1", "title": "A storm", where: "Half a \ud800pair &amp; more"}
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [item]})
    [entry] = read(body, now).entries
    assert "\ud800" not in entry.title + entry.deck


def test_the_mark_follows_the_words_alone(now):
    mark = read(RSS2, now).entries[0].mark
    assert (
        read(RSS2.replace("16 Nov", "17 Nov").replace("urn:hb-1", "hb-2").replace("<p>", "<p class='x'>\n"), now)
        .entries[0]
        .mark
        == mark
    )
    assert read(RSS2.replace("three times", "four times"), now).entries[0].mark != mark
