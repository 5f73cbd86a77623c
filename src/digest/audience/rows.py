"""Checks what a line of an import says, and makes a row of it or says why not. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from digest.audience.addresses import NotAnAddress, normalise
from digest.audience.importers import Record
from digest.config import Config, slug

COLUMNS = (
    "email", "name", "newsletters", "topics", "language", "zone", "consent_at", "consent_source",
    "consent_text", "format", "paused_until", "status",
)  # fmt: skip
"""What a line may say; only `email` is required beside a statement of consent."""

Status = Literal["active", "unsubscribed", "bounced", "blocked"]
"""What a line is: a reader, one who said no, an address that does not exist, and one that must not be written to."""

_LANGUAGE = re.compile(r"^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One reader of an import, checked. Empty fields were not given."""

    line: int
    email: str
    name: str
    newsletters: tuple[str, ...]
    topics: tuple[str, ...]
    language: str
    zone: str
    consent_at: datetime | None
    consent_source: str
    consent_text: str
    format: Literal["", "rich", "text"]
    paused_until: datetime | None
    status: Status


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that was not imported, and why."""

    line: int
    why: str


class Rules:
    """Checks lines; what many lines say alike is checked once.

    Args:
        config: names the newsletters and their sections.
        consent: the statement that covers lines without consent columns; empty for none.
        now: the present instant.
    """

    def __init__(self, config: Config, *, consent: str, now: datetime) -> None:
        self._config = config
        self._consent = consent
        self._now = now
        self._choices: dict[tuple[str, str], tuple[tuple[str, ...], tuple[str, ...]]] = {}

    def row(self, line: int, record: Record) -> Row | Rejected:
        """Check one line, by its number and fields."""
        try:
            return self._row(line, {key: value.strip() for key, value in record.items()})
        except ValueError as error:
            return Rejected(line, str(error))

    def _row(self, line: int, record: dict[str, str]) -> Row:
        if found := _CONTROLS.search("".join(record.values())):
            foreign = found[0] >= "\ud800"
            raise ValueError('it is not UTF-8: save it as "CSV UTF-8"' if foreign else "it has control characters")
        said = record.get
        try:
            email = normalise(said("email", ""))
        except NotAnAddress as error:
            raise ValueError(f"not an address: {error}") from None
        status = _one_of(said("status") or "active", _STATUSES, "status")
        consent_at = _instant(said("consent_at", ""), "consent_at")
        if consent_at and consent_at > self._now:
            raise ValueError("consent_at lies in the future")
        source = said("consent_source", "") or self._consent
        if status == "active" and not (self._consent or (consent_at and source)):
            raise ValueError("it does not say when (consent_at) and how (consent_source) the reader agreed")
        newsletters, topics = self._chosen(said("newsletters", ""), said("topics", ""))
        return Row(
            line=line,
            email=email,
            name=said("name", "")[:200],
            newsletters=newsletters,
            topics=topics,
            language=_language(said("language", "")),
            zone=_zone(said("zone", "")),
            consent_at=consent_at,
            consent_source=source,
            consent_text=said("consent_text", ""),
            format=_one_of(said("format", ""), _FORMATS, "format"),
            paused_until=_instant(said("paused_until", ""), "paused_until"),
            status=status,
        )

    def _chosen(self, newsletters: str, topics: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        key = (newsletters, topics)
        if key not in self._choices:
            named = _newsletters(newsletters, self._config)
            found = (named, _topics(topics, named, self._config))
            if len(self._choices) >= _REMEMBERED:
                self._choices.clear()
            self._choices[key] = found
        return self._choices[key]


_REMEMBERED = 1000
_STATUSES: Mapping[str, Status] = {
    "active": "active", "unsubscribed": "unsubscribed", "bounced": "bounced", "blocked": "blocked",
}  # fmt: skip
_FORMATS: Mapping[str, Literal["", "rich", "text"]] = {"": "", "rich": "rich", "text": "text"}
_T = TypeVar("_T")


def _one_of(value: str, known: Mapping[str, _T], what: str) -> _T:
    if value not in known:
        raise ValueError(f'a {what} is one of {", ".join(name for name in known if name)}, not "{value}"')
    return known[value]


def _list(value: str) -> list[str]:
    return [part.strip() for part in value.split(";") if part.strip()]


def _newsletters(value: str, config: Config) -> tuple[str, ...]:
    wanted = _list(value) or [name for name, newsletter in config.newsletters.items() if newsletter.default]
    for name in wanted:
        if name not in config.newsletters:
            raise ValueError(f'there is no newsletter "{name}"')
    if not wanted:
        raise ValueError("it names no newsletter, and none is marked default")
    return tuple(dict.fromkeys(wanted))


def _topics(value: str, newsletters: tuple[str, ...], config: Config) -> tuple[str, ...]:
    topics = sorted({_topic(topic) for topic in _list(value)})
    known = {_topic(section.tag) for name in newsletters for section in config.newsletters[name].sections}
    for topic in topics:
        if topic not in known:
            raise ValueError(f'there is no section on "{topic}" in {", ".join(newsletters)}')
    return tuple(topics)


def _topic(value: str) -> str:
    """A section's key; "*" is the general one, which takes the rest."""
    return value if value == "*" else slug(value)


@lru_cache(maxsize=1000)
def _language(value: str) -> str:
    language = value.lower().replace("_", "-")
    if language and (len(language) > 20 or not _LANGUAGE.match(language)):
        raise ValueError(f'a language is written as "en" or "pt-br", not "{value}"')
    return language


@lru_cache(maxsize=1000)
def _zone(value: str) -> str:
    try:
        if value:
            ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f'there is no time zone "{value}"') from None
    return value


def _instant(value: str, key: str) -> datetime | None:
    if not value:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f'{key} is written as "2026-11-24" or "2026-11-24T06:00:00Z", not "{value}"') from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
