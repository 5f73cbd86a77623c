"""Shrinks what is kept of letters once they are old: that they were sent stays, what was said about it does not.

Of an edition finished longer ago than `delivery.keep`, sent and skipped letters lose the server's words and their
window, and windows that nobody needs go. What failed or is uncertain stays whole, with its window and its reports; no
count changes. Set by set, each in a short transaction of its own: nothing waits for it, and it may be broken off
anywhere. An edition that still has windows of such letters is one that is not done yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from digest.delivery.states import Status
from digest.store.models import Edition, Letter, Report, SendWindow

CHUNK = 5000
"""Letters that one transaction changes: well under a second on either database."""

WINDOWS = 50
"""Windows that one transaction empties; with the usual size, CHUNK letters."""

NEW = timedelta(days=7)
"""How long an edition is looked through that has no windows: one of which nobody got a letter."""

_SHRINKS = (Status.SENT, Status.SKIPPED)
_WHOLE = (Status.FAILED, Status.UNCERTAIN)


def shrink(*, keep: timedelta, now: datetime, at_most: int | None = None) -> int:
    """Shrink what is old enough.

    Args:
        keep: how long everything is kept after an edition was finished.
        now: the present instant.
        at_most: so many transactions; None: until nothing is left to do.

    Returns:
        How many rows were emptied or removed.
    """
    return sum(islice(_steps(now - keep), at_most))


def _steps(before: datetime) -> Iterator[int]:
    """One transaction after another; each gives how many rows it changed."""
    shrinking = Letter.objects.filter(window=OuterRef("pk"), status__in=_SHRINKS)
    closed = SendWindow.objects.exclude(closed_at=None)
    old = Edition.objects.filter(status=Edition.Status.SENT, finished_at__lt=before)
    new = Q(finished_at__gte=before - NEW)
    found = old.filter(new | Exists(SendWindow.objects.filter(edition=OuterRef("pk"))))
    for edition in found.only("pk", "finished_at").order_by("pk"):
        left = closed.filter(Exists(shrinking), edition=edition).order_by("pk")
        # Those without a window first: while there are windows, it is known that the edition is not done.
        if left.exists() or (edition.finished_at and edition.finished_at >= before - NEW):
            yield from _skipped(edition)
        while windows := list(left.values_list("pk", flat=True)[:WINDOWS]):
            yield _emptied(windows)
    yield from _reports(before)


def _skipped(edition: Edition) -> Iterator[int]:
    rows = Letter.objects.filter(edition=edition, status=Status.SKIPPED, window=None).exclude(reply="")
    while ids := list(rows.values_list("pk", flat=True)[:CHUNK]):
        yield Letter.objects.filter(pk__in=ids).update(reply="")


def _emptied(windows: list[int]) -> int:
    with transaction.atomic():
        letters = Letter.objects.filter(window__in=windows, status__in=_SHRINKS).update(reply="", window=None)
        # Those of letters that failed or are uncertain stay: their journal may still be asked.
        needed = Letter.objects.filter(window=OuterRef("pk"))
        gone, _ = SendWindow.objects.filter(~Exists(needed), pk__in=windows).delete()
        return letters + gone


def _reports(before: datetime) -> Iterator[int]:
    """Forget old reports, but for those of letters that stay whole."""
    rows = Report.objects.filter(at__lt=before).exclude(letter__status__in=_WHOLE)
    while ids := list(rows.values_list("pk", flat=True)[:CHUNK]):
        yield Report.objects.filter(pk__in=ids).delete()[0]
