"""Visits the mailbox that bounces and complaints come to: reads, does what follows, then puts the messages aside.

A message is put aside only after what it asked for is committed, so a crash between leaves a message that is read
again, and a report that is known changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from itertools import islice
from typing import Protocol

from digest.delivery import bounces, reports
from digest.delivery.imap import ImapFolder
from digest.delivery.letterbox import ImapBox, Letterbox
from digest.delivery.maildir import Maildir

LIMIT = 5000
"""Messages of one visit; the next goes on."""

_BATCH = 50


class Folder(Protocol):
    """Where messages lie."""

    def fresh(self, limit: int) -> list[str]:
        """The names of at most `limit` messages that nobody has looked at."""

    def read(self, names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """Their beginnings."""

    def put_aside(self, names: Sequence[str]) -> None:
        """Mark them as seen and move them away."""

    def leave_to_a_person(self, names: Sequence[str]) -> None:
        """Flag them where they are."""


def visit(box: Letterbox, *, now: datetime, soft_limit: int, limit: int = LIMIT) -> Mapping[str, int]:
    """Read what is new in a mailbox, and do what it asks for.

    Args:
        box: where (`letterbox.letterbox`).
        now: the present instant.
        soft_limit: after how many editions in a row soft bounces suppress an address (`Bounces.soft_limit`).
        limit: how many messages at most.

    Returns:
        How many messages had which effect (`reports.Effect`).

    Raises:
        TransportError: the mailbox cannot be read; what was read until then is done.
    """
    found: Counter[str] = Counter()
    with _open(box) as folder:
        names = iter(folder.fresh(limit))
        while batch := list(islice(names, _BATCH)):
            done: list[str] = []
            unclear: list[str] = []
            for name, raw in folder.read(batch):
                effect = one(raw, now=now, soft_limit=soft_limit)
                found[effect] += 1
                (unclear if effect == "not understood" else done).append(name)
            folder.put_aside(done)
            folder.leave_to_a_person(unclear)
    return dict(found)


def one(raw: bytes, *, now: datetime, soft_limit: int) -> reports.Effect:
    """Read one message and do what it asks for."""
    return reports.accept(bounces.read(raw), source="mailbox", now=now, soft_limit=soft_limit)


def knock(box: Letterbox) -> None:
    """See whether a mailbox can be opened.

    Raises:
        TransportError: it cannot: why, and what to do.
    """
    with _open(box):
        pass


def _open(box: Letterbox) -> AbstractContextManager[Folder]:
    return ImapFolder(box) if isinstance(box, ImapBox) else Maildir(box.folder)
