"""Reads and writes thousands of readers at a time: one statement for many rows, no object for any."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from digest.audience.lines import Row
from digest.audience.subscriptions import handle
from digest.store import models

AT_ONCE = 1000
"""Addresses in one query: SQLite takes so many parameters everywhere."""


class Reader(NamedTuple):
    """A reader's id and what an import may fill in."""

    id: int
    name: str
    language: str
    zone: str


class Subscription(NamedTuple):
    """A subscription's id and what an import looks at."""

    id: int
    status: str
    topics: tuple[str, ...]


Held = Mapping[tuple[str, str], Subscription]
"""Subscriptions by address and newsletter."""


def readers(emails: list[str]) -> dict[str, Reader]:
    """The readers that are known, by address."""
    found: dict[str, Reader] = {}
    for at in range(0, len(emails), AT_ONCE):
        rows = models.Subscriber.objects.filter(email__in=emails[at : at + AT_ONCE])
        for email, id_, name, language, zone in rows.values_list("email", "id", "name", "language", "zone"):
            found[email] = Reader(id_, name, language, zone)
    return found


def subscriptions(email_of: Mapping[int, str]) -> Held:
    """The subscriptions of readers, who are given by id with their addresses."""
    ids = list(email_of)
    found: dict[tuple[str, str], Subscription] = {}
    for at in range(0, len(ids), AT_ONCE):
        rows = models.Subscription.objects.filter(subscriber_id__in=ids[at : at + AT_ONCE])
        for reader, newsletter, id_, status, topics in rows.values_list(
            "subscriber_id", "newsletter", "id", "status", "topics"
        ):
            found[email_of[reader], newsletter] = Subscription(id_, status, tuple(topics))
    return found


def add_readers(lines: Iterable[Row], now: datetime) -> None:
    """Enter readers who are not yet known."""
    _many(
        "INSERT INTO digest_subscriber (email, handle, name, language, zone, joined_at, format) "
        "VALUES (%s, %s, %s, %s, %s, %s, 'rich')",
        (
            (line.email, handle(), line.name, line.language, line.zone, _instant(line.consent_at or now))
            for line in lines
        ),
    )


def describe(known: Iterable[Reader]) -> None:
    """Set name, language and zone."""
    _many(
        "UPDATE digest_subscriber SET name = %s, language = %s, zone = %s WHERE id = %s",
        ((reader.name, reader.language, reader.zone, reader.id) for reader in known),
    )


def subscribe(made: Iterable[tuple[Row, str]], now: datetime) -> None:
    """Enter subscriptions of readers who are known by now."""
    json_type = "jsonb" if connection.vendor == "postgresql" else "text"
    sql = f"""
    INSERT INTO digest_subscription
        (subscriber_id, newsletter, status, topics, consent_at, consent_source, unsubscribed_at, consent_text)
    SELECT id, %s, %s, CAST(%s AS {json_type}), %s, %s, %s, '' FROM digest_subscriber WHERE email = %s
    """  # noqa: S608 - only a type's name is put in
    _many(sql, (_subscription(line, newsletter, now) for line, newsletter in made))


def change(moved: Iterable[tuple[Subscription, Row]], now: datetime) -> None:
    """Take over topics, or a "no"."""
    for subscription, line in moved:
        row = models.Subscription.objects.filter(pk=subscription.id)
        if line.status == "unsubscribed":
            row.update(status=models.Subscription.Status.UNSUBSCRIBED, unsubscribed_at=now)
        else:
            row.update(topics=list(line.topics))


def _subscription(line: Row, newsletter: str, now: datetime) -> tuple[str | None, ...]:
    gone = line.status == "unsubscribed"
    return (
        newsletter,
        line.status,
        json.dumps(line.topics),
        _instant(line.consent_at or (None if gone else now)),
        line.consent_source,
        _instant(now if gone else None),
        line.email,
    )


def _instant(moment: datetime | None) -> str | None:
    return connection.ops.adapt_datetimefield_value(moment)


def _many(sql: str, rows: Iterable[tuple[str | int | None, ...]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(sql, list(rows))
