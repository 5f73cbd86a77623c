"""A thousand invented publishers on loopback addresses, in a process of their own: feeds with ETags and 304.

    python bench/publisher.py PORT COUNT    serves until standard input ends; each line read on it is a new state

A state is a number: a feed whose place is a multiple of twenty shows as many more articles as the state says, the
others never change.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

ENTRIES = 20
APART = timedelta(hours=5)
"""Between an article and the one before it: a feed shows four days."""
EVERY = 20
"""One feed in this many changes."""

_WORDS = (
    "harbour council barrier river ferry minister budget vote region engine winter water eel pilot bridge rail tunnel "
    "market price union strike school hospital court judge report review figure season weather storm island crossing "
    "company worker reader editor farmer field mill quay tide beacon border treaty election count ballot party speech"
).split()
_VERBS = "says shows finds keeps warns holds opens closes delays moves ends plans names calls weighs splits".split()


def address(place: int) -> str:
    """The host of a feed: one of the addresses 127.1.0.1 and up."""
    return f"127.1.{place // 250}.{place % 250 + 1}"


def feed(place: int, more: int, now: datetime) -> bytes:
    """RSS of twenty articles of about 1.5 KB each; `more` of them are newer than at first."""
    items = "".join(_item(place, number, now) for number in range(ENTRIES + more - 1, more - 1, -1))
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel><title>The Publisher No. {place}</title><link>https://p{place}.example/</link>"
        f"<description>Invented news</description><language>en</language>{items}</channel></rss>"
    ).encode()


def _item(place: int, number: int, now: datetime) -> str:
    chance = random.Random(f"{place} {number}")
    title = sentence(chance, 8)[:-1]
    paragraphs = [" ".join(sentence(chance, chance.randint(8, 22)) for _ in range(3)) for _ in range(4)]
    link = f"https://p{place}.example/{number}/{title.lower().replace(' ', '-')[:40]}"
    body = "".join(f'<p>{text} <a href="{link}?ref=rss">More</a></p>' for text in paragraphs)
    published = format_datetime(now - (ENTRIES - number) * APART, usegmt=True)
    return (
        f"<item><title>{title}</title><link>{link}</link><guid isPermaLink='false'>p{place}-{number}</guid>"
        f"<pubDate>{published}</pubDate><dc:creator>{chance.choice(_WORDS).title()} Vale</dc:creator>"
        f"<category>{chance.choice(_WORDS)}</category><description>{paragraphs[0][:160]}</description>"
        f"<content:encoded><![CDATA[{body}]]></content:encoded></item>"
    )


def sentence(chance: random.Random, length: int) -> str:
    """An invented sentence of so many words."""
    words = [chance.choice(_WORDS) for _ in range(length)]
    words[1] = chance.choice(_VERBS)
    return f"{' '.join(words).capitalize()}."


class _Answers(asyncio.Protocol):
    """HTTP/1.1 just as far as two well-behaved clients need it."""

    def __init__(self, bodies: dict[str, tuple[bytes, bytes]]) -> None:
        self._bodies = bodies
        self._seen = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._body, self._etag = self._bodies[transport.get_extra_info("sockname")[0]]

    def data_received(self, data: bytes) -> None:
        self._seen += data
        while b"\r\n\r\n" in self._seen:
            head, _, self._seen = self._seen.partition(b"\r\n\r\n")
            self._answer(head)

    def _answer(self, head: bytes) -> None:
        close = b"connection: close" in head.lower()
        fields = b"ETag: " + self._etag + (b"\r\nConnection: close" if close else b"") + b"\r\n"
        if self._etag in head:
            answer = b"HTTP/1.1 304 Not Modified\r\n" + fields + b"\r\n"
        else:
            fields += b"Content-Type: application/rss+xml\r\nContent-Length: %d\r\n\r\n" % len(self._body)
            answer = b"HTTP/1.1 200 OK\r\n" + fields + self._body
        assert isinstance(self._transport, asyncio.Transport)
        self._transport.write(answer)
        if close:
            self._transport.close()


def _made(place: int, more: int, now: datetime) -> tuple[bytes, bytes]:
    body = feed(place, more, now)
    return body, b'"' + hashlib.sha256(body).hexdigest()[:20].encode() + b'"'


async def _serve(port: int, count: int) -> None:
    now = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 - the news is of today
    bodies = {address(place): _made(place, 0, now) for place in range(count)}
    loop = asyncio.get_running_loop()
    await loop.create_server(lambda: _Answers(bodies), "0.0.0.0", port, backlog=1024)
    print("ready", flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        state = int(line)
        bodies |= {address(place): _made(place, state, now) for place in range(0, count, EVERY)}
        print("ready", flush=True)


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), int(sys.argv[2])))
