"""What a bounce costs: a word on the letter, and for a reader who is gone the end of letters to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db.models import Count

from digest.audience import suppression
from digest.delivery.states import Status
from digest.store.models import Letter, Subscriber

RANK = ("", "other", "presumed", "delivered", "policy", "soft", "hard", "complaint")
"""Of several words on one letter, the later in this row stands in `Letter.bounce`; "other" is a failure of which no
server spoke, "presumed" one that a rule or a person took for granted (`states.PRESUMED`)."""

NO_WORD_YET = timedelta(days=7)
"""So long after a letter left, silence is not yet success: servers try for 4 to 5 days (RFC 5321, 4.5.4.1)."""


def mark(letters: Iterable[int], word: str) -> None:
    """Write a word of `RANK` on letters that have none, or a lesser one."""
    Letter.objects.filter(pk__in=letters, bounce__in=RANK[: RANK.index(word)]).update(bounce=word)


def count(kinds: Mapping[int, str], *, now: datetime, soft_limit: int) -> None:
    """Suppress the addresses of readers of whom enough came back; their letters are marked with it.

    Args:
        kinds: the class of what came, by the subscriber's id.
        now: the present instant.
        soft_limit: after how many editions in a row soft bounces suppress an address (`Bounces.soft_limit`).
    """
    gone = [reader for reader, kind in kinds.items() if kind == "hard"]
    soft = [reader for reader, kind in kinds.items() if kind == "soft"]
    # Most have bounced too seldom in all: only of the others is every letter looked at.
    often = (
        Letter.objects.filter(subscriber_id__in=soft, bounce="soft")
        .values_list("subscriber_id", flat=True)
        .annotate(bounces=Count("id"))
        .filter(bounces__gte=soft_limit)
        .order_by()
    )
    gone += [reader for reader in often if in_a_row(reader, now) >= soft_limit]
    addresses = Subscriber.objects.filter(pk__in=gone).values_list("email", flat=True)
    suppression.suppress_all(addresses, reason="bounce", now=now)


def in_a_row(reader: int, now: datetime) -> int:
    """How many of a reader's letters bounced softly, one after the other, with nothing arriving between.

    Policy says nothing and is passed over. So are the newest of which nothing is known yet; between two bounces,
    silence is taken for an arrival.
    """
    ended = (Status.SENT, Status.FAILED)
    rows = Letter.objects.filter(subscriber_id=reader, status__in=ended).order_by("-id")
    run = 0
    for bounce, at in rows.values_list("bounce", "at")[:500]:
        if bounce == "soft":
            run += 1
        elif bounce in ("policy", "other", "presumed"):
            continue
        elif bounce or run or at is None or at < now - NO_WORD_YET:
            break
    return run
