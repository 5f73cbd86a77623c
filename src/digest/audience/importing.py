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
        # A database leaves the interpreter free while it works: the next lines are read meanwhile.
        batches = _batches(text, report, Rules(config, consent=consent, now=now))
        with ThreadPoolExecutor(max_workers=1) as reader:
            coming = reader.submit(next, batches, None)
            while batch := coming.result():
                coming = reader.submit(next, batches, None)
                with transaction.atomic():
                    _write(batch, report, now)
                if on_progress:
                    on_progress(len(batch))
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


def _write(batch: dict[str, Row], report: Report, now: datetime) -> None:
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
    fresh = [line for line in batch.values() if line.email not in known]
    changed = [(known[line.email], line) for line in batch.values() if line.email in known]
    named = [bulk.Reader(old.id, *after) for old, line in changed if (after := _described(old, line)) != old[1:]]
    made: list[tuple[Row, str]] = []
    moved: list[tuple[bulk.Subscription, Row]] = []
    for line in batch.values():
        for newsletter in line.newsletters:
            subscription = held.get((line.email, newsletter))
            if subscription is None:
                made.append((line, newsletter))
            elif _differs(subscription, line):
                moved.append((subscription, line))
    bulk.add_readers(fresh, now)
    bulk.describe(named)
    bulk.subscribe(made, now)
    bulk.change(moved, now)
    known_ids = {reader.id: email for email, reader in known.items()}
    touched = {known_ids[reader.id] for reader in named} | {line.email for line, _ in made}
    touched |= {line.email for _, line in moved}
    touched -= {line.email for line in fresh}
    report.added += len(fresh)
    report.updated += len(touched)
    report.unchanged += len(batch) - len(fresh) - len(touched)
    report.unsubscribed += sum(line.status == "unsubscribed" for line in batch.values())


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
