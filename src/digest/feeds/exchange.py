"""What is asked of an address and what came back: the two values of a fetch, and its failures in words."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

FEED_TYPES: Final = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
"""The Accept header that asks for a feed."""

MEGABYTE: Final = 1_000_000
MAX_RAW: Final = 5 * MEGABYTE
"""Bytes received of one body, packed or not."""
MAX_UNPACKED: Final = 10 * MEGABYTE
"""Bytes of one body after unpacking."""

_LONGEST_VALIDATOR = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One address to fetch, and what is remembered of its last answer.

    Attributes:
        address: an http(s) address.
        etag: the last ETag, verbatim; empty for none.
        last_modified: the last Last-Modified, verbatim; empty for none.
        body_hash: the last body's hash; an equal body counts as unchanged.
        accept: the Accept header.
    """

    address: str
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    accept: str = FEED_TYPES


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What came back, or why nothing did.

    Attributes:
        address: the address as it was asked for.
        final: where the redirects led, without user name and password.
        status: the last HTTP status; 0 when there was no answer.
        body: the unpacked body; None when unchanged or failed.
        etag, last_modified: the validators to send next time, verbatim.
        body_hash: the body's hash, to send next time.
        moved_to: the new address when every redirect on the way was permanent (301, 308), else empty.
        retry_after: seconds the server asks to be left alone, or None.
        content_type: the Content-Type header.
        robots: the X-Robots-Tag header.
        unchanged: the server said 304, or sent the same bytes again.
        error: why it failed, in an editor's words; empty when it did not.
    """

    address: str
    final: str = ""
    status: int = 0
    body: bytes | None = None
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    moved_to: str = ""
    retry_after: float | None = None
    content_type: str = ""
    robots: str = ""
    unchanged: bool = False
    error: str = ""


def hash_of(body: bytes) -> str:
    """Name a body by its SHA-256, in hexadecimal."""
    return hashlib.sha256(body).hexdigest()


def validator(value: str) -> str:
    """Keep an ETag or Last-Modified that can be sent back as it is; drop what could break a header or fill a row."""
    return value if len(value) <= _LONGEST_VALIDATOR and value.isprintable() else ""


def status_words(status: int) -> str:
    """Say an HTTP status in words ("answered 404: not found")."""
    try:
        phrase = HTTPStatus(status).phrase.lower()
    except ValueError:
        return f"answered {status}"
    phrase = {401: "it asks for a password", 410: "gone for good"}.get(status, phrase)
    return f"answered {status}: {phrase}"


def seconds_to_wait(header: str, *, date: str, now: datetime) -> float | None:
    """Read Retry-After: seconds, or a date compared with the server's own clock (RFC 9110, 10.2.3).

    Args:
        header: the Retry-After header, or empty.
        date: the answer's Date header; a server whose clock is wrong still means the difference.
        now: our clock, for an answer without a date.
    """
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    until = _http_date(text)
    if until is None:
        return None
    return max(0.0, (until - (_http_date(date) or now)).total_seconds())


def _http_date(text: str) -> datetime | None:
    """Read a date of HTTP, or None."""
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)
