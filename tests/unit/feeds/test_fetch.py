"""Fetching from a real server: conditions, redirects, limits of time and size."""

from __future__ import annotations

import asyncio
import gzip
import threading
import time
import zlib

import brotli
import pytest
import zstandard

from digest.feeds.exchange import Fetched, Request, hash_of
from digest.feeds.fetch import fetch_all

FEED = b"<rss version='2.0'><channel><title>Harbour Bulletin</title></channel></rss>"


def test_a_body_comes_with_its_validators_and_its_hash(publisher, get):
    url = publisher.says(
        "/feed", FEED, ETag='"v1"', Last_Modified="Sun, 22 Nov 2026 05:00:00 GMT", Content_Type="text/xml"
    )
    fetched = get(url)
    assert (fetched.status, fetched.body, fetched.error) == (200, FEED, "")
    assert fetched.etag == '"v1"'
    assert fetched.last_modified == "Sun, 22 Nov 2026 05:00:00 GMT"
    assert fetched.body_hash == hash_of(FEED)
    assert fetched.content_type == "text/xml"
    assert not fetched.unchanged
    assert publisher.seen[0][1]["user-agent"] == "Digest/0.1 (+https://site.example)"


def test_validators_are_sent_back_and_304_costs_nothing(publisher, get, answer):
    def route(handler):
        known = handler.headers["If-None-Match"] == 'W/"v1"' and handler.headers["If-Modified-Since"] == "then"
        answer(handler, b"" if known else FEED, 304 if known else 200)

    publisher.routes["/feed"] = route
    fetched = get(publisher.url("/feed"), etag='W/"v1"', last_modified="then", body_hash="abc")
    assert (fetched.status, fetched.unchanged, fetched.body, fetched.error) == (304, True, None, "")
    assert (fetched.etag, fetched.last_modified, fetched.body_hash) == ('W/"v1"', "then", "abc")


def test_the_same_bytes_again_are_unchanged(publisher, get):
    url = publisher.says("/feed", FEED, ETag='"v2"')
    fetched = get(url, etag='"v1"', body_hash=hash_of(FEED))
    assert (fetched.status, fetched.unchanged, fetched.body, fetched.etag) == (200, True, None, '"v2"')


def test_a_304_nobody_asked_for_is_no_success(publisher, get):
    fetched = get(publisher.says("/feed", status=304))
    assert fetched.error == "answered 304: not modified"
    assert not fetched.unchanged


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (404, "answered 404: not found"),
        (410, "answered 410: gone for good"),
        (401, "answered 401: it asks for a password"),
        (503, "answered 503: service unavailable"),
        (299, "answered 299"),
    ],
)
def test_a_bad_status_is_told_in_words(publisher, get, status, words):
    fetched = get(publisher.says("/feed", b"<p>sorry</p>", status))
    assert (fetched.status, fetched.error, fetched.body) == (status, words, None)


def test_an_empty_answer_is_no_feed(publisher, get):
    assert get(publisher.says("/feed")).error == "answered with nothing"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120.0), ("Sun, 22 Nov 2026 06:05:00 GMT", 300.0), ("Sun, 22 Nov 2026 05:00:00 GMT", 0.0), ("soon", None)],
)
def test_retry_after_is_read_by_the_servers_own_clock(publisher, get, header, seconds):
    def route(handler):
        handler.send_response_only(429)
        for name, value in (
            ("Retry-After", header),
            ("Date", "Sun, 22 Nov 2026 06:00:00 GMT"),
            ("Content-Length", "0"),
        ):
            handler.send_header(name, value)
        handler.end_headers()

    publisher.routes["/feed"] = route
    assert get(publisher.url("/feed")).retry_after == seconds


def pack_deflate_bare(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


PACKERS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
    "gzip, br": lambda body: brotli.compress(gzip.compress(body)),
    "Deflate": pack_deflate_bare,
    "identity": bytes,
}


