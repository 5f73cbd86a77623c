"""Sums up how an edition's letters go and went: states, pace and time left, reasons, bounces, providers, follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, Max, Min, Sum
from django.db.models.functions import Substr

from digest.delivery.counts import Counts, counts
from digest.delivery.states import Status
from digest.store.models import Click, Edition, Letter, SendWindow

LATELY = timedelta(minutes=1)
"""The span over which the pace is measured."""
_CODES = 9
"""Characters of a reply that tell its kind, as in "450 4.7.1"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why letters stand where they stand: how many, the code they share, and one reply in full as an example."""

    status: str
    letters: int
    code: str
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """How an edition's letters stand.

    Attributes:
        counts: by state, and when the next are due.
        pace: letters a second over the last minute in which any were settled; 0 when none were.
        left: how long the letters that may leave now take at this pace; None when nobody can tell.
        began, ended: when the first letter was settled and the last.
        reasons: why letters were deferred, failed, skipped or are uncertain; the most frequent first.
        bounces: by class, what reports said of letters later.
    """

    counts: Counts
    pace: float
    left: timedelta | None
    began: datetime | None
    ended: datetime | None
    reasons: tuple[Reason, ...]
    bounces: Mapping[str, int]


def summary(edition: Edition, now: datetime) -> Summary:
    """Sum up an edition's letters, with a handful of queries however many they are."""
    stand = counts(edition)
    pace = _pace(edition, now)
    waits = stand.open and stand.next_due is not None and stand.next_due <= now
    left = timedelta(seconds=round(stand.open / pace)) if pace and waits else None
    times = Letter.objects.filter(edition=edition, status__in=(Status.SENT, Status.FAILED)).aggregate(
        began=Min("at"), ended=Max("at")
    )
    bounces = Letter.objects.filter(edition=edition).exclude(bounce="").order_by().values_list("bounce")
    return Summary(
        counts=stand,
        pace=pace,
        left=left,
        began=times["began"],
        ended=times["ended"],
        reasons=_reasons(edition),
        bounces=dict(bounces.annotate(Count("id"))),
    )


def domains(edition: Edition, most: int = 20) -> dict[str, dict[str, int]]:
    """By provider, the letters in each state; the largest providers first. Reads every letter of the edition."""
    domain = (
        "split_part(u.email, '@', 2)"
        if connection.vendor == "postgresql"
        else "substr(u.email, instr(u.email, '@') + 1)"
    )
    with connection.cursor() as cursor:
        cursor.execute(_DOMAINS.format(domain=domain), [edition.pk])
        found: dict[str, dict[str, int]] = {}
        for name, status, number in cursor.fetchall():
            found.setdefault(name, {})[status] = number
    ranked = sorted(found.items(), key=lambda one: (-sum(one[1].values()), one[0]))
    return dict(ranked[:most])


_DOMAINS = """
SELECT {domain}, l.status, COUNT(*) FROM digest_letter l JOIN digest_subscriber u ON u.id = l.subscriber_id
WHERE l.edition_id = %s GROUP BY 1, 2
"""


def follows(edition: Edition) -> dict[str, int]:
    """How often each story of an edition was followed, by the story's id."""
    rows = Click.objects.filter(edition=edition).order_by().values_list("place").annotate(Sum("count"))
    return dict(rows)


def _pace(edition: Edition, now: datetime) -> float:
    """Letters a second, from the windows that were closed lately: a few rows however large the edition is."""
    since = now - LATELY
    windows = SendWindow.objects.filter(edition=edition, closed_at__gte=since)
    first = windows.aggregate(first=Min("opened_at"))["first"]
    if first is None:
        return 0.0
    settled = Letter.objects.filter(window__in=windows, at__gte=since, status__in=(Status.SENT, Status.FAILED)).count()
    return float(settled / max((now - max(first, since)).total_seconds(), 1.0))


def _reasons(edition: Edition) -> tuple[Reason, ...]:
    told = (Status.DEFERRED, Status.FAILED, Status.SKIPPED, Status.UNCERTAIN)
    rows = (
        Letter.objects.filter(edition=edition, status__in=told)
        .order_by()
        .annotate(code=Substr("reply", 1, _CODES))
        .values_list("status", "code")
        .annotate(Count("id"), Min("reply"))
    )
    made = [
        Reason(status=status, letters=number, code=code.strip() if code[:3].isdigit() else "", example=example)
        for status, code, number, example in rows
    ]
    return tuple(sorted(made, key=lambda one: (-one.letters, one.status, one.example)))
