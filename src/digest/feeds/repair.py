"""Mends the commonest damage of feeds, byte for byte, so that a parser finds what can be saved. Pure."""

from __future__ import annotations

import re
from typing import Final

_DOUBLED_DECLARATION: Final = re.compile(rb"<\?xml\s*\?xml\b([^<>]*?)\?*\?>")
_START: Final = re.compile(rb"<\?xml|<rss\b|<feed\b|<rdf:rdf\b|<channel\b|<!doctype\s+rss", re.IGNORECASE)
_DECLARATION: Final = re.compile(rb"\A<\?xml[^<>]*?\?>\s*(?=<\?xml)")
_CONTROLS: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]+")
_BAD_REFERENCE: Final = re.compile(
    rb"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|x0*(?:[0-8bcef]|1[0-9a-f])|\d{8,}|x[0-9a-f]{7,}|[2-9]\d{6}|1[2-9]\d{5}|x[2-9a-f][0-9a-f]{5});?",
    re.IGNORECASE,
)
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")
_MEDIA_DESCRIPTION: Final = re.compile(rb"(</?media:)description\b[^<>]*?(/?>)")
_LOOKED_AT: Final = 64 * 1024


def prepare(body: bytes) -> bytes:
    """Give a picture's own description a name of its own, for the parser takes it for the item's."""
    return _MEDIA_DESCRIPTION.sub(rb"\1caption\2", body) if b"media:description" in body else body


def repaired(body: bytes) -> bytes:
    """Mend what stands in a parser's way; a sound body comes back as it was.

    Junk before the first tag of a feed, a doubled XML declaration, control characters, and references to
    characters that do not exist go. Two-byte encodings are left alone.
    """
    if body.startswith(_WIDE):
        return body
    body = _CONTROLS.sub(b"", body)
    body = _DOUBLED_DECLARATION.sub(rb"<?xml\1?>", body, count=1)
    start = _START.search(body, 0, _LOOKED_AT)
    if start and start.start():
        body = body[start.start() :]
    body = _DECLARATION.sub(b"", body)
    return _BAD_REFERENCE.sub(b"", body)
