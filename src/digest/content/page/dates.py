"""Reads the instants that pages name, from ISO 8601 to "March 3, 2026"."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = "|".join(rf"{m}[a-z]{{0,6}}" for m in _MONTHS)
_MONTH_FIRST = re.compile(rf"\b({_NAMED})\.? (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})\b", re.IGNORECASE)
_DAY_FIRST = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th|\.)? ({_NAMED})\.?,? (\d{{4}})\b", re.IGNORECASE)
_NUMBERS = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")


def instant(value: str) -> datetime | None:
    """The instant that an ISO 8601 date or time names, in UTC (as which one without a zone counts), or None."""
    text = value.strip()
    text = re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", text)
    text = re.sub(r"\s+(?=[+-]\d\d:?\d\d$)", "", text)
    text = re.sub(r"\s*(?:UTC|GMT)$", "+00:00", text)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not 1900 < found.year < 2200:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def written_date(text: str) -> datetime | None:
    """The first civil date that `text` writes out in English or as year-month-day, at midnight UTC, or None."""
    month_first = _MONTH_FIRST.search(text)
    if month_first:
        return _midnight(month_first[3], _month(month_first[1]), month_first[2])
    day_first = _DAY_FIRST.search(text)
    if day_first:
        return _midnight(day_first[3], _month(day_first[2]), day_first[1])
    numbers = _NUMBERS.search(text)
    return _midnight(numbers[1], int(numbers[2]), numbers[3]) if numbers else None


def _month(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1


def _midnight(year: str, month: int, day: str) -> datetime | None:
    try:
        found = datetime(int(year), month, int(day), tzinfo=UTC)
    except ValueError:
        return None
    return found if 1900 < found.year < 2200 else None
