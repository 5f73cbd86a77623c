"""Posts what is due, account by account: first settles what a stopped run left open, then sends what may leave."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from digest.config.environment import Environment
from digest.config.values import Account
from digest.errors import TransportError
from digest.social import ledger
from digest.social.folder import Folder
from digest.social.outcome import Later, Network, Unknown
from digest.store.editions import Edition
from digest.store.moments import one_at_a_time
from digest.store.posts import Post

Status = Post.Status
Connect = Callable[[Account], Network]

COUNTED = {
    Status.SENT: "sent",
    Status.FAILED: "failed",
    Status.PLANNED: "deferred",
    Status.SENDING: "deferred",
    Status.UNCERTAIN: "uncertain",
    Status.SKIPPED: "skipped",
}


def post(
    edition: Edition | None = None,
    *,
    now: datetime,
    environment: Environment,
    var: Path,
    accounts: Sequence[Account],
    zone: str = "UTC",
    connect: Connect | None = None,
) -> dict[str, int]:
    """Post an edition's posts, or everything that is due. Never waits: what may not leave yet stays planned.

    Safe to repeat, and to run twice at once: an account posts for one run at a time.

    Args:
        edition: one that is leaving or has left; None for all.
        now: aware UTC.
        environment: holds the networks' keys.
        var: the home's `var/`; folder accounts write to `posts/` in it.
        accounts: as configured.
        zone: the newsroom's zone, whose months the caps go by.
        connect: opens an account; the default knows every network of the configuration.

    Returns:
        How many posts are `sent`, `failed`, `deferred`, `uncertain` and `skipped`: of the edition, or else of those
        that were open when the run began.
    """
    open_account = connect or partial(_connect, environment=environment, var=var)
    if edition:
        ledger.revive(edition, now)
    rows = _open_rows(edition, now)
    channels = {row.account for row in rows}
    for account in accounts:
        if account.channel in channels:
            with one_at_a_time("posts-" + account.channel.replace(":", "-")):
                _work(account, edition, now, zone, open_account)
    for channel in sorted(channels - {account.channel for account in accounts}):
        ledger.refuse(channel, f"there is no account {channel} in social.toml any more", now, edition=edition)
    return _counts(edition, [row.pk for row in rows])


def _open_rows(edition: Edition | None, now: datetime) -> list[Post]:
    rows = [*ledger.due(now, edition=edition), *ledger.doubtful(now), *Post.objects.filter(status=Status.SENDING)]
    return [row for row in rows if edition is None or row.edition_id == edition.pk]


def _work(account: Account, edition: Edition | None, now: datetime, zone: str, connect: Connect) -> None:
    ledger.recover(account.channel, now)
    doubtful = list(ledger.doubtful(now, channel=account.channel))
    if not doubtful and not ledger.due(now, channel=account.channel, edition=edition).exists():
        return
    try:
        network = connect(account)
    except TransportError as error:
        ledger.refuse(account.channel, str(error), now, edition=edition)
        return
    for doubt in doubtful:
        found = network.find(doubt, now)
        ledger.reconcile(doubt, found, now)
        if isinstance(found, Unknown):
            return
    worker = uuid.uuid4().hex
    while row := ledger.take(account, now, worker=worker, zone=zone, edition=edition):
        outcome = network.send(row, now)
        ledger.conclude(row, outcome, now)
        if isinstance(outcome, (Later, Unknown)):
            return


def _connect(account: Account, *, environment: Environment, var: Path) -> Network:
    if account.network == "folder":
        return Folder(var / "posts")
    from digest.social import x

    return x.connect(account, environment)


def _counts(edition: Edition | None, touched: list[int]) -> dict[str, int]:
    rows = edition.posts.all() if edition else Post.objects.filter(pk__in=touched)
    counts = dict.fromkeys(("sent", "failed", "deferred", "uncertain", "skipped"), 0)
    for status in rows.values_list("status", flat=True):
        counts[COUNTED[Status(status)]] += 1
    return counts