@pytest.mark.parametrize("encoding", PACKERS)
def test_every_encoding_is_unpacked(publisher, get, encoding):
    body = FEED * 5000
    fetched = get(publisher.says("/feed", PACKERS[encoding](body), Content_Encoding=encoding))
    assert fetched.error == ""
    assert fetched.body == body


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_a_bomb_is_stopped_at_the_limit(publisher, get, encoding):
    bomb = PACKERS[encoding](bytes(40_000_000))
    assert len(bomb) < 100_000
    assert get(publisher.says("/feed", bomb, Content_Encoding=encoding)).error == "larger than 10 MB when unpacked"


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_a_damaged_body_is_told_from_a_sound_one(publisher, get, encoding):
    cut = PACKERS[encoding](FEED * 5000)[:-4]
    words = f"says it is packed with {encoding}, and is not, or is damaged"
    assert get(publisher.says("/cut", cut, Content_Encoding=encoding)).error == words
    assert get(publisher.says("/bare", FEED, Content_Encoding=encoding)).error == words


def test_an_unknown_encoding_is_refused(publisher, get):
    assert "does not know" in get(publisher.says("/feed", FEED, Content_Encoding="zip")).error


def test_a_large_body_is_refused_announced_or_not(publisher, get):
    def endless(handler):
        handler.send_response(200)
        handler.send_header("Connection", "close")
        handler.end_headers()
        for _ in range(200):
            handler.wfile.write(bytes(100_000))
        handler.close_connection = True

    publisher.routes["/endless"] = endless
    assert get(publisher.says("/large", bytes(5_000_001))).error == "larger than 5 MB"
    assert get(publisher.url("/endless")).error == "larger than 5 MB"


def test_a_dripping_body_ends_with_the_clock(publisher, get):
    done = threading.Event()

    def drip(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        while not done.wait(0.05):
            handler.wfile.write(b"x")

    publisher.routes["/drip"] = drip
    began = time.monotonic()
    assert get(publisher.url("/drip"), timeout=0.5).error == "took longer than 0.5 s"
    assert time.monotonic() - began < 5
    done.set()


def test_a_body_that_breaks_off_is_no_answer(publisher, get):
    def short(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(FEED)
        handler.close_connection = True

    publisher.routes["/short"] = short
    assert get(publisher.url("/short")).error == "broke off in the middle of its answer"


def test_what_is_not_http_is_told(publisher, get):
    publisher.routes["/odd"] = lambda handler: handler.wfile.write(b"SSH-2.0-hello\r\n\r\n") and None
    assert get(publisher.url("/odd")).error == "answered in a way that is not HTTP"


def test_two_connections_at_most_to_one_host(publisher, loopback, answer):
    def slow(handler):
        time.sleep(0.02)
        answer(handler, FEED)

    publisher.routes["/feed"] = slow
    answers: list[Fetched] = []
    requests = [Request(address=publisher.url(f"/feed?{n}")) for n in range(12)]
    fetch_all(requests, allow=loopback, on_done=answers.append, agent="Digest/0.1")
    assert sorted(a.address for a in answers) == sorted(r.address for r in requests)
    assert all(a.body == FEED for a in answers)
    assert publisher.most_busy == 2


def test_answers_are_used_outside_the_loop_and_its_clocks_stand_still(publisher, loopback, answer):
    quick = publisher.says("/quick", FEED)
    ready = threading.Event()

    def late(handler):
        ready.wait(5)
        answer(handler, FEED)

    publisher.routes["/late"] = late
    errors: dict[str, str] = {}

    def used(fetched: Fetched) -> None:
        with pytest.raises(RuntimeError):
            asyncio.get_running_loop()
        errors[fetched.address] = fetched.error
        if fetched.address == quick:
            time.sleep(1.2)  # longer than a fetch may take
            ready.set()

    fetch_all([Request(address=quick), Request(address=publisher.url("/late"))], allow=loopback, on_done=used,
              agent="Digest/0.1", timeout=1.0)  # fmt: skip
    assert errors == {quick: "", publisher.url("/late"): ""}


def test_an_error_of_the_user_ends_all_fetches_and_is_not_hidden(publisher, loopback):
    def broken(fetched: Fetched) -> None:
        raise ZeroDivisionError

    requests = [Request(address=publisher.says("/feed", FEED))] * 5
    with pytest.raises(ZeroDivisionError):
        fetch_all(requests, allow=loopback, on_done=broken, agent="Digest/0.1")


def test_nothing_to_fetch_is_nothing_done(loopback):
    fetch_all([], allow=loopback, on_done=lambda _: pytest.fail("nothing was asked"), agent="Digest/0.1")
