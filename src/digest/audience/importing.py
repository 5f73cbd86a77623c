"""Brings readers in from CSV or JSON lines, in batches that are written whole or not at all."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from django.db import transaction

from digest.audience import suppression
from digest.audience.lines import Rejected, Row, records, row
from digest.audience.subscriptions import ACTIVE, UNSUBSCRIBED, handle
from digest.config import Config
from digest.store.models import Subscriber, Subscription

BATCH = 2000
"""Lines in one transaction."""


@dataclass(slots=True)
class Report:
    """What an import did: readers added, changed, found as they were, and lines rejected with the reason."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[Rejected] = field(default_factory=list)


def load(
    stream: BinaryIO,
    *,
    config: Config,
    now: datetime,
    consent: str = "",
    on_progress: Callable[[int], None] | None = None,
) -> Report:
    """Import readers. Who unsubscribed, is suppressed or was erased is never brought back.

    Args:
        stream: CSV or JSON lines in UTF-8; which, its first character says.
        config: names the newsletters and their sections.
        now: the present instant.
        consent: the statement of consent for lines that bring none of their own.
        on_progress: told how many more lines were dealt with.

    Raises:
        InputError: the first line of a CSV does not name the columns.
    """
    report = Report()
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline="")
    try:
        for batch in _batches(text, report, config, consent, now):
            with transaction.atomic():
                _write(batch, report, now)
            if on_progress:
                on_progress(len(batch))
    finally:
        text.detach()
    report.rejected.sort(key=lambda rejected: rejected.line)
    return report


def _batches(
    text: io.TextIOWrapper, report: Report, config: Config, consent: str, now: datetime
) -> Iterator[dict[str, Row]]:
    """Rows by address; an address that comes again begins another batch."""
    first = text.readline()
    while first and not first.strip():
        first = text.readline()
    batch: dict[str, Row] = {}
    for number, record in records(_with(first, text), json_lines=first.lstrip().startswith("{")):
        made = (
            Rejected(number, record)
            if isinstance(record, str)
            else row(number, record, config=config, consent=consent, now=now)
        )
        if isinstance(made, Rejected):
            report.rejected.append(made)
            continue
        if made.email in batch or len(batch) >= BATCH:
            yield batch
            batch = {}
        batch[made.email] = made
    if batch:
        yield batch


def _with(first: str, rest: io.TextIOWrapper) -> Iterator[str]:
    if first:
        yield first
    yield from rest


def _write(batch: dict[str, Row], report: Report, now: datetime) -> None:
    for barred in suppression.among({email: email for email in batch}):
        report.rejected.append(Rejected(batch.pop(barred).line, "this address must not be written to"))
    readers = {reader.email: reader for reader in Subscriber.objects.filter(email__in=list(batch))}
    held: dict[tuple[str, str], Subscription] = {
        (subscription.subscriber.email, subscription.newsletter): subscription
        for subscription in Subscription.objects.filter(subscriber__in=list(readers.values())).select_related(
            "subscriber"
        )
    }
    for line in [line for line in batch.values() if line.email in readers and line.status == "active"]:
        for newsletter in line.newsletters:
            before = held.get((line.email, newsletter))
            if before is not None and before.status == UNSUBSCRIBED:
                why = f"the reader unsubscribed from {newsletter}, and only they can come back"
                report.rejected.append(Rejected(line.line, why))
                batch.pop(line.email, None)
    fresh = [_subscriber(line, now) for line in batch.values() if line.email not in readers]
    Subscriber.objects.bulk_create(fresh)
    changed = [
        readers[line.email] for line in batch.values() if line.email in readers and _fill(readers[line.email], line)
    ]
    Subscriber.objects.bulk_update(changed, ["name", "language", "zone"], batch_size=500)
    readers |= {reader.email: reader for reader in fresh}
    made: list[Subscription] = []
    moved: list[Subscription] = []
    for line in batch.values():
        for newsletter in line.newsletters:
            subscription = held.get((line.email, newsletter))
            if subscription is None:
                made.append(_subscription(readers[line.email], newsletter, line, now))
            elif _move(subscription, line, now):
                moved.append(subscription)
    Subscription.objects.bulk_create(made)
    Subscription.objects.bulk_update(moved, ["topics", "status", "unsubscribed_at"], batch_size=500)
    touched = {subscription.subscriber_id for subscription in (*made, *moved)} | {reader.pk for reader in changed}
    touched -= {reader.pk for reader in fresh}
    report.added += len(fresh)
    report.updated += len(touched)
    report.unchanged += len(batch) - len(fresh) - len(touched)


def _subscriber(line: Row, now: datetime) -> Subscriber:
    return Subscriber(
        email=line.email,
        handle=handle(),
        name=line.name,
        language=line.language,
        zone=line.zone,
        joined_at=min(line.consent_at or now, now),
    )


def _fill(reader: Subscriber, line: Row) -> bool:
    """Take over what the line says and the reader's row does not; whether anything changed."""
    before = (reader.name, reader.language, reader.zone)
    reader.name = line.name or reader.name
    reader.language = line.language or reader.language
    reader.zone = line.zone or reader.zone
    return (reader.name, reader.language, reader.zone) != before


def _subscription(reader: Subscriber, newsletter: str, line: Row, now: datetime) -> Subscription:
    gone = line.status == "unsubscribed"
    return Subscription(
        subscriber=reader,
        newsletter=newsletter,
        status=UNSUBSCRIBED if gone else ACTIVE,
        topics=list(line.topics),
        consent_at=line.consent_at or (None if gone else now),
        consent_source=line.consent_source,
        unsubscribed_at=now if gone else None,
    )


def _move(subscription: Subscription, line: Row, now: datetime) -> bool:
    """Take over topics and a "no"; whether anything changed."""
    before = (subscription.status, list(subscription.topics))
    if line.status == "unsubscribed":
        if subscription.status == ACTIVE:
            subscription.status, subscription.unsubscribed_at = UNSUBSCRIBED, now
    elif line.topics:
        subscription.topics = list(line.topics)
    return (subscription.status, list(subscription.topics)) != before
