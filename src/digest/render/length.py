"""Counts a post the way its network counts it: the one home of twitter_text.

X weighs characters: Latin, Greek, Cyrillic, Hebrew and Arabic letters count one, most others two, an emoji two
however it is built, and every address 23 whatever its length (https://docs.x.com/fundamentals/counting-characters).
The folder is a rehearsal for X and counts alike.
"""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from importlib import import_module
from types import ModuleType
from typing import Literal, cast
from urllib.parse import quote, urlsplit, urlunsplit

Network = Literal["folder", "x"]

LIMITS: dict[Network, int] = {"folder": 280, "x": 280}
"""The most a post may weigh, by each network's own count."""

ADDRESS = 23
"""What X counts for an address, after it has put its own short one in its place."""

_ADDRESS = re.compile(r"https?://\S+")
# A name with a dot that may be an address to X although the parser, which differs from X's own in rare texts where
# letters touch a domain, did not take it for one.
_DOTTED = re.compile(r"[^\W_][\w-]*(?:\.[\w-]+)*\.[^\W\d_]{2,}")
# X cuts an address before some signs and after others; these survive everywhere.
_SURVIVES = "/:?#@=&%+;~_-"


@lru_cache(maxsize=1)
def _parser() -> ModuleType:
    """The library, which takes a quarter of a second to load: most of what imports this counts no post."""
    with warnings.catch_warnings():
        # It asks setuptools for its own data by a way that newer ones warn of; its users need not hear that.
        warnings.simplefilter("ignore")
        return import_module("twitter_text")


def weighted(text: str) -> int:
    """How much of the 280 a text takes on X."""
    # The parser counts the parts of a joined emoji once, but looks at a text of any length: its callers bound it.
    return cast("int", _parser().parse_tweet(text).weightedLength) if text else 0


def addresses(text: str) -> tuple[str, ...]:
    """The addresses X would link in a text, those without a protocol included ("news.org")."""
    return tuple(_parser().extract_urls(text))


def heaviest(text: str) -> int:
    """`weighted`, plus what X could add where it takes more for addresses than the parser does."""
    known = addresses(text)
    doubtful = [word for word in _ADDRESS.findall(text) if not any(address in word for address in known)]
    bare = [word for word in _DOTTED.findall(_ADDRESS.sub(" ", text)) if not any(a in word for a in known)]
    return weighted(text) + sum(max(0, ADDRESS - weighted(word)) for word in (*doubtful, *bare))


def fits(text: str, network: Network) -> bool:
    """Whether a network takes a text of this length, counted with the doubt on the safe side."""
    return heaviest(text) <= LIMITS[network]


def whole(url: str) -> str:
    """The address, spelt so that X links all of it.

    X ends an address before a closing full stop or bracket, for instance; such signs are percent-coded, which by
    RFC 3986 2.1 names the same resource for every server that decodes. An address X knows whole is left alone.
    """
    if addresses(url) == (url,):
        return url
    parts = urlsplit(url)
    coded = (quote(part, safe=_SURVIVES) for part in (parts.path, parts.query, parts.fragment))
    respelt = urlunsplit((parts.scheme, parts.netloc, *coded))
    # quote() leaves a full stop alone, and X drops one at the end.
    respelt = re.sub(r"[.~;:]+$", lambda end: "".join(f"%{ord(sign):02X}" for sign in end[0]), respelt)
    return respelt if addresses(respelt) == (respelt,) else url
