"""The newsroom's tokens, its server and its configuration."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image

from digest import config
from digest.cli.newsroom import Newsroom, fill, render_feed
from digest.errors import InputError

BASE = "http://127.0.0.1:9"


def ask(newsroom: Newsroom, path: str, method: str = "GET", **headers: str) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection(urlsplit(newsroom.base).netloc, timeout=5)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): v for name, v in headers.items()})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("name", "token", "becomes"),
    [
        ("a.xml", "@{-3h20m}", "Tue, 24 Nov 2026 02:40:30 GMT"),
        ("a.atom", "@{-3h20m}", "2026-11-24T02:40:30Z"),
        ("a.json", "@{-1d2h5m}", "2026-11-23T03:55:30Z"),
        ("a.xml", "@{+2d|iso}", "2026-11-26T06:00:30Z"),
        ("a.rdf", "@{-7h|rfc}", "Mon, 23 Nov 2026 23:00:30 GMT"),
        ("a.toml", "@{-7h|date}", "2026-11-23"),
        ("a.xml", "on @{-7h|weekday},", "on Monday,"),
        ("a.xml", "am @{+1d|weekday-de}", "am Mittwoch"),
        ("a.xml", "@{-1h|weekday-ar}", "الثلاثاء"),
        ("a.xml", "@{base}/x", "http://127.0.0.1:9/x"),
        ("a.xml", "{{ 7*7 }}", "{{ 7*7 }}"),
    ],
)
def test_tokens_become_dates_days_and_addresses(name: str, token: str, becomes: str, now: datetime) -> None:
    assert fill(name, token, now, BASE) == becomes


@pytest.mark.parametrize("token", ["@{}", "@{-}", "@{3h}", "@{-3h|moonphase}", "@{-20m3h}", "@{home}"])
def test_an_unknown_token_is_named_with_its_file_and_line(token: str, now: datetime) -> None:
    with pytest.raises(InputError, match=r"a\.xml:2: "):
        fill("a.xml", f"first line\n{token}", now, BASE)


def test_a_feed_is_encoded_as_it_declares(now: datetime) -> None:
    served = render_feed("a.xml", '<?xml version="1.0" encoding="ISO-8859-1"?><t>é – ü</t>', now, BASE)
    assert served.endswith("<t>é &#8211; ü</t>".encode("latin-1"))


def test_an_unchanged_feed_is_answered_304_until_the_update(newsroom: Newsroom) -> None:
    first, body = ask(newsroom, "/feeds/courier.xml")
    tag = first.headers["ETag"]
    assert (first.status, len(body)) == (200, int(first.headers["Content-Length"]))
    assert ask(newsroom, "/feeds/courier.xml", If_None_Match=f'"other", W/{tag}')[0].status == 304
    assert ask(newsroom, "/feeds/courier.xml", If_Modified_Since=first.headers["Last-Modified"])[0].status == 304
    assert ask(newsroom, "/feeds/courier.xml", If_Modified_Since="yesterday")[0].status == 200

    newsroom.publish_update()
    second, after = ask(newsroom, "/feeds/courier.xml", If_None_Match=tag)
    assert second.status == 200
    assert after != body
    assert ask(newsroom, "/feeds/wire.rdf")[0].status == 200
    assert [status for _, status in newsroom.answers] == [200, 304, 304, 200, 200, 200]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/feeds/pellan-gazette.xml", 500),
        ("/feeds/nothing.xml", 404),
        ("/feeds/../config/digest.toml", 404),
        ("/feeds/v2/courier.xml", 404),
        ("/pictures/barrier.jpg?w=600", 200),
    ],
)
def test_what_is_not_a_feed_or_picture_is_not_served(newsroom: Newsroom, path: str, status: int) -> None:
    response, body = ask(newsroom, path)
    assert response.status == status
    assert body
    head, nothing = ask(newsroom, path, "HEAD")
    assert (head.status, nothing) == (status, b"")


def test_the_update_changes_later_than_any_article_and_before_now(newsroom: Newsroom, now: datetime) -> None:
    newsroom.publish_update()
    _, body = ask(newsroom, "/feeds/courier.xml")
    assert f"{now - timedelta(minutes=9):%Y-%m-%dT%H:%M:%SZ}".encode() in body


def test_the_home_it_writes_is_valid_and_points_at_it(newsroom: Newsroom, tmp_path: Path) -> None:
    newsroom.write_home(tmp_path, "http://127.0.0.1:8000")
    home = config.load(tmp_path)
    served: Mapping[str, int] = {
        feed.address: ask(newsroom, urlsplit(feed.address).path)[0].status for feed in home.feeds
    }
    assert sorted(served.values()) == [200] * 8 + [500]
    assert home.site.address == "http://127.0.0.1:8000"
    assert {feed.rights for feed in home.feeds} == {"own", "licensed", "excerpt"}
    assert [tag.name for tag in home.tags if tag.sensitive] == ["Casualties"]
    assert len(home.tags) >= 20


def test_every_picture_is_small_and_of_one_shape(examples: Path) -> None:
    pictures = sorted((examples / "pictures").glob("*.jpg"))
    assert len(pictures) == 8
    for path in pictures:
        assert path.stat().st_size <= 40_000
        with Image.open(path) as picture:
            assert picture.size == (1200, 675)
