"""Feeds as they are in the wild: nothing raises, nothing hangs, and the reference article comes out exactly."""

from __future__ import annotations

import gzip
import json
import tarfile
import time
from datetime import datetime

import pytest

from digest.feeds import opml
from digest.feeds.parse import parse
from digest.feeds.reading import read

pytestmark = pytest.mark.data
ADDRESS = "https://press.example/feed"
FRAGMENTS = 6  # of the captured files hold no feed with an entry, by any parser


def test_real_feeds(data, now):
    empty, count = [], 0
    for path in sorted((data / "feeds" / "real").glob("*.gz")):
        body = gzip.decompress(path.read_bytes())
        if body.lstrip()[:1] == b"{" and b'"version": "http' not in body:
            continue  # another parser's output, kept beside its input
        began = time.monotonic()
        parsed = parse(body, address=ADDRESS, now=now)
        entries = [read(entry) for entry in parsed.entries]
        assert time.monotonic() - began < 5 * (1 + len(body) / 1_000_000), path.name
        count += 1
        if not parsed.entries:
            empty.append(path.name)
        for entry in entries:
            assert entry.title, path.name
            assert entry.published is None or entry.published <= now, path.name
    assert count > 100
    assert len(empty) <= FRAGMENTS + 1, empty


def test_fixtures(data, now):
    with tarfile.open(data / "feeds" / "fixtures.tar.xz") as archive:
        for member in archive:
            if not member.isfile():
                continue
            body = archive.extractfile(member)
            assert body is not None
            began = time.monotonic()
            for entry in parse(body.read(), address=ADDRESS, now=now).entries:
                read(entry)
            assert time.monotonic() - began < 5, member.name


def test_lists(data):
    for path in sorted((data / "feeds" / "opml").glob("*.opml")):
        assert opml.read(path.read_bytes()), path.name


def test_the_reference_article(data, now):
    folder = data / "reference-article"
    wanted = json.loads((folder / "expected.json").read_text())
    [light] = parse((folder / "feed.xml").read_bytes(), address="https://journal.example/feed", now=now).entries
    entry = read(light)
    assert entry.title == wanted["title"]
    assert list(entry.authors) == wanted["authors"]
    assert entry.published == datetime.fromisoformat(wanted["published"])
    assert entry.page is not None
    assert entry.page.text.split("\n\n") == wanted["body"]
    assert entry.comments == wanted["comments"]
    assert entry.deck == ""
    assert entry.picture is not None
    assert entry.picture.alt == "15-10-21 Jund al Malahim operations room"
    for words in wanted["never_in_a_summary"]:
        assert words not in entry.page.text
