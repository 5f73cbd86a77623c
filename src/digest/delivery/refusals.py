"""Counts the letters that were refused while they were handed over like bounces, and applies reports that came early.

Both follow from what is stored, so this may run at any time, late, or twice at once.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from digest.delivery import codes
from digest.delivery.bounces import Said
from digest.delivery.consequences import RANK, count, mark
from digest.delivery.reports import HAS_IT, TAKEN, reply_of
from digest.delivery.states import PRESUMED, PROVEN, UNPROVEN, Status
from digest.store.models import Letter, Report

AT_ONCE = 100
"""Letters in one transaction, which stays well under a second."""

EARLY = timedelta(days=2)
"""How old a report may be that came before its letter's worker had written down what it did."""

SKEW = timedelta(minutes=1)
"""By so much the clocks of two machines may differ."""

# Written out, because SQLite uses a partial index only where its condition stands in the query word for word.
_UNREAD = "digest_letter.bounce = '' AND digest_letter.status = 'failed'"
_SPOKEN = re.compile(r"(?<![\d.])[45]\d\d(?![\d.])")


def catch_up(*, now: datetime, soft_limit: int) -> dict[str, int]:
    """Class the refusals nobody has read yet, and apply what came too early.

    Args:
        now: the present instant.
        soft_limit: after how many editions in a row soft bounces suppress an address (`Bounces.soft_limit`).

    Returns:
        How many refusals of each class were found; "other" are letters that no server refused.
    """
    _early(now)
    found: dict[str, int] = {}
    while kinds := _refused(now=now, soft_limit=soft_limit):
        for kind in kinds:
            found[kind] = found.get(kind, 0) + 1
    return found


def _refused(*, now: datetime, soft_limit: int) -> list[str]:
    """The classes of the next refusals."""
    with transaction.atomic():
        rows = list(
            Letter.objects.select_for_update(skip_locked=True)
            .extra(where=[_UNREAD])  # noqa: S610 - a constant of our own
            .order_by("id")
            .values_list("id", "subscriber_id", "reply")[:AT_ONCE]
        )
        kinds = {letter: _class(reply) for letter, _, reply in rows}
        for kind in set(kinds.values()):
            mark([letter for letter, of in kinds.items() if of == kind], kind)
        # Of several letters of one reader, the worst last.
        found = sorted((RANK.index(kinds[letter]), reader) for letter, reader, _ in rows if reader is not None)
        count({reader: RANK[rank] for rank, reader in found}, now=now, soft_limit=soft_limit)
        return list(kinds.values())


def _class(reply: str) -> str:
    """The class of a server's reply, with our own words around it; "other" when no server spoke."""
    return codes.classify("", reply) if _SPOKEN.search(reply) else "other"


def _early(now: datetime) -> None:
    reports = Report.objects.filter(at__gte=now - EARLY)
    early = reports.filter(letter__status__in=TAKEN)
    # What came back before a letter was taken, of an attempt of which nobody knew, says nothing of the last one.
    taken_since = Q(letter__status=Status.SENT, letter__at__gt=F("at") + SKEW)
    failed = early.filter(kind="failed").exclude(taken_since)
    for letter, status, words in failed.values_list("letter_id", "status", "words"):
        reply = reply_of(Said(kind="failed", status=status, words=words))
        Letter.objects.filter(pk=letter or 0, status__in=TAKEN).update(status=Status.FAILED, reply=reply, at=now)
    unproven = Q(letter__status=Status.UNCERTAIN) | Q(letter__status=Status.FAILED, letter__bounce=PRESUMED)
    proofs = reports.filter(unproven, kind__in=[*HAS_IT, "complaint"])
    for letter, words in proofs.values_list("letter_id", "words"):
        Letter.objects.filter(UNPROVEN, pk=letter or 0).update(status=Status.SENT, reply=words, at=now, bounce=PROVEN)
