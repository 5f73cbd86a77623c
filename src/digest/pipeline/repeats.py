"""Keeps what sites repeat on their pages, and takes it out of the texts that are read: a handful of queries a batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from django.db.models import Count

from digest.content.page.repeated import PAGES, Line, Read, apart, learn, names
from digest.model import Page
from digest.store.lines import SiteLine
from digest.store.rows import among

MOST = 2_000
"""Lines kept of one site. Beyond, those that were never boilerplate and were not seen for longest go."""


def take_apart(pages: Sequence[Read]) -> list[Page]:
    """Learn from these pages, and label the lines in them that their sites repeat. Call it inside a transaction.

    Args:
        pages: what was read, in the order it was seen.
    """
    wanted = sorted({name for read in pages for name in names(read) if name})
    if not wanted:
        return [read.page for read in pages]
    # PostgreSQL: two that learn at once wait for each other, in one order.
    found = SiteLine.objects.filter(pk__in=[pk for _, pk in among(SiteLine, ("name", "id"), wanted)])
    known = {row.name: _line(row) for row in found.order_by("name").select_for_update()}
    changed = learn(pages, known)
    SiteLine.objects.bulk_create(
        [_row(changed[name]) for name in sorted(changed)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["pages", "shared", "last_at"],
        batch_size=500,
    )
    _keep_few({line.site for line in changed.values()})
    return [apart(read, known | changed) for read in pages]


def site(url: str) -> str:
    """The site a page belongs to, as its readers know it: the host without "www."."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _keep_few(sites: Iterable[str]) -> None:
    """Forget the oldest passing lines of the sites that have too many."""
    counted = SiteLine.objects.filter(site__in=list(sites)).values("site").annotate(lines=Count("pk"))
    for crowded in counted.filter(lines__gt=MOST):
        passing = SiteLine.objects.filter(site=crowded["site"], pages__lt=PAGES).order_by("last_at", "pk")
        # A tenth more than must go, so that not every batch has to.
        oldest = list(passing.values_list("pk", flat=True)[: crowded["lines"] - MOST + MOST // 10])
        SiteLine.objects.filter(pk__in=oldest).delete()


def _line(row: SiteLine) -> Line:
    return Line(
        name=row.name,
        site=row.site,
        sample=row.sample,
        pages=row.pages,
        shared=tuple(row.shared),
        first=row.first_at,
        last=row.last_at,
    )


def _row(line: Line) -> SiteLine:
    return SiteLine(
        name=line.name,
        site=line.site,
        sample=line.sample,
        pages=line.pages,
        shared=list(line.shared),
        first_at=line.first,
        last_at=line.last,
    )
