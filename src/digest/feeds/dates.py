"""Reads the dates that feeds write, as aware instants in UTC."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
"""A date before the web began is a mistake."""


def sensible(when: datetime | None, *, now: datetime) -> datetime | None:
    """Give a date in UTC; one in the future becomes `now`, one before the web began is dropped."""
    if when is None:
        return None
    try:
        instant = (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        return None
    if instant < EARLIEST:
        return None
    return min(instant, now)


def from_tuple(parts: object) -> datetime | None:
    """Read the nine numbers of a broken-down UTC time, as feedparser gives them."""
    if not isinstance(parts, Sequence) or len(parts) < 6:
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(tuple(parts)), UTC)
    except (ValueError, OverflowError, TypeError, OSError):
        return None


def from_text(text: str) -> datetime | None:
    """Read a date of ISO 8601 or RFC 5322; one without a zone is taken as UTC."""
    cleaned = text.strip()
    if not cleaned or len(cleaned) > 100:
        return None
    try:
        when = datetime.fromisoformat(cleaned.replace("Z", "+00:00").replace("z", "+00:00"))
    except ValueError:
        try:
            when = parsedate_to_datetime(cleaned)
        except (ValueError, TypeError, OverflowError, IndexError):
            return None
    try:
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
    except (OverflowError, ValueError):
        return None
