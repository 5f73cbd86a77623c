"""Keeps a worker that lost its database from sending on, and brings it back to settle what it did meanwhile.

A worker whose session breaks can check no lease, and others may take its window for abandoned. So it looks at its
session every few seconds, and begins no letter later than `BLIND` after a look that went well.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from digest.delivery import locks

LOOK = timedelta(seconds=2)
"""How often a worker looks at its session."""

BLIND = timedelta(seconds=15)
"""How long after its last look a worker may begin a letter; `tcp_user_timeout` and the keepalives are near it."""

PATIENCE = 600.0
"""Seconds for which a worker waits for its database; then its journal settles what it did, when somebody looks."""

_LONGEST_NAP = 5.0

T = TypeVar("T")
log = logging.getLogger(__name__)


class Fence:
    """A worker's view of its own session.

    Args:
        worker: its name (`locks.worker`).
        now: reads the clock.
    """

    def __init__(self, worker: str, now: Callable[[], datetime]) -> None:
        self._worker = worker
        self._now = now
        self._looked = now()
        self.broken = False
        """Whether the session was lost, and the worker's lock with it."""

    def until(self, lease: datetime) -> datetime:
        """Until when letters may be begun without another look: never later than the lease."""
        return min(lease, self._looked + BLIND) if connection.vendor == "postgresql" else lease

    def holds(self) -> bool:
        """Ask now whether the lock is still held; a session that was opened anew does not hold it.

        Raises:
            OperationalError: the database is out of reach.
        """
        self.broken = self.broken or not locks.holds(self._worker)
        return not self.broken

    def look(self) -> bool:
        """Look at the session if it is time; says whether the worker may go on."""
        now = self._now()
        if not self.broken and now - self._looked >= LOOK:
            try:
                self.broken = not locks.holds(self._worker)
            except (DatabaseError, InterfaceError) as error:
                self.lost(error)
            # Not the instant before the question: an answer that took long is as good as one given now.
            self._looked = self._now()
        return not self.broken

    def lost(self, error: Exception) -> None:
        """Take note that the session is broken."""
        self.broken = True
        log.warning("the database is out of reach: no letter is begun (%s)", " ".join(str(error).split())[:200])


def patiently(do: Callable[[], T], go_on: Callable[[], bool]) -> T:
    """Do something with the database, again and again while it is out of reach.

    Args:
        do: it; a transaction, so that it may be repeated.
        go_on: once it says no, there is only one more attempt.

    Raises:
        OperationalError: it stayed out of reach for `PATIENCE`, or it is SQLite, where waiting mends nothing.
    """
    nap, end = 0.2, time.monotonic() + PATIENCE
    while True:
        last = not go_on()
        try:
            return do()
        except (OperationalError, InterfaceError):
            # SQLite is never out of reach: what it says (a full disk) is for the user, and at once.
            if last or time.monotonic() > end or connection.in_atomic_block or connection.vendor == "sqlite":
                raise
            connection.close()
        time.sleep(nap)
        nap = min(2 * nap, _LONGEST_NAP)
