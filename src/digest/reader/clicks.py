"""Counts how often stories are followed, without knowing by whom, and leaves machines out.

A follow is held for a minute before it counts. Whoever follows three stories of a letter within ten seconds is a link
scanner, which opens all of them, and counts for nothing; so does whoever asks by HEAD before or after, as no browser
does. The same visitor counts once a story and day. A visitor is a hash of network and program with a salt that lives in
this process for a day: nothing of it is kept. Follows that are held when the process is killed are lost, which a count
may bear and a reader's trust may not.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from multiprocessing.util import Finalize

from django.db import close_old_connections, connection

HELD = timedelta(minutes=1)
BURST = timedelta(seconds=10)
STORIES = 3
"""Different stories within `BURST` that make a visitor a scanner."""
MOST_VISITORS = 50_000
EVERY = 15.0
"""Seconds between two writings of counts."""

_MACHINE = re.compile(
    r"bot\b|crawl|spider|scan|preview|fetch|monitor|curl/|wget/|python|go-http|java/|headless|safelinks|barracuda|"
    r"proofpoint|mimecast|facebookexternalhit|slackbot|whatsapp|telegram",
    re.IGNORECASE,
)

Place = tuple[int, str, date]
"""An edition's id, a story's id, and the civil day in UTC."""


@dataclass(slots=True)
class _Visitor:
    """What one visitor followed lately: each story once, with the time."""

    seen: dict[tuple[int, str], datetime] = field(default_factory=dict)
    held: list[tuple[datetime, int, str]] = field(default_factory=list)
    machine: bool = False


class Tally:
    """Holds follows until they count; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._visitors: OrderedDict[bytes, _Visitor] = OrderedDict()
        self._ripe: Counter[Place] = Counter()
        self._salt = (date.min, b"")

    def follow(self, edition: int, story: str, *, network: str, program: str, at: datetime) -> None:
        """Note that somebody followed a story's link.

        Args:
            edition: the edition's id.
            story: the story's id.
            network: where they are, cut to a network; empty where nobody can tell.
            program: their User-Agent.
            at: aware UTC.
        """
        if not program or _MACHINE.search(program):
            return
        with self._lock:
            if not network:
                # All visitors look alike from here, so a burst tells nothing.
                self._ripe[edition, story, at.date()] += 1
                return
            visitor = self._visitor(f"{network} {program}", at)
            if (edition, story) not in visitor.seen:
                visitor.seen[edition, story] = at
                visitor.held.append((at, edition, story))
            if sum(at - then <= BURST for then in visitor.seen.values()) >= STORIES:
                visitor.machine = True

    def machine(self, *, network: str, program: str, at: datetime) -> None:
        """Note that a visitor did what only machines do: what they followed in the last minute or will does not count.

        Args:
            network: as in `follow`.
            program: as in `follow`.
            at: aware UTC.
        """
        if network:
            with self._lock:
                self._visitor(f"{network} {program}", at).machine = True

    def ripe(self, at: datetime, *, everything: bool = False) -> dict[Place, int]:
        """Take out the follows that count by now; `everything`: also those that are still held."""
        with self._lock:
            for visitor in self._visitors.values():
                self._settle(visitor, at, everything=everything)
            found, self._ripe = dict(self._ripe), Counter()
            return found

    def _visitor(self, who: str, at: datetime) -> _Visitor:
        if self._salt[0] != at.date():
            self._salt = (at.date(), secrets.token_bytes(16))
        key = hashlib.blake2b(who.encode("utf-8", "replace"), key=self._salt[1], digest_size=16).digest()
        visitor = self._visitors.setdefault(key, _Visitor())
        self._visitors.move_to_end(key)
        if len(self._visitors) > MOST_VISITORS:
            _, oldest = self._visitors.popitem(last=False)
            self._settle(oldest, at, everything=True)
        return visitor

    def _settle(self, visitor: _Visitor, at: datetime, *, everything: bool) -> None:
        due = [one for one in visitor.held if everything or at - one[0] >= HELD]
        if due:
            visitor.held = [one for one in visitor.held if one not in due]
            if not visitor.machine:
                self._ripe.update((edition, story, then.date()) for then, edition, story in due)


_ADD = """
INSERT INTO digest_click (edition_id, place, day, count) VALUES (%s, %s, %s, %s)
ON CONFLICT (edition_id, place, day) DO UPDATE SET count = digest_click.count + excluded.count
"""


def keep(counts: dict[Place, int]) -> None:
    """Add counts to those in the database."""
    if counts:
        rows = [(*place, number) for place, number in sorted(counts.items())]
        with connection.cursor() as cursor:
            cursor.executemany(_ADD, rows)


class Writer:
    """Writes a tally's counts now and then, in a thread that the first follow starts.

    Args:
        tally: whose.
        now: reads the clock.
    """

    def __init__(self, tally: Tally, now: Callable[[], datetime]) -> None:
        self._tally = tally
        self._now = now
        self._begun = threading.Lock()
        self._end = threading.Event()

    def begin(self) -> None:
        """Start once in the life of the process."""
        if self._begun.acquire(blocking=False):
            threading.Thread(target=self._run, name="clicks", daemon=True).start()
            # The web's worker is a child of multiprocessing, at whose end atexit's functions are not called.
            Finalize(None, self._last, exitpriority=1)

    def _run(self) -> None:
        while not self._end.wait(EVERY):
            self._write(everything=False)

    def _last(self) -> None:
        self._end.set()
        self._write(everything=True)

    def _write(self, *, everything: bool) -> None:
        close_old_connections()
        try:
            keep(self._tally.ripe(self._now(), everything=everything))
        finally:
            close_old_connections()
