"""The ledger of posts: a row before the call, its outcome after it, and nothing sent twice in between.

Whoever sends for an account holds the account's turn (`digest.store.moments.one_at_a_time`), a lock that the kernel or
the database server frees when its holder dies. So whoever has the turn and finds a row that is being sent knows that
its sender is dead. Should a turn be lost while its holder lives, the step from planned to sending still lets one in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from django.db import transaction
from django.db.models import F, Q, QuerySet

from digest import model
from digest.config.values import Account
from digest.errors import RefusedError
from digest.social import rules
from digest.social.outcome import Absent, Found, Later, Outcome, Refused, Sent, Unknown
from digest.social.prices import price
from digest.store.editions import Edition
from digest.store.posts import Post

Status = Post.Status

ATTEMPTS = 8
"""How often a post is tried that the network puts off or that does not reach it."""

FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=6)
LOOK_AGAIN = timedelta(minutes=10)
LOOK_FOR = timedelta(days=1)
"""How long an uncertain post is looked for on its account before only a person can settle it."""

Verdict = Literal["it is there", "send again", "it failed"]
"""What a person may say of a post nobody is sure of."""

_LEAVING = (Edition.Status.SENDING, Edition.Status.SENT)


def fingerprint(post: model.Post) -> str:
    """The SHA-256 of what is approved of a post: where it goes, what it is about, its exact text."""
    parts = [post.account, post.kind, post.item, post.text, post.link]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def plan(edition: Edition, posts: Iterable[model.Post], now: datetime) -> list[Post]:
    """Write an edition's posts into the ledger, at its freeze. Doing it again replaces what has not left yet.

    Args:
        edition: the row, inside the transaction that freezes it.
        posts: what was composed, in the order it should leave.
        now: aware UTC.

    Returns:
        The rows, in the same order.
    """
    rows = []
    with transaction.atomic():
        unsent = Q(status__in=(Status.PLANNED, Status.SKIPPED)) | Q(status=Status.FAILED, attempts=0)
        edition.posts.filter(unsent).delete()
        left = {(row.account, row.kind, row.item): row for row in edition.posts.all()}
        for post in posts:
            row = left.get((post.account, post.kind, post.item)) or Post.objects.create(
                edition=edition,
                account=post.account,
                kind=post.kind,
                item=post.item,
                text=post.text,
                link=post.link,
                language=post.language,
                hash=fingerprint(post),
                due_at=now,
                cost=price(post.account.partition(":")[0], post.text),
            )
            rows.append(row)
    return rows


def due(now: datetime, *, channel: str = "", edition: Edition | None = None) -> QuerySet[Post]:
    """The planned posts whose time has come, of editions that are leaving or have left; first due, first out."""
    rows = Post.objects.filter(status=Status.PLANNED, due_at__lte=now, edition__status__in=_LEAVING)
    rows = rows.filter(account=channel) if channel else rows
    rows = rows.filter(edition=edition) if edition else rows
    return rows.select_related("edition").order_by("due_at", "id")


def revive(edition: Edition, now: datetime) -> None:
    """Plan again what failed before anything was handed over, such as for want of a key."""
    edition.posts.filter(status=Status.FAILED, attempts=0).update(status=Status.PLANNED, due_at=now, reply="")


def recover(channel: str, now: datetime) -> int:
    """Make what a dead sender left behind uncertain. Only for whoever holds the account's turn.

    Returns:
        How many rows there were.
    """
    reason = "the program stopped while this was being posted"
    left = Post.objects.filter(account=channel, status=Status.SENDING)
    return left.update(status=Status.UNCERTAIN, due_at=now, reply=reason)


def doubtful(now: datetime, *, channel: str = "") -> QuerySet[Post]:
    """The uncertain posts that should be looked for now, of all accounts or of one."""
    rows = Post.objects.filter(status=Status.UNCERTAIN, due_at__lte=now, at__gt=now - LOOK_FOR)
    rows = rows.filter(account=channel) if channel else rows
    return rows.select_related("edition").order_by("id")


def reconcile(post: Post, found: Found, now: datetime) -> None:
    """Record what reading the account back said about an uncertain post.

    Where absence proves nothing the post stays uncertain, for a person to settle; it is looked for again, less and
    less often, since a network may show a post late.
    """
    rows = Post.objects.filter(pk=post.pk, status=Status.UNCERTAIN)
    match found:
        case Sent():
            rows.update(status=Status.SENT, remote_id=found.id, url=found.url, reply="found on the account")
        case Absent(proof=True):
            rows.update(status=Status.PLANNED, due_at=now, reply="")
        case Absent():
            age = now - (post.at or now)
            rows.update(
                due_at=now + max(LOOK_AGAIN, age),
                reply=f"not on the account at {now:%H:%M} UTC, yet the network may have taken it: look, then settle it",
            )
        case Unknown():
            rows.update(reply=f"uncertain, and the account could not be read: {found.reason}")


def take(
    account: Account, now: datetime, *, worker: str, zone: str = "UTC", edition: Edition | None = None
) -> Post | None:
    """Commit the next post of an account as being sent, or say that none may leave now.

    Posts that will never leave are marked on the way: skipped for the cap, for lateness or as told already; failed
    where the text is not the approved one.

    Args:
        account: as configured.
        now: aware UTC.
        worker: names the sender; no two runs share a name.
        zone: the newsroom's zone, whose months the cap goes by.
        edition: only this edition's posts.

    Returns:
        The row, committed as sending; send it and `conclude`. None when nothing may leave.
    """
    with transaction.atomic():
        for post in due(now, channel=account.channel, edition=edition):
            if why := rules.never(post, account, now, zone):
                _settle(post, Status.SKIPPED, why)
                continue
            if post.hash != fingerprint(_value(post)):
                _settle(post, Status.FAILED, "the text is not the one that was approved: approve the edition again")
                continue
            if why := rules.waits(account, now):
                Post.objects.filter(pk=post.pk, status=Status.PLANNED).update(reply=why)
                return None
            claimed = Post.objects.filter(pk=post.pk, status=Status.PLANNED).update(
                status=Status.SENDING, worker=worker, attempts=F("attempts") + 1, at=now, reply=""
            )
            if claimed:
                post.refresh_from_db()
                return post
    return None


def conclude(post: Post, outcome: Outcome, now: datetime) -> None:
    """Record the outcome of a post that `take` gave.

    A late outcome of a sender that was given up counts too, as long as nobody has settled the row or taken it again.
    """
    mine = Post.objects.filter(
        pk=post.pk, worker=post.worker, attempts=post.attempts, status__in=(Status.SENDING, Status.UNCERTAIN)
    )
    match outcome:
        case Sent():
            mine.update(status=Status.SENT, remote_id=outcome.id, url=outcome.url, reply=outcome.note)
        case Later() if post.attempts < ATTEMPTS:
            pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (post.attempts - 1))
            mine.update(status=Status.PLANNED, due_at=outcome.until or now + pause, reply=outcome.reason)
        case Later() | Refused():
            mine.update(status=Status.FAILED, reply=outcome.reason)
        case Unknown():
            mine.update(status=Status.UNCERTAIN, due_at=now, reply=outcome.reason)


def refuse(channel: str, reason: str, now: datetime, *, edition: Edition | None = None) -> int:
    """Fail the due posts of an account that cannot be used at all; nothing was handed over."""
    rows = due(now, channel=channel, edition=edition).values_list("pk", flat=True)
    return Post.objects.filter(pk__in=list(rows), status=Status.PLANNED).update(status=Status.FAILED, reply=reason)


def settle(post: Post, verdict: Verdict, *, by: str, now: datetime, url: str = "") -> None:
    """A person's word on a post that is uncertain or failed.

    Args:
        post: the row, as seen.
        verdict: "it is there" makes it sent; "send again" plans it anew; "it failed" leaves an uncertain one unsent.
        by: who says so.
        now: aware UTC.
        url: where it is, if the person knows.

    Raises:
        RefusedError: there is nothing to settle about it (any more).
    """
    rows = Post.objects.filter(pk=post.pk, status__in=(Status.UNCERTAIN, Status.FAILED))
    if verdict == "it failed":
        done = rows.filter(status=Status.UNCERTAIN).update(status=Status.FAILED, reply=f"{by}: it is not there")
    elif verdict == "it is there":
        done = rows.update(status=Status.SENT, url=url or post.url, reply=f"{by}: it is there")
    else:
        done = rows.update(status=Status.PLANNED, due_at=now, attempts=0, worker="", reply=f"{by}: send again")
    if not done:
        post.refresh_from_db()
        can = "an uncertain one" if verdict == "it failed" else "an uncertain or a failed one"
        raise RefusedError(f'this post is {post.status}; only {can} can be settled as "{verdict}"')


def _settle(post: Post, status: Status, why: str) -> None:
    Post.objects.filter(pk=post.pk, status=Status.PLANNED).update(status=status, reply=why)


def _value(post: Post) -> model.Post:
    kind: Literal["story", "edition", "appeal"]
    kind = "appeal" if post.kind == "appeal" else "edition" if post.kind == "edition" else "story"
    return model.Post(account=post.account, kind=kind, item=post.item, text=post.text, link=post.link)
