"""The newsroom's feeds hold what its README promises."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from digest.cli.newsroom import render_feed

BASE = "http://127.0.0.1:9"
ENTRIES = {
    "courier.xml": 13,
    "lantern.atom": 7,
    "wire.rdf": 10,
    "valley-post.json": 9,
    "harbour-bulletin.xml": 8,
    "lindwehrer-bote.xml": 9,
    "manarat-ruwan.xml": 8,
    "v2/courier.xml": 3,
}
# What may stand in a feed beside invented addresses: names of vocabularies, which nobody fetches.
VOCABULARIES = {"www.w3.org", "purl.org", "search.yahoo.com", "my.netscape.com", "jsonfeed.org"}


def local(tag: str) -> str:
    return tag.rpartition("}")[2]


@pytest.fixture
def feeds(examples: Path, now: datetime) -> dict[str, bytes]:
    folder = examples / "feeds"
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".500"]
    return {
        path.relative_to(folder).as_posix(): render_feed(path.name, path.read_text(encoding="utf-8"), now, BASE)
        for path in files
    }


def test_each_feed_is_whole_but_one(feeds: dict[str, bytes]) -> None:
    counts = {}
    for name, body in feeds.items():
        if name.endswith(".json"):
            counts[name] = len(json.loads(body)["items"])
        elif name != "coast-observer.xml":
            tags = Counter(local(element.tag) for element in ET.fromstring(body).iter())
            counts[name] = tags["item"] + tags["entry"]
    assert counts == ENTRIES
    broken = feeds["coast-observer.xml"]
    assert (broken.count(b"<item>"), broken.count(b"</item>")) == (6, 5)
    with pytest.raises(ET.ParseError):
        ET.fromstring(broken)


def test_no_token_is_left_and_no_address_is_real(feeds: dict[str, bytes]) -> None:
    for name, body in feeds.items():
        text = body.decode("latin-1" if name == "harbour-bulletin.xml" else "utf-8")
        assert "@{" not in text, name
        hosts = set(re.findall(r"https?://([^/\s\"'<:]+)", text)) - VOCABULARIES - {"127.0.0.1"}
        assert hosts, name
        assert all(host.endswith(".example") for host in hosts), name


def test_every_picture_is_there_and_is_told_in_words(feeds: dict[str, bytes], examples: Path) -> None:
    named = set()
    for body in feeds.values():
        text = body.decode("utf-8", "replace")
        named |= set(re.findall(rf"{BASE}/pictures/([a-z]+\.jpg)", text))
        assert all(re.search(r'\balt="[^"]{10,}"', img) for img in re.findall(r"<img\b[^>]*>", text))
    assert named == {path.name for path in (examples / "pictures").glob("*.jpg")}


def test_one_agency_text_stands_in_three_homes(feeds: dict[str, bytes]) -> None:
    sentence = b"Rents and insurance, however, are still rising at more than 4 percent a year."
    assert {name for name, body in feeds.items() if sentence in body} == {"courier.xml", "wire.rdf", "valley-post.json"}


def test_the_reports_of_one_event_give_the_same_figures(feeds: dict[str, bytes]) -> None:
    figures = [
        *("2,400", "76 to 74", "143", "38 ships", "380,000", "18,000"),
        *("41,000", "38.4 percent", "320,000", "120 lorries"),
    ]
    told = {
        figure: sum(figure.encode() in body for name, body in feeds.items() if "/" not in name) for figure in figures
    }
    assert [figure for figure, homes in told.items() if homes < 2] == []
