"""Finds the windows of workers that died or hang, and settles each letter by what the worker's journal says."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Replace

from digest.delivery import journal, locks
from digest.delivery.journal import Evidence
from digest.delivery.ledger import Settled, settle
from digest.delivery.outcomes import Lost, NotStarted, Outcome
from digest.delivery.states import UNPROVEN, Status
from digest.store.models import Edition, Letter, SendWindow

MARGIN = timedelta(minutes=1)
"""Beyond a lease, for clocks of two machines that differ."""

_IN_FLIGHT = "the worker died while the server had this letter: nobody knows whether it was taken"
_NO_JOURNAL = "the worker and its journal were lost: nobody knows whether this letter left"
_HANGS = "the worker hangs while the server has this letter: nobody knows whether it was taken"
_READ = "the worker's journal does not say that it arrived"
_POWER_CUT = "the machine was started anew, and the end of the worker's journal may be lost"

_WITHOUT_IT = (_NO_JOURNAL, _HANGS)
_UNREAD = UNPROVEN & (Q(reply__endswith=_NO_JOURNAL) | Q(reply__endswith=_HANGS))
"""Of which a journal may say more than was known when it was left uncertain."""


def recover(edition: Edition, *, var: Path, now: datetime, attempts_for: timedelta) -> int:
    """Settle the windows of `edition` whose workers are gone; safe to repeat and to run twice at once.

    Args:
        edition: whose windows.
        var: the data folder with `locks/` and `journal/`.
        now: the present instant.
        attempts_for: how long "later" is borne.

    Returns:
        How many windows were settled.
    """
    settled = 0
    for window in SendWindow.objects.filter(edition=edition, closed_at=None).order_by("id"):
        with locks.if_dead(var, window.worker) as dead:
            if dead or now >= window.lease_until + MARGIN:
                settled += _settle(window, dead=dead, var=var, now=now, attempts_for=attempts_for)
    return settled


def reread(*, var: Path, now: datetime, attempts_for: timedelta) -> int:
    """Settle by the journals here what had to be left uncertain without them, or before their last line was written.

    A worker that was cut off, or whose machine was down, comes back with its journal, and one that hung may have had
    its answer before it died: that is evidence, however late. Of a letter it never began, the journal says so: it is
    pending again, and its edition is not finished. One that was presumed to have failed may be found to have arrived.

    Returns:
        How many windows were looked at again.
    """
    settled = 0
    for name in locks.known(var):
        with locks.if_dead(var, name) as dead:
            for window in _doubted(name) if dead else ():
                settled += _reread(window, var=var, now=now, attempts_for=attempts_for)
    return settled


def tidy(*, var: Path) -> None:
    """Remove the locks and journals of workers that are dead and left nothing open or in doubt for want of them."""
    for name in locks.known(var):
        with locks.if_dead(var, name) as dead:
            # Asked once it is dead: until then it could open another.
            if dead and not SendWindow.objects.filter(worker=name, closed_at=None).exists() and not _doubted(name):
                (var / "journal" / f"{name.partition('/')[2]}.log").unlink(missing_ok=True)


def _doubted(worker: str) -> list[SendWindow]:
    """The windows of a worker that others closed without its journal, or before its end."""
    left = Letter.objects.filter(_UNREAD, window=OuterRef("pk"))
    return list(SendWindow.objects.filter(Exists(left), worker=worker).exclude(closed_at=None))


def _reread(window: SendWindow, *, var: Path, now: datetime, attempts_for: timedelta) -> int:
    evidence = journal.read(var / "journal" / window.journal, window.pk)
    if evidence is None:
        return 0
    with transaction.atomic():
        rows = Letter.objects.filter(_UNREAD, window=window)
        settle(window.pk, _outcomes(rows, evidence, now), now=now, attempts_for=attempts_for)
        # What it did not settle is not looked for there again.
        for words in _WITHOUT_IT:
            rows.update(reply=Replace("reply", Value(words), Value(_READ)))
    return 1


def _settle(window: SendWindow, *, dead: bool, var: Path, now: datetime, attempts_for: timedelta) -> int:
    with transaction.atomic():
        if not SendWindow.objects.select_for_update().filter(pk=window.pk, closed_at=None).exists():
            return 0
        ours = locks.is_ours(var, window.worker)
        evidence = journal.read(var / "journal" / window.journal, window.pk) if ours else None
        rows = Letter.objects.filter(window=window, status=Status.ATTEMPTING)
        outcomes = _outcomes(rows, evidence, now)
        if not dead:
            outcomes = [
                replace(one, outcome=Lost(_HANGS)) if one.outcome == Lost(_IN_FLIGHT) else one for one in outcomes
            ]
        settle(window.pk, outcomes, now=now, attempts_for=attempts_for)
    return 1


def _outcomes(letters: QuerySet[Letter], evidence: Evidence | None, now: datetime) -> list[Settled]:
    return [
        Settled(letter.pk, letter.attempts, letter.first_attempt_at, *_what_became(letter.pk, evidence, now))
        for letter in letters.only("id", "attempts", "first_attempt_at")
    ]


def _what_became(letter: int, evidence: Evidence | None, now: datetime) -> tuple[Outcome, datetime]:
    if evidence is None:
        return Lost(_NO_JOURNAL), now
    if found := evidence.ended.get(letter):
        return found
    if evidence.repeatable:
        return NotStarted(), now
    if letter in evidence.ended:
        return Lost(_IN_FLIGHT), now
    return (NotStarted(), now) if evidence.same_boot else (Lost(_POWER_CUT), now)
