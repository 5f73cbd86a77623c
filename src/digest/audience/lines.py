"""Reads lines of an import file into rows, or says for each line why not. Pure."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from digest.audience.addresses import NotAnAddress, normalise
from digest.config import Config, slug
from digest.errors import InputError

COLUMNS = ("email", "name", "newsletters", "topics", "language", "zone", "consent_at", "consent_source", "status")
"""What a line may say; only `email` is required beside a statement of consent."""

_LANGUAGE = re.compile(r"^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_FORMULA = "=+-@\t\r"
_LONGEST = 1_000_000


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
    status: Literal["active", "unsubscribed"]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that was not imported, and why."""

    line: int
    why: str


Record = Mapping[str, str]


def records(text: Iterable[str], *, json_lines: bool) -> Iterator[tuple[int, Record | str]]:
    """Each line's number with its fields, or with what is wrong with it.

    Args:
        text: lines with their ends, undecodable bytes as lone surrogates.
        json_lines: JSON lines; else CSV whose first line names the columns.

    Raises:
        InputError: the first line of a CSV names no e-mail column, or columns that are not known.
    """
    return _json(text) if json_lines else _csv(text)


def row(line: int, record: Record, *, config: Config, consent: str, now: datetime) -> Row | Rejected:
    """Check one line.

    Args:
        line: its number.
        record: its fields.
        config: names the newsletters and their sections.
        consent: the statement that covers lines without consent columns; empty for none.
        now: the present instant.
    """
    try:
        return _row(line, {key: value.strip() for key, value in record.items()}, config, consent, now)
    except ValueError as error:
        return Rejected(line, str(error))


def _row(line: int, record: Record, config: Config, consent: str, now: datetime) -> Row:
    if any(_CONTROLS.search(value) for value in record.values()):
        raise ValueError("it has control characters, or is not UTF-8")
    try:
        email = normalise(record.get("email", ""))
    except NotAnAddress as error:
        raise ValueError(f"not an address: {error}") from None
    status = record.get("status") or "active"
    if status not in ("active", "unsubscribed"):
        raise ValueError(f'a status is "active" or "unsubscribed", not "{status}"')
    consent_at = _instant(record.get("consent_at", ""), now)
    source = record.get("consent_source", "") or consent
    if status == "active" and not (consent or (consent_at and source)):
        raise ValueError("it does not say when (consent_at) and how (consent_source) the reader agreed")
    newsletters = _newsletters(record.get("newsletters", ""), config)
    return Row(
        line=line,
        email=email,
        name=record.get("name", "")[:200],
        newsletters=newsletters,
        topics=_topics(record.get("topics", ""), newsletters, config),
        language=_language(record.get("language", "")),
        zone=_zone(record.get("zone", "")),
        consent_at=consent_at,
        consent_source=source,
        status="active" if status == "active" else "unsubscribed",
    )


def _csv(text: Iterable[str]) -> Iterator[tuple[int, Record | str]]:
    csv.field_size_limit(_LONGEST)
    reader = csv.reader(text, strict=False)
    names: list[str] = []
    while True:
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield reader.line_num, f"it is not CSV: {error}"
            continue
        if not names:
            names = [field.strip().lower() for field in fields]
            _check_columns(names)
        elif not any(field.strip() for field in fields):
            continue
        elif len(fields) > len(names):
            yield reader.line_num, f"it has {len(fields)} fields, and the first line names {len(names)}"
        else:
            yield reader.line_num, {name: _unguarded(value) for name, value in zip(names, fields, strict=False)}


def _check_columns(names: list[str]) -> None:
    unknown = [name for name in names if name not in COLUMNS]
    if "email" not in names or unknown:
        said = f"it names {', '.join(unknown)}" if unknown else "it does not"
        raise InputError(
            f"line 1: the first line names the columns, email and any of {', '.join(COLUMNS[1:])}; {said}."
        )


def _unguarded(value: str) -> str:
    """A value as it was before our own export guarded it against spreadsheets."""
    return value[1:] if len(value) > 1 and value[0] == "'" and value[1] in _FORMULA else value


def _json(text: Iterable[str]) -> Iterator[tuple[int, Record | str]]:
    for number, line in enumerate(text, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            yield number, "it is not JSON"
            continue
        if not isinstance(record, dict):
            yield number, "it is not a JSON object"
        elif unknown := set(record) - set(COLUMNS):
            yield number, f"it has {', '.join(sorted(unknown))}; known are {', '.join(COLUMNS)}"
        else:
            yield number, {key: _flat(value) for key, value in record.items()}


def _flat(value: Any) -> str:
    if isinstance(value, list):
        return ";".join(str(part) for part in value)
    return "" if value is None else str(value)


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


def _instant(value: str, now: datetime) -> datetime | None:
    if not value:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f'consent_at is written as "2026-11-24" or "2026-11-24T06:00:00Z", not "{value}"') from None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    if found > now:
        raise ValueError("consent_at lies in the future")
    return found
