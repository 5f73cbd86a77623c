"""What sends a window's letters: a thread a way (`threads.py`), or one loop over many connections (`loop.py`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from digest.delivery.ledger import Due, Settled

POLL = 5.0
"""Seconds between looks at the lease while no reply comes."""


@dataclass(slots=True)
class Lease:
    """Until when a window may be sent from; whoever waits for replies prolongs it, and each letter is checked by it."""

    window: int
    until: datetime


class Engine(Protocol):
    """Hands letters over and keeps its connections from window to window.

    Attributes:
        broken: why nothing more can be handed over; empty while a connection works.
    """

    broken: str

    def send(self, lease: Lease, letters: Iterable[Due], watch: Callable[[], None]) -> list[Settled]:
        """Hand over a window's letters; see `digest.delivery.lines.Lines.send`."""

    def stop(self) -> None:
        """Offer nothing more: letters under way finish, the rest of the window is `NotStarted`."""

    def close(self) -> None:
        """Let letters that are under way finish, and say goodbye on every connection."""
