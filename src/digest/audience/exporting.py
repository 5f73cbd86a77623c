"""Writes the audience out: CSV that no spreadsheet runs, or JSON lines; both can be imported again."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import TextIO

from digest.audience.formulas import guard
from digest.audience.rows import COLUMNS
from digest.store.models import Subscription


def rows(newsletter: str = "") -> Iterator[dict[str, str]]:
    """One row for each subscription, with its status and the proof of consent.

    Args:
        newsletter: only its subscriptions; "" for all.
    """
    found = Subscription.objects.select_related("subscriber").order_by("subscriber_id", "newsletter")
    if newsletter:
        found = found.filter(newsletter=newsletter)
    for subscription in found.iterator(chunk_size=2000):
        reader = subscription.subscriber
        yield {
            "email": reader.email,
            "name": reader.name,
            "newsletters": subscription.newsletter,
            "topics": ";".join(subscription.topics),
            "language": reader.language,
            "zone": reader.zone,
            "consent_at": subscription.consent_at.isoformat() if subscription.consent_at else "",
            "consent_source": subscription.consent_source,
            "consent_text": subscription.consent_text,
            "format": reader.format,
            "paused_until": subscription.paused_until.isoformat() if subscription.paused_until else "",
            "status": subscription.status,
        }


def write_csv(out: TextIO, newsletter: str = "") -> int:
    """Write CSV; a field that a spreadsheet would run as a formula is guarded by an apostrophe.

    Returns:
        How many subscriptions were written.
    """
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    count = 0
    for count, row in enumerate(rows(newsletter), start=1):  # noqa: B007 - the last count is the answer
        writer.writerow([guard(value) for value in row.values()])
    return count


def write_json_lines(out: TextIO, newsletter: str = "") -> int:
    """Write JSON lines, as they are; how many subscriptions were written."""
    count = 0
    for count, row in enumerate(rows(newsletter), start=1):  # noqa: B007 - the last count is the answer
        out.write(json.dumps(row, ensure_ascii=False) + "\n")
    return count
