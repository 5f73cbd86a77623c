"""What a value in a table may be: durations, rates, hours, zones, addresses; each says in words what it wants."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_DURATION = re.compile(r"^\s*(\d+)\s+(second|minute|hour|day|week)s?\s*$")


def duration(value: Any) -> timedelta:
    """Read "90 minutes" and the like.

    Raises:
        ValueError: it is not a number and a unit.
    """
    if isinstance(value, timedelta):
        return value
    match = _DURATION.match(value) if isinstance(value, str) else None
    if not match:
        raise ValueError('a duration is a number and a unit, such as "90 minutes", "18 hours" or "2 days"')
    return timedelta(seconds=int(match[1]) * _UNITS[match[2]])


@dataclass(frozen=True, slots=True)
class Pace:
    """At most so many letters in so long."""

    letters: int
    span: timedelta

    @property
    def interval(self) -> timedelta:
        """The time between two letters at an even pace."""
        return self.span / self.letters


def pace(value: Any) -> Pace | None:
    """Read "20/second" and the like; an empty text is no limit.

    Raises:
        ValueError: it is not a number and a unit.
    """
    if value is None or isinstance(value, Pace):
        return value
    match = _PACE.match(value) if isinstance(value, str) else None
    if isinstance(value, str) and not value.strip():
        return None
    if not match or not int(match[1]):
        raise ValueError('a pace is a number and a unit, such as "20/second", "600/minute" or "5000/hour"')
    return Pace(int(match[1]), timedelta(seconds=_UNITS[match[2]]))


@dataclass(frozen=True, slots=True)
class Hours:
    """From one time of day to another, over midnight where the first is the later."""

    start: time
    end: time


def hours(value: Any) -> Hours | None:
    """Read "22:00-07:00"; an empty text is none.

    Raises:
        ValueError: it is not two times of day.
    """
    if value is None or isinstance(value, Hours):
        return value
    if isinstance(value, str) and not value.strip():
        return None
    match = _HOURS.match(value) if isinstance(value, str) else None
    try:
        start, end = (time.fromisoformat(part) for part in (match[1], match[2])) if match else (time.min, time.min)
    except ValueError:
        start = end = time.min
    if start == end:
        raise ValueError('hours are written as "22:00-07:00"')
    return Hours(start, end)


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f'there is no time zone "{value}"; write it as in "Europe/Berlin" or "UTC"') from error
    return value


def _web(value: str) -> str:
    if not re.match(r"^https?://[^\s/?#@]+(?:[/?#]\S*)?$", value):
        raise ValueError("this is a web address: it begins with https:// and has no spaces and no password in it")
    return value


def _site(value: str) -> str:
    return _web(value).rstrip("/")


def _mailbox(value: str) -> str:
    if not re.match(r"^(?:[^<>\r\n]*<)?[^\s<>@,]+@[^\s<>@,]+>?$", value):
        raise ValueError('an address is written as "ana@news.example" or "The Courier <letters@news.example>"')
    return value


def _colour(value: str) -> str:
    if not re.match(r"^#[0-9a-fA-F]{6}$", value):
        raise ValueError('a colour is written as "#8a1c1c"')
    return value.lower()


_PACE = re.compile(r"^\s*(\d{1,9})\s*/\s*(second|minute|hour|day)\s*$")
_HOURS = re.compile(r"^\s*(\d\d:\d\d)\s*-\s*(\d\d:\d\d)\s*$")

Duration = Annotated[timedelta, BeforeValidator(duration)]
Rate = Annotated[Pace | None, BeforeValidator(pace)]
DayHours = Annotated[Hours | None, BeforeValidator(hours)]
Zone = Annotated[str, AfterValidator(_zone)]
Web = Annotated[str, AfterValidator(_web)]
Site = Annotated[str, AfterValidator(_site)]
Mailbox = Annotated[str, AfterValidator(_mailbox)]
Colour = Annotated[str, AfterValidator(_colour)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]


def _network(value: str) -> str:
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError as error:
        raise ValueError(f'"{value}" is not a network; write it as in "10.0.0.0/8" or "127.0.0.1"') from error
    return value


Network = Annotated[str, AfterValidator(_network)]


class Value(BaseModel):
    """A frozen table that refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")
