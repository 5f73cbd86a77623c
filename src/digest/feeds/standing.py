"""Tells how each configured feed is doing, from what the last polls left behind, and lets one be asked again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.config.values import Feed
from digest.store.feeds import Feed as Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One feed's health.

    Attributes:
        healthy: whether its last poll went well; a feed that was never polled counts as healthy.
        why: what is wrong, or worth knowing, in words; may be empty.
        due_at: when it is asked again; None for at once, or for never when it is gone.
    """

    feed: Feed
    healthy: bool
    why: str
    last_success_at: datetime | None = None
    due_at: datetime | None = None
    failures: int = 0
    moved_to: str = ""


def standings(feeds: Sequence[Feed]) -> list[Standing]:
    """The health of these feeds, in their order."""
    rows = {row.address: row for row in Row.objects.filter(address__in=[feed.address for feed in feeds])}
    return [_standing(feed, rows.get(feed.address)) for feed in feeds]


def revive(feed: Feed) -> bool:
    """Let a feed that was given up, or is left alone after failures, be asked at the next gather, at its own address.

    Returns:
        Whether anything was in its way.
    """
    kept = Row.objects.filter(address=feed.address)
    barred = kept.filter(gone=True) | kept.filter(failures__gt=0)
    # What is known of it may belong to the address it had moved to: it is read as if for the first time.
    return bool(
        barred.update(
            gone=False, failures=0, reason="", due_at=None, moved_to="", etag="", last_modified="", body_hash=""
        )
    )


def _standing(feed: Feed, row: Row | None) -> Standing:
    if row is None or row.last_attempt_at is None:
        return Standing(feed=feed, healthy=True, why="not read yet")
    why = row.reason
    if row.gone:
        why = f"{row.reason or 'gone for good'}; it is asked no more: take it out of feeds.toml, or revive it"
    elif row.failures > 1:
        why = f"{row.reason}, {row.failures} times in a row"
    elif not row.failures and row.moved_to:
        why = f"moved to {row.moved_to}; write that in feeds.toml"
    return Standing(
        feed=feed,
        healthy=not row.failures and not row.gone,
        why=why,
        last_success_at=row.last_success_at,
        due_at=row.due_at,
        failures=row.failures,
        moved_to=row.moved_to,
    )
