"""Answers what became of an edition's posts, and which of them a person means to settle."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TypedDict

from digest.errors import InputError, RefusedError, UsageError
from digest.store.editions import Edition
from digest.store.posts import Post

Status = Post.Status
OPEN = (Status.UNCERTAIN, Status.FAILED)
"""What a person can settle (`digest.social.ledger.settle`)."""


class Posted(TypedDict):
    """What became of one post; `due` and `at` in UTC, empty where nothing is or was."""

    id: int
    account: str
    kind: str
    status: str
    due: str
    at: str
    url: str
    cost: str
    reply: str
    text: str


def posted(edition: Edition, status: str = "") -> Iterator[Posted]:
    """Every post of an edition, account by account, in the order in which they leave.

    Args:
        edition: the row.
        status: only those in this state; empty for all.

    Raises:
        UsageError: there is no such state.
    """
    if status and status not in Status.values:
        raise UsageError(f'no post is "{status}"; they are {", ".join(Status.values)}')
    rows = edition.posts.filter(**({"status": status} if status else {})).order_by("account", "pk")
    for post in rows:
        yield Posted(
            id=post.pk,
            account=post.account,
            kind=post.kind,
            status=post.status,
            due=_instant(post.due_at) if post.status == Status.PLANNED else "",
            at=_instant(post.at),
            url=post.url,
            cost=f"{post.cost:.4f}",
            reply=post.reply,
            text=post.text,
        )


def to_settle(edition: Edition, account: str, number: int | None = None) -> Post:
    """The post of an account that waits for a person's word.

    Args:
        edition: the row.
        account: the channel, such as "x:newsroom".
        number: its id, needed where several wait.

    Raises:
        InputError: the edition has no such post.
        RefusedError: none waits, or several do and none was named.
    """
    of_account = edition.posts.filter(account=account).order_by("pk")
    rows = list(of_account.filter(pk=number) if number is not None else of_account)
    if not rows:
        which = f"number {number} on {account}" if number is not None else f"on {account}"
        raise InputError(f"{edition.name} has no post {which}; `digest posts list {edition.name}` shows them all")
    waiting = [row for row in rows if row.status in OPEN]
    # What nobody is sure of comes before what surely failed.
    waiting = [row for row in waiting if row.status == Status.UNCERTAIN] or waiting
    if not waiting:
        states = ", ".join(sorted({row.status for row in rows}))
        raise RefusedError(f"nothing on {account} waits for your word: {states}")
    if len(waiting) > 1:
        numbers = ", ".join(str(row.pk) for row in waiting)
        raise RefusedError(f"several posts on {account} wait for your word; say which with --post: {numbers}")
    return waiting[0]


def _instant(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else ""
