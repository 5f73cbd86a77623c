"""Reads one feed as a first poll would, so that an editor sees what it brings before it is taken in."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from digest.errors import FetchError
from digest.feeds.address import http_address
from digest.feeds.exchange import Fetched, Request
from digest.feeds.fetch import fetch
from digest.feeds.parse import Parsed, parse
from digest.feeds.reach import Allow
from digest.model import Entry

_MOST_NAMED: Final = 5
_HEAD: Final = 200_000
_LINK: Final = re.compile(r"<link\b([^>]{1,2000})>", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(r"""\b(rel|type|href)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_FEED_KINDS: Final = ("application/rss+xml", "application/atom+xml", "application/feed+json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A feed as it was found.

    Attributes:
        address: where it is to be asked from now on: the new address where it moved for good.
        parsed: what stands in it.
    """

    address: str
    parsed: Parsed


def look(address: str, *, allow: Allow, agent: str, timeout: float, language: str = "", now: datetime) -> Look:
    """Fetch and read one feed.

    Args:
        address: an http(s) address.
        allow: networks that may be reached although they are not public.
        agent: the User-Agent header.
        timeout: seconds for all of it.
        language: what the newsroom says the feed is written in.
        now: aware UTC.

    Raises:
        FetchError: it cannot be fetched, or is no feed; for a web page the message names the feeds it offers.
    """
    answer = fetch(Request(address=address), allow=allow, agent=agent, timeout=timeout)
    if answer.body is None:
        raise FetchError(address, answer.error or "answered nothing")
    final = answer.final or address
    parsed = parse(answer.body, address=final, content_type=answer.content_type, language=language, now=now)
    if parsed.problem:
        raise FetchError(address, _with_offers(parsed.problem, answer, final))
    return Look(address=answer.moved_to or address, parsed=parsed)


def fresh(entry: Entry, *, first_look: timedelta, now: datetime) -> bool:
    """Whether an entry may be sent although the feed is new; the others are known from then on, and never sent."""
    return entry.published is not None and entry.published >= now - first_look


def offers(page: str, address: str) -> tuple[str, ...]:
    """The addresses of the feeds that a web page names in its head, in its order."""
    found: dict[str, None] = {}
    for link in _LINK.finditer(page[:_HEAD]):
        said = {m[1].lower(): html.unescape(m[2] or m[3] or m[4] or "").strip() for m in _ATTRIBUTE.finditer(link[1])}
        is_feed = "alternate" in said.get("rel", "").lower().split() and said.get("type", "").lower() in _FEED_KINDS
        if is_feed and (target := http_address(said.get("href", ""), base=address)):
            found[target] = None
    return tuple(found)


def _with_offers(problem: str, answer: Fetched, address: str) -> str:
    named = offers((answer.body or b"")[:_HEAD].decode("utf-8", "replace"), address)[:_MOST_NAMED]
    return f"is a web page, not a feed; it offers {' and '.join(named)}" if named else problem
