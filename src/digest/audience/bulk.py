"""Reads and writes thousands of readers at a time: one statement for many rows, no object for any."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from digest.audience.rows import Row
from digest.audience.subscriptions import handles
from digest.store import models
from digest.store.rows import Kind, instant, listed, one_of, table, update


class Reader(NamedTuple):
    """A reader's id and what an import may fill in."""

    id: int
    name: str
    language: str
    zone: str
    format: str


class Subscription(NamedTuple):
    """A subscription's id and what an import looks at."""

    id: int
    status: str
    topics: tuple[str, ...]


Held = Mapping[tuple[str, str], Subscription]
"""Subscriptions by address and newsletter."""

_READERS = "SELECT email, id, name, language, zone, format FROM digest_subscriber WHERE {named}"
_SUBSCRIPTIONS = """
SELECT subscriber_id, newsletter, id, status, CAST(topics AS text) FROM digest_subscription
WHERE {theirs}
"""


def readers(emails: list[str]) -> dict[str, Reader]:
    """The readers that are known, by address."""
    with connection.cursor() as cursor:
        cursor.execute(
            _READERS.format(named=one_of("email", "text")),
            [listed(emails)],
        )
        return {email: Reader(*known) for email, *known in cursor.fetchall()}


def subscriptions(email_of: Mapping[int, str]) -> Held:
    """The subscriptions of readers, who are given by id with their addresses."""
    if not email_of:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            _SUBSCRIPTIONS.format(theirs=one_of("subscriber_id", "bigint")),
            [listed([*email_of])],
        )
        return {
            (email_of[reader], newsletter): Subscription(id_, status, tuple(json.loads(topics)))
            for reader, newsletter, id_, status, topics in cursor.fetchall()
        }


def add_readers(lines: Sequence[Row], now: datetime) -> dict[str, int]:
    """Enter readers who are not yet known; their ids by address."""
    return dict(
        _insert(
            "INSERT INTO digest_subscriber (email, handle, name, language, zone, joined_at, format) "
            "SELECT * FROM {rows} RETURNING email, id",
            {"email": "text", "handle": "bigint", "name": "text", "language": "text", "zone": "text",
             "joined": "timestamptz", "format": "text"},
            [
                (
                    line.email, handle, line.name, line.language, line.zone, instant(line.consent_at or now),
                    line.format or "rich",
                )
                for line, handle in zip(lines, handles(len(lines)), strict=True)
            ],
        )
    )  # fmt: skip


def subscribe(made: Iterable[tuple[int, str, Row]], now: datetime) -> None:
    """Enter subscriptions, each of a reader by id, to a newsletter; one that the reader made just now stays."""
    moment = instant(now)
    _insert(
        """
        INSERT INTO digest_subscription (subscriber_id, newsletter, status, topics, consent_at, consent_source,
                                         consent_text, paused_until, unsubscribed_at)
        SELECT * FROM {rows} WHERE TRUE ON CONFLICT DO NOTHING
        """,
        {"reader": "bigint", "newsletter": "text", "status": "text", "topics": "jsonb", "agreed": "timestamptz",
         "source": "text", "words": "text", "paused": "timestamptz", "gone": "timestamptz"},
        [
            (
                reader, newsletter, line.status, list(line.topics),
                instant(line.consent_at) if line.consent_at else None if line.status == "unsubscribed" else moment,
                line.consent_source, line.consent_text, instant(line.paused_until) if line.paused_until else None,
                moment if line.status == "unsubscribed" else None,
            )
            for reader, newsletter, line in made
        ],
    )  # fmt: skip


def describe(known: Iterable[Reader]) -> None:
    """Set name, language, zone and format."""
    changed = [(reader.name, reader.language, reader.zone, reader.format, reader.id) for reader in known]
    update(models.Subscriber, ("name", "language", "zone", "format"), changed)


def change(moved: Iterable[tuple[Subscription, Row]], now: datetime) -> None:
    """Take over topics, or a "no"."""
    pairs = list(moved)
    ended = [("unsubscribed", now, subscription.id) for subscription, line in pairs if line.status == "unsubscribed"]
    update(models.Subscription, ("status", "unsubscribed_at"), ended)
    chosen = [(list(line.topics), subscription.id) for subscription, line in pairs if line.status == "active"]
    update(models.Subscription, ("topics",), chosen)


_Values = tuple[str | int | list[str] | None, ...]


def _insert(sql: str, columns: Mapping[str, Kind], lines: Sequence[_Values]) -> list[Any]:
    """Enter lines by a statement that selects from `{rows}`, whose columns these are; what it returns."""
    if not lines:
        return []
    data = json.dumps([dict(zip(columns, line, strict=True)) for line in lines])
    with connection.cursor() as cursor:
        cursor.execute(sql.format(rows=table(columns)), [data])
        return cursor.fetchall() if cursor.description else []
