"""Packs what grouping keeps of an article into a few hundred bytes, and unpacks it."""

from __future__ import annotations

import json
import zlib
from array import array
from datetime import datetime

from digest.content.stories.accounts import Account
from digest.content.stories.duplicates import Runs

_LENGTH = 4


def pack(account: Account) -> bytes:
    """An account as bytes, without what the store knows of its article: id, source, date, language and story."""
    words = {
        "t": list(account.terms.items()),
        "n": account.names,
        "h": sorted(account.title),
        "w": account.weekdays,
        "d": sorted(account.dates),
        "r": [account.runs.rate, account.runs.count],
        "c": round(account.crowd, 4),
    }
    said = zlib.compress(json.dumps(words, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))
    return len(said).to_bytes(_LENGTH) + said + array("I", sorted(account.runs.hashes)).tobytes()


def unpack(packed: bytes, *, name: str, source: str, published: datetime, language: str, story: str | None) -> Account:
    """The account that `pack` packed, with what the store knows of its article; `name` is the article's id."""
    end = _LENGTH + int.from_bytes(packed[:_LENGTH])
    words = json.loads(zlib.decompress(packed[_LENGTH:end]).decode("utf-8", "surrogatepass"))
    rate, count = words["r"]
    return Account(
        id=name,
        source=source,
        published=published,
        language=language,
        story=story,
        terms=dict(words["t"]),
        names=words["n"],
        title=frozenset(words["h"]),
        weekdays=tuple(words["w"]),
        dates=frozenset(words["d"]),
        runs=Runs(frozenset(array("I", packed[end:])), rate, count),
        crowd=words["c"],
    )
