"""Answers that never end, or unfold without end: bounded in time and memory, and the good feed beside them is read."""

from __future__ import annotations

import gzip
import json
import struct
import sys
import time
import zlib
from collections.abc import Iterator
from typing import Any

import brotli
import pytest
import zstandard

MEGABYTE = 1_000_000
MEASURED = (
    "import resource, subprocess, sys\n"
    "code = subprocess.call(sys.argv[1:])\n"
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, file=sys.stderr)\n"
    "sys.exit(code)\n"
)
OK = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"


def drip() -> Iterator[bytes]:
    yield OK + b"Content-Type: text/xml\r\n\r\n<rss>"
    while True:
        time.sleep(0.2)
        yield b" "


def headers() -> Iterator[bytes]:
    yield OK
    while True:
        yield b"X-More: " + b"x" * 1000 + b"\r\n"


def flood() -> Iterator[bytes]:
    yield OK + b"\r\n<rss><channel>"
    for _ in range(200):
        yield b"<item><title>flood</title></item>" * 30_000


def png(width: int, height: int) -> bytes:
    """A picture of a few kilobytes that claims to be huge."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\x00" * 20 * MEGABYTE, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def feeds(site: Any, papers: Any) -> dict[str, str]:
    """Each bomb's address, and a word of the reason it must be told by; empty for one that is only bounded."""
    zeros = b" " * (300 * MEGABYTE)
    packed = gzip.compress(zeros, 9)
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    says = site.says
    bombs = {
        says("/gzip", packed, headers="Content-Encoding: gzip\r\n"): "unpacked",
        says("/twice", gzip.compress(packed), headers="Content-Encoding: gzip, gzip\r\n"): "unpacked",
        says("/br", brotli.compress(zeros, quality=1), headers="Content-Encoding: br\r\n"): "unpacked",
        says("/zstd", zstandard.compress(zeros), headers="Content-Encoding: zstd\r\n"): "unpacked",
        says("/torn", packed[:2000], headers="Content-Encoding: gzip\r\n"): "",
        says("/laughs", f'<!DOCTYPE r [<!ENTITY a0 "ha">{laughs}]><rss><channel><title>&a11;</title></channel>'): "",
        says("/file", '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel><item>'
             "<title>&x; root</title><link>https://paper.example/f</link></item></channel></rss>"): "",
        says("/deep", b"<rss><channel>" + b"<item>" * 150_000): "",
        says("/wide", b"<rss><channel>" + b"<item><title>x</title></item>" * 66_000): "",
        says("/json", b'{"items":' + b"[" * 500_000): "nested",
        says("/tags", b"<a>" * 1_600_000): "more tags",
        says("/liar", b"", headers="Content-Length: 99999999999\r\n"): "",
    }  # fmt: skip
    for path, answer in (("/drip", drip), ("/headers", headers), ("/flood", flood)):
        site.pages[path] = answer
        bombs[site.base + path] = {"/drip": "longer", "/headers": "", "/flood": "larger"}[path]
    for path, target in (
        ("/loop", "/loop"), ("/metadata", "http://169.254.169.254/latest/"), ("/mapped", "http://[::ffff:10.0.0.1]/"),
        ("/gopher", "gopher://127.0.0.1/x"), ("/octal", "http://0251.0376.0251.0376/"), ("/decimal", "http://2852039166/"),
        ("/zero", "http://0/"), ("/named", "http://metadata.invalid/"), ("/file-url", "file:///etc/passwd"),
    ):  # fmt: skip
        site.pages[path] = f"HTTP/1.1 301 Moved\r\nConnection: close\r\nLocation: {target}\r\n\r\n".encode()
        bombs[site.base + path] = "redirects" if path == "/loop" else ""
    bombs[says("/good", papers.rss(*(papers.item(n) for n in range(3))))] = "good"
    return bombs


@pytest.mark.slow
def test_bombs_are_bounded(shell: Any, site: Any, papers: Any):
    bombs = feeds(site, papers)
    shell.feeds(*bombs)
    shell.write(
        "digest.toml",
        '[site]\nname = "The Courier"\nsender = "letters@news.example"\n[gather]\ntimeout = "8 seconds"\n',
    )
    began = time.monotonic()
    code, gathered, megabytes = measured(shell, "gather")
    took = time.monotonic() - began
    why = {failed["address"]: failed["why"] for failed in gathered["feeds"]["failed"]}
    assert code == 0
    assert gathered["articles"]["new"] >= 3
    for address, word in bombs.items():
        if word == "good":
            assert address not in why
        else:
            assert word in why.get(address, "" if not word else "nothing"), (address, why.get(address))
    for private in ("/metadata", "/mapped", "/gopher", "/octal", "/decimal", "/zero", "/named", "/file-url", "/liar"):
        assert why[site.base + private]
    assert megabytes < 600, why
    assert took < 100
    titles = json.dumps(shell.do("draft", "daily"))
    assert "root:x:0" not in titles
    assert "hahaha" not in titles


def measured(shell: Any, *words: str) -> tuple[int, dict, int]:
    """Run a command: its exit status, its JSON, and the megabytes its largest process took."""
    process = shell.start(*words, wrapped=[sys.executable, "-c", MEASURED])
    code, out, errors = shell.end(process, 200)
    return code, json.loads(out), int(errors.split()[-1])


def test_pictures_that_unfold(shell: Any, site: Any, papers: Any):
    pictures = {
        "/huge": png(60_000, 60_000), "/wide": png(2_000_000, 19), "/torn": png(3000, 2000)[:500], "/svg": b"<svg/>",
        "/gif": b"GIF89a\xff\xff\xff\xff\x80\x00\x00" + b"\x2c\x00\x00\x00\x00\xff\xff\xff\xff\x00\x02\x00" * 9000,
        "/page": b"<html>" * 1000,
    }  # fmt: skip
    items = []
    for number, (path, body) in enumerate(pictures.items()):
        item = papers.item(number)
        media = f'<media:content url="{site.says(path, body)}" medium="image"/>'
        items.append(item.replace("</item>", f"{media}</item>"))
    names = ("harbour", "council", "bridge", "ferry", "budget", "strike")
    sections = "".join(f'[[sections]]\ntag = "{word}"\ntitle = "{word}"\n' for word in names[:5])
    shell.write("tags.toml", "".join(f'[[tags]]\nname = "{name}"\n' for name in names))
    shell.write("newsletters/daily.toml", f'title = "The Daily"\nper_source = 100\n{sections}[[sections]]\ntag = "*"\n')
    shell.feeds(site.says("/feed", papers.rss(*items)))
    shell.do("gather")
    code, drafted, megabytes = measured(shell, "draft", "daily")
    assert code == 0
    assert {story["image"] for section in drafted["sections"] for story in section["stories"]} == {None}
    assert {"/huge", "/gif"} & set(site.asked), "no picture was asked for"
    assert megabytes < 450
