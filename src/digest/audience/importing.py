"""Brings readers in from CSV or JSON lines, in batches that are written whole or not at all."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from django.db import transaction

from digest.audience import bulk, suppression
from digest.audience.lines import records
from digest.audience.rows import Rejected, Row, Rules
from digest.audience.subscriptions import ACTIVE, UNSUBSCRIBED
from digest.config import Config
from digest.store.models import Subscriber
from digest.store.moments import write_alone

BATCH = 2000
"""Lines in one transaction."""


@dataclass(slots=True)
class Report:
    """What an import did: readers added, changed, found as they were, addresses barred, and lines rejected with why.

    `unsubscribed` are those of the first three of whom the file says that they left.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    unsubscribed: int = 0
    suppressed: int = 0
    rejected: list[Rejected] = field(default_factory=list)

    def count(self, changes: _Changes) -> None:
        """Take up what a batch changed."""
        touched = {line.email for line, _ in changes.made} | {line.email for _, line in changes.moved}
        updated = len(changes.named.keys() | touched & changes.known.keys())
        self.added += len(changes.fresh)
        self.updated += updated
        self.unchanged += len(changes.batch) - len(changes.fresh) - updated
        self.unsubscribed += sum(line.status == "unsubscribed" for line in changes.batch.values())


def load(
    stream: BinaryIO,
    *,
    config: Config,
    now: datetime,
    consent: str = "",
    on_progress: Callable[[int], None] | None = None,
) -> Report:
    """Import readers. Who unsubscribed, is suppressed or was erased is never brought back.

    An export of listmonk, Ghost or Mailchimp is known by its columns (`digest.audience.importers`).

    Args:
        stream: CSV or JSON lines in UTF-8; which, its first character says.
        config: names the newsletters and their sections.
        now: the present instant.
        consent: the statement of consent for lines that bring none of their own.
        on_progress: told how many more lines were dealt with.

    Raises:
        InputError: it is no text, or the first line of a CSV does not name the columns.
    """
    report = Report()
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline="")
    try:
        batches = _batches(text, report, Rules(config, consent=consent, now=now))
        with ThreadPoolExecutor(max_workers=1) as reader:
            batch = next(batches, None)
            while batch:
                with transaction.atomic():
                    changes = _changes(batch, report, now)
                    # A database leaves the interpreter free while it writes: the next lines are read meanwhile.
                    coming = reader.submit(next, batches, None)
                    changes.write(now)
                report.count(changes)
                if on_progress:
                    on_progress(len(batch))
                batch = coming.result()
    finally:
        text.detach()
    report.rejected.sort(key=lambda rejected: rejected.line)
    return report


def _batches(text: io.TextIOWrapper, report: Report, rules: Rules) -> Iterator[dict[str, Row]]:
    """Rows by address; an address that comes again begins another batch."""
    batch: dict[str, Row] = {}
    for number, record in records(text):
        made = Rejected(number, record) if isinstance(record, str) else rules.row(number, record)
        if isinstance(made, Rejected):
            report.rejected.append(made)
            continue
        if made.email in batch or len(batch) >= BATCH:
            yield batch
            batch = {}
        batch[made.email] = made
    if batch:
        yield batch


@dataclass(slots=True)
class _Changes:
    """What a batch asks to be written: readers to enter, to describe anew and to subscribe, subscriptions to change."""

    batch: dict[str, Row]
    known: Mapping[str, bulk.Reader]
    fresh: list[Row] = field(default_factory=list)
    named: dict[str, bulk.Reader] = field(default_factory=dict)
    made: list[tuple[Row, str]] = field(default_factory=list)
    moved: list[tuple[bulk.Subscription, Row]] = field(default_factory=list)

    def write(self, now: datetime) -> None:
        """Write them, a statement for each kind."""
        ids = {email: reader.id for email, reader in self.known.items()} | bulk.add_readers(self.fresh, now)
        bulk.describe(self.named.values())
        bulk.subscribe(((ids[line.email], newsletter, line) for line, newsletter in self.made), now)
        bulk.change(self.moved, now)


def _changes(batch: dict[str, Row], report: Report, now: datetime) -> _Changes:
    """Look what is known of a batch's addresses; those that must not come in are reported and leave it."""
    write_alone(Subscriber)
    _bar(batch, report, now)
    for email in suppression.among({email: email for email in batch}):
        report.rejected.append(Rejected(batch.pop(email).line, "this address must not be written to"))
    known = bulk.readers(list(batch))
    held = bulk.subscriptions({reader.id: email for email, reader in known.items()})
    for line in list(batch.values()):
        if line.status == "active" and (said_no := _said_no(line, held)):
            del batch[line.email]
            why = f"the reader unsubscribed from {said_no}, and only they can come back"
            report.rejected.append(Rejected(line.line, why))
    changes = _Changes(batch, known)
    for line in batch.values():
        old = known.get(line.email)
        if old is None:
            changes.fresh.append(line)
        elif (after := _described(old, line)) != old[1:]:
            changes.named[line.email] = bulk.Reader(old.id, *after)
        for newsletter in line.newsletters:
            subscription = held.get((line.email, newsletter))
            if subscription is None:
                changes.made.append((line, newsletter))
            elif _differs(subscription, line):
                changes.moved.append((subscription, line))
    return changes


_REASONS: Mapping[str, suppression.Reason] = {"bounced": "bounce", "blocked": "person"}


def _bar(batch: dict[str, Row], report: Report, now: datetime) -> None:
    """Suppress the addresses of which the file says that they must not be written to."""
    for status, reason in _REASONS.items():
        barred = [line.email for line in batch.values() if line.status == status]
        suppression.suppress_all(barred, reason=reason, now=now)
        report.suppressed += len(barred)
        for email in barred:
            del batch[email]


def _said_no(line: Row, held: bulk.Held) -> str:
    """The newsletter a reader unsubscribed from, of those the line names; empty when there is none."""
    for newsletter in line.newsletters:
        before = held.get((line.email, newsletter))
        if before is not None and before.status == UNSUBSCRIBED:
            return newsletter
    return ""


def _described(reader: bulk.Reader, line: Row) -> tuple[str, str, str, str]:
    """Name, language, zone and format, taken over where the line gives them."""
    return (
        line.name or reader.name, line.language or reader.language, line.zone or reader.zone,
        line.format or reader.format,
    )  # fmt: skip


def _differs(subscription: bulk.Subscription, line: Row) -> bool:
    """Whether the line changes a subscription: other topics, or a "no"."""
    if line.status == "unsubscribed":
        return subscription.status == ACTIVE
    return bool(line.topics) and line.topics != subscription.topics
