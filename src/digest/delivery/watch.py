"""Keeps an eye on a window while its letters leave: its lease, its worker's session, a hold, and the word to end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError

from digest.delivery import ledger
from digest.delivery.fence import Fence
from digest.delivery.ledger import LEASE, Window
from digest.delivery.lines import Lease, Lines
from digest.store.models import Edition

GLANCE = timedelta(milliseconds=50)
"""How often it is looked whether the edition was held: then each connection ends with the letter it is at."""


class Watch:
    """Called at every reply, and every few seconds while none comes.

    It prolongs the lease in its second half; one that was lost ends at once. A worker whose database is out of reach
    begins nothing more, as one whose edition is held or that is told to end: the letters under way finish.

    Args:
        edition: whose letters leave.
        window: what its worker took.
        lines: where they leave.
        fence: the worker's session.
        now: reads the clock.
        go_on: once it says no, no other letter is begun.
    """

    def __init__(
        self,
        edition: Edition,
        window: Window,
        lines: Lines,
        fence: Fence,
        *,
        now: Callable[[], datetime],
        go_on: Callable[[], bool],
    ) -> None:
        self._edition, self._lines, self._fence = edition, lines, fence
        self._now, self._go_on = now, go_on
        self._leased, self._looked = window.lease_until, now()
        self.lease = Lease(window.id, fence.until(window.lease_until))
        self.stopped = False
        """Whether nothing more leaves by these lines."""

    def __call__(self) -> None:
        """Look, and stop what must not go on."""
        now = self._now()
        if self._fence.look():
            try:
                self._ask(now)
            except (OperationalError, InterfaceError) as error:
                self._fence.lost(error)
        if self._fence.broken or not self._go_on():
            self._stop()
        self.lease.until = self._fence.until(self._leased)

    def _ask(self, now: datetime) -> None:
        """Ask the database what it must be asked now."""
        if now - self._looked >= GLANCE:
            self._looked = now
            if not ledger.may_send(self._edition):
                self._stop()
        if now >= self._leased - LEASE / 2:
            self._leased = ledger.renew(self.lease.window, now=now) or now

    def _stop(self) -> None:
        self.stopped = True
        self._lines.stop()
