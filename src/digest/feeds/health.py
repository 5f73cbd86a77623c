"""Decides when a feed is asked again, and keeps what is to be told about its health."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from digest.feeds.exchange import Fetched

LONGEST: Final = timedelta(days=1)
"""No feed is left alone for longer than this, unless it is polled more rarely or is gone for good."""
SHORTEST: Final = timedelta(minutes=1)

_SPREAD: Final = 0.1
_GONE: Final = 410


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a feed is doing.

    Attributes:
        failures: failures in a row.
        next_at: when it may be asked again; None = at once, or never when `stopped`.
        reason: why it failed last, in words; empty when it did not.
        last_success: when it was last read, or found unchanged.
        stopped: it is gone for good (410), and is asked no more until an editor says so.
    """

    failures: int = 0
    next_at: datetime | None = None
    reason: str = ""
    last_success: datetime | None = None
    stopped: bool = False

    @property
    def healthy(self) -> bool:
        """Whether the last try went well."""
        return not self.failures and not self.stopped


def is_due(health: Health, now: datetime) -> bool:
    """Say whether a feed may be asked now."""
    return not health.stopped and (health.next_at is None or health.next_at <= now)


def after(
    fetched: Fetched, health: Health, *, every: timedelta, now: datetime, jitter: float, problem: str = ""
) -> Health:
    """Work out a feed's health after a fetch.

    A success is asked again after `every`, spread by a tenth either way so that feeds do not march in step. The
    n-th failure in a row waits `every` times 2^(n-1), at most a day, or as long as the server asked (Retry-After,
    at most a day). A feed that answers 410 is asked no more (RFC 9110, 15.5.11).

    Args:
        fetched: what came back.
        health: how the feed was before.
        every: the usual time between two polls.
        now: the present instant.
        jitter: chance, from 0 up to 1.
        problem: why a body that came could not be read, in words; a failure like any other.
    """
    spread = 1.0 - _SPREAD + 2 * _SPREAD * min(max(jitter, 0.0), 1.0)
    reason = fetched.error or problem
    usual = max(every, SHORTEST)
    asked = timedelta(seconds=min(fetched.retry_after or 0.0, LONGEST.total_seconds()))
    if not reason:
        wait = max(usual * spread, asked)
        return Health(next_at=now + wait, last_success=now)
    failed = replace(health, failures=health.failures + 1, reason=reason)
    if fetched.status == _GONE:
        return replace(failed, stopped=True, next_at=None)
    grown = min(usual * 2 ** min(failed.failures - 1, 20), max(LONGEST, usual))
    return replace(failed, stopped=False, next_at=now + max(grown * spread, asked))
