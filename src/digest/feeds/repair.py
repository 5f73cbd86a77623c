"""Mends the commonest damage of feeds, byte for byte, so that a parser finds what can be saved. Pure."""

from __future__ import annotations

import re
from typing import Final

MOST_TAGS: Final = 200_000
MOST_REFERENCES: Final = 1_000_000

_DOUBLED_DECLARATION: Final = re.compile(rb"<\?xml\s*\?xml\b([^<>]*?)\?*\?>")
_START: Final = re.compile(rb"<\?xml|<rss\b|<feed\b|<rdf:rdf\b|<channel\b|<!doctype\s+rss", re.IGNORECASE)
_DECLARATION: Final = re.compile(rb"\A<\?xml[^<>]*?\?>\s*(?=<\?xml)")
_CONTROLS: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]+")
_BAD_REFERENCE: Final = re.compile(
    rb"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|x0*(?:[0-8bcef]|1[0-9a-f])|\d{8,}|x[0-9a-f]{7,}|[2-9]\d{6}|1[2-9]\d{5}|x[2-9a-f][0-9a-f]{5});?",
    re.IGNORECASE,
)
_WIDE: Final = (
    (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"),
    (b"<\x00\x00\x00", "utf-32-le"), (b"\x00\x00\x00<", "utf-32-be"), (b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"),
)  # fmt: skip
_ENCODING: Final = re.compile(rb"(\A\s*<\?xml[^<>]*?)\s+encoding\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*')")
_OVERWRITING: Final = re.compile(rb"<(/?)(authors|contributors|links|tags)(?=[\s/>])")
_MEDIA_DESCRIPTION: Final = re.compile(rb"(</?media:)description\b[^<>]*?(/?>)")
_LOOKED_AT: Final = 64 * 1024


def prepare(body: bytes) -> bytes:
    """Make what the parser cannot read readable: UTF-16 and UTF-32 become UTF-8.

    Blank space before the declaration, the commonest fault of all, would cost the fast and strict parser. A picture's
    own description gets a name of its own, for the parser takes it for the item's.
    """
    for mark, codec in _WIDE:
        if body.startswith(mark):
            text = body.decode(codec, "replace").removeprefix("\ufeff")
            body = _ENCODING.sub(rb"\1", text.encode("utf-8", "replace"), count=1)
            break
    body = body.lstrip()
    return _MEDIA_DESCRIPTION.sub(rb"\1caption\2", body) if b"media:description" in body else body


def too_much(body: bytes) -> bool:
    """Say whether a body holds more tags or references than any feed, outside its quoted parts.

    A parser needs some 50 microseconds for each; a body within the limits takes some ten seconds at most.
    """
    if body.count(b"<") <= MOST_TAGS and body.count(b"&") <= MOST_REFERENCES:
        return False
    first, *others = body.split(b"<![CDATA[")
    outside = [first] + [other.partition(b"]]>")[2] for other in others]
    tags = len(others) + sum(part.count(b"<") for part in outside)
    return tags > MOST_TAGS or sum(part.count(b"&") for part in outside) > MOST_REFERENCES


def repaired(body: bytes) -> bytes:
    """Mend what stands in a parser's way; a sound body comes back as it was.

    Junk before the first tag of a feed, a doubled XML declaration, control characters, references to characters
    that do not exist go, and elements named like the parser's own lists get other names.
    """
    body = _CONTROLS.sub(b"", body)
    body = _DOUBLED_DECLARATION.sub(rb"<?xml\1?>", body, count=1)
    start = _START.search(body, 0, _LOOKED_AT)
    if start and start.start():
        body = body[start.start() :]
    body = _DECLARATION.sub(b"", body)
    body = _OVERWRITING.sub(rb"<\1x-\2", body)
    return _BAD_REFERENCE.sub(b"", body)
