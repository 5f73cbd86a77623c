"""The ways of one sending process, kept open from window to window."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from types import TracebackType
from typing import Self

from digest.delivery.engine import POLL, Engine, Lease
from digest.delivery.journal import Journal
from digest.delivery.ledger import Due, Settled
from digest.delivery.loop import Loop
from digest.delivery.outcomes import Parcel, Transport
from digest.delivery.smtp import Smtp
from digest.delivery.threads import Threads

__all__ = ["POLL", "Lease", "Lines"]


class Lines:
    """Opens ways as they are needed, by SMTP in one loop, otherwise a thread each.

    Args:
        transport: where letters go.
        connections: how many at once.
        journal: where each start and reply is written.
        parcel: makes the letter of one reader; with threads it is called in them.
        now: reads the clock.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        connections: int,
        journal: Journal,
        parcel: Callable[[Due], Parcel],
        now: Callable[[], datetime],
    ) -> None:
        self._engine: Engine
        if isinstance(transport, Smtp):
            self._engine = Loop(transport.server, connections=connections, journal=journal, parcel=parcel, now=now)
        else:
            self._engine = Threads(transport, connections=connections, journal=journal, parcel=parcel, now=now)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let letters that are under way finish, and say goodbye on every connection."""
        self._engine.close()

    @property
    def broken(self) -> str:
        """Why nothing more can be handed over; empty while a connection works."""
        return self._engine.broken

    def stop(self) -> None:
        """Offer nothing more: letters under way finish, the rest of the window is `NotStarted`."""
        self._engine.stop()

    def send(self, lease: Lease, letters: Iterable[Due], watch: Callable[[], None]) -> list[Settled]:
        """Hand over a window's letters; every letter has an outcome in the end.

        Args:
            lease: the window's.
            letters: its letters.
            watch: called whenever replies have come, and every few seconds while none does.

        Returns:
            The outcomes. When every connection has failed, the rest are `NotStarted` and `broken` says why.
        """
        return self._engine.send(lease, letters, watch)
