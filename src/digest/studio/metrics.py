"""How the newsroom's machine does, for Prometheus: read from the database at each scrape; nobody is named in it.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Min, QuerySet
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from digest import __version__
from digest.clock.now import now
from digest.delivery.states import WAITING
from digest.store.models import Edition, Feed, Letter, Notice, Report, SendWindow

KIND = "text/plain; version=0.0.4; charset=utf-8"
LATELY = timedelta(days=2)
"""Editions that were finished earlier are history and stand in no gauge."""


_RELAYED = (
    "Forwarded", "Via", "X-Real-IP", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto",
)  # fmt: skip
"""A proxy on this machine brings strangers, and at least one of these."""


def metrics(request: HttpRequest) -> HttpResponse:
    """The gauges, for who has DIGEST_METRICS_TOKEN as a bearer token; without one, for this machine alone."""
    if not _may(request):
        return HttpResponse("This page is for the newsroom's own monitoring.\n", status=403, content_type=KIND)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Gauges(now()))
    response = HttpResponse(generate_latest(registry), content_type=KIND)
    response["Cache-Control"] = "no-store"
    return response


def _may(request: HttpRequest) -> bool:
    token = settings.ENVIRONMENT.get("DIGEST_METRICS_TOKEN")
    if token:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    near = request.META.get("REMOTE_ADDR", "") in ("127.0.0.1", "::1")
    return near and not any(name in request.headers for name in _RELAYED)


class _Gauges:
    """Reads everything with a query a gauge, however large the tables are."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def collect(self) -> Iterator[Metric]:
        """What `prometheus_client` asks for."""
        yield _one("digest_info", "The version that runs.", 1, version=__version__)
        yield from self._editions()
        yield from self._letters()
        yield from self._feeds()
        waiting = Notice.objects.filter(sent_at=None).count()
        yield _one("digest_notices_waiting", "Notices to editors that could not be mailed yet.", waiting)

    def _editions(self) -> Iterator[Metric]:
        family = GaugeMetricFamily(
            "digest_editions", "Editions by newsletter and status.", labels=["newsletter", "status"]
        )
        for newsletter, status, number in _grouped(Edition.objects.all(), "newsletter", "status"):
            family.add_metric([newsletter, status], number)
        yield family
        last = GaugeMetricFamily(
            "digest_last_sent_timestamp_seconds", "The newest edition sent.", labels=["newsletter"]
        )
        sent = Edition.objects.filter(status=Edition.Status.SENT).order_by().values_list("newsletter")
        for newsletter, at in sent.annotate(Max("finished_at")):
            if at:
                last.add_metric([newsletter], at.timestamp())
        yield last

    def _letters(self) -> Iterator[Metric]:
        fresh = Edition.objects.exclude(finished_at__lt=self._at - LATELY).exclude(approved_at=None)
        totals: Counter[tuple[str, str]] = Counter()
        for edition, newsletter in fresh.values_list("id", "newsletter"):
            for status, number in _grouped(Letter.objects.filter(edition=edition), "status"):
                totals[newsletter, status] += number
        says = "Letters of recent editions by status."
        family = GaugeMetricFamily("digest_letters", says, labels=["newsletter", "status"])
        for labels, number in totals.items():
            family.add_metric(list(labels), number)
        yield family
        # By edition, for which there is an index: of all letters of three months it would be a long look.
        uncertain = Letter.objects.filter(edition__in=Edition.objects.all(), status=Letter.Status.UNCERTAIN).count()
        yield _one("digest_letters_uncertain", "Letters nobody knows about, of all editions.", uncertain)
        sending = Edition.objects.filter(status=Edition.Status.SENDING)
        due = Letter.objects.filter(edition__in=sending, status__in=WAITING).aggregate(due=Min("due_at"))["due"]
        late = max((self._at - due).total_seconds(), 0.0) if due else 0.0
        yield _one("digest_letters_late_seconds", "How long the oldest letter that is due has waited.", late)
        windows = SendWindow.objects.filter(closed_at=None).count()
        yield _one("digest_windows_open", "Windows of letters that workers have taken.", windows)
        reports = GaugeMetricFamily("digest_reports_day", "Bounces and complaints of the last day.", labels=["kind"])
        day = Report.objects.filter(at__gte=self._at - timedelta(days=1))
        for kind, number in _grouped(day, "kind"):
            reports.add_metric([kind], number)
        yield reports

    def _feeds(self) -> Iterator[Metric]:
        feeds = Feed.objects.all()
        gone, failing = feeds.filter(gone=True).count(), feeds.filter(gone=False, failures__gt=0).count()
        family = GaugeMetricFamily("digest_feeds", "Feeds by how they do.", labels=["state"])
        for state, number in (("gone", gone), ("failing", failing), ("healthy", feeds.count() - gone - failing)):
            family.add_metric([state], number)
        yield family
        newest = feeds.aggregate(at=Max("last_success_at"))["at"]
        if newest:
            at = newest.timestamp()
            yield _one("digest_last_gather_timestamp_seconds", "When a feed was last read with success.", at)


def _one(name: str, says: str, value: float, **labels: str) -> Metric:
    family = GaugeMetricFamily(name, says, labels=list(labels))
    family.add_metric(list(labels.values()), value)
    return family


def _grouped(rows: QuerySet[Any], *by: str) -> list[tuple[Any, ...]]:
    return list(rows.order_by().values_list(*by).annotate(Count("id")))
