"""The same report, told by several at the same instant, counts once."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connection

from digest.delivery import refusals, reports
from digest.delivery.bounces import Said
from digest.store.models import Letter, Report, Suppression

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
HARD = Said(kind="failed", status="5.1.1", words="550 5.1.1 no such user")


@pytest.mark.django_db(transaction=True)
def test_one_of_many_counts(edition, readers):
    ones = [
        Letter.objects.create(edition=edition, subscriber=who, status="sent", due_at=NOW, at=NOW) for who in readers(5)
    ]
    refused = [
        Letter.objects.create(
            edition=edition, subscriber=who, status="failed", reply="550 5.1.1 no", due_at=NOW, at=NOW
        )
        for who in readers(40, first=10)
    ]

    def tell(_):
        try:
            effects = [reports.take(one.pk, [HARD], source="mailbox", now=NOW, soft_limit=3) for one in ones]
            return Counter(effects), Counter(refusals.catch_up(now=NOW, soft_limit=3))
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(tell, range(6)))
    assert sum((effects for effects, _ in told), Counter()) == {"hard": 5, "repeat": 25}
    assert sum((found for _, found in told), Counter()) == {"hard": 40}
    assert Report.objects.count() == 5
    assert Suppression.objects.count() == 45
    assert {one.bounce for one in Letter.objects.filter(pk__in=[one.pk for one in refused])} == {"hard"}
