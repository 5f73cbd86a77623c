"""Counts how an edition's letters stand, and when the next of them is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from digest.delivery.states import WAITING
from digest.store.models import Edition, Letter

# Written out, because SQLite uses a partial index only where its condition stands in the query word for word.
WAITING_SQL = f"digest_letter.status IN ({', '.join(repr(state.value) for state in WAITING)})"
"""That a letter waits; a condition of the index `letter_due`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How an edition's letters stand.

    Attributes:
        next_due: when the first of the pending and deferred that were let go is due; None when none is.
        stopped: why the run ended before its work was done; empty when it was done.
    """

    pending: int = 0
    attempting: int = 0
    sent: int = 0
    deferred: int = 0
    failed: int = 0
    uncertain: int = 0
    skipped: int = 0
    next_due: datetime | None = None
    stopped: str = ""

    @property
    def open(self) -> int:
        """How many letters may still be sent."""
        return self.pending + self.attempting + self.deferred


def counts(edition: Edition, *, stopped: str = "") -> Counts:
    """How the letters of `edition` stand."""
    letters = Letter.objects.filter(edition=edition)
    # Ordering by nothing, so that rows are grouped by status alone.
    by_status = dict(letters.order_by().values_list("status").annotate(Count("id")))
    return Counts(**by_status, next_due=next_due(edition), stopped=stopped)


def next_due(edition: Edition) -> datetime | None:
    """When the first letter waits to be sent, of the waves that were let go; None when none does."""
    row = Edition.objects.only("wave", "wave_at").get(pk=edition.pk)
    firsts = (waiting(edition, wave).values_list("due_at", flat=True).first() for wave in let_go(row.wave, row.wave_at))
    return min((due for due in firsts if due is not None), default=None)


def let_go(wave: int, wave_at: datetime | None) -> range:
    """The waves that may leave, up to `Edition.wave`; without a canary, and so without `wave_at`, only that one is."""
    return range(0 if wave_at else wave, wave + 1)


def is_due(edition: Edition, now: datetime) -> bool:
    """Whether any letter of `edition` that was let go waits to be sent now."""
    due = next_due(edition)
    return due is not None and due <= now


def waiting(edition: Edition, wave: int) -> QuerySet[Letter]:
    """The letters of one wave that wait to be sent, the first that is due first; read from the index of these."""
    letters = Letter.objects.extra(where=[WAITING_SQL])  # noqa: S610 - only names of our own are put in
    return letters.filter(edition=edition, wave=wave).order_by("due_at", "id")


def elsewhere(edition: Edition, domain: str) -> bool:
    """Whether letters wait for readers of any other domain; reads all that wait, so it is for rare occasions."""
    letters = Letter.objects.extra(where=[WAITING_SQL]).filter(edition=edition)  # noqa: S610 - as above
    return letters.exclude(subscriber__email__endswith=f"@{domain}").exists()
