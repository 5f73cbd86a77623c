"""Many SMTP connections in one thread: whichever server answers is attended to, every step in the journal first.

One thread, because handing letters between threads costs more than sending them. Only connecting, which may take
long, is done aside.
"""

from __future__ import annotations

import contextlib
import select
import socket
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from digest.delivery import journal as marks
from digest.delivery.connection import Connection
from digest.delivery.dialogue import Again, Done, Event, Ready, Sending, Unusable
from digest.delivery.engine import Lease
from digest.delivery.journal import Journal
from digest.delivery.ledger import Due, Settled
from digest.delivery.outcomes import NotStarted, Outcome, Parcel
from digest.delivery.server import Server
from digest.delivery.smtp import unusable
from digest.errors import TransportError

_TURN = 1.0
"""Seconds to wait for an answer before looking at leases, deadlines and whether to go on, or at deadlines again."""
_LOOK = 0.005
"""Seconds between such looks while answers keep coming: a look may cost as much as a letter."""
_RETRY = 5.0
"""Seconds before a server that refused a further connection is asked for one again."""


@dataclass(slots=True, eq=False)
class _Job:
    lease: Lease
    due: Due
    parcel: Parcel | None = None


class Loop:
    """Opens connections as they are needed and keeps them; see `digest.delivery.engine.Engine`.

    Args:
        server: the mail server.
        connections: how many at most.
        journal: where each start and reply is written.
        parcel: makes the letter of one reader.
        now: reads the clock.
    """

    def __init__(
        self,
        server: Server,
        *,
        connections: int,
        journal: Journal,
        parcel: Callable[[Due], Parcel],
        now: Callable[[], datetime],
    ) -> None:
        self._server = server
        self._most = self._allowed = connections
        self._journal = journal
        self._parcel = parcel
        self._now = now
        self._jobs: deque[_Job] = deque()
        self._under_way: dict[Sending, _Job] = {}
        self._done: list[Settled] = []
        self._lines: dict[int, Connection] = {}
        self._masks: dict[int, int] = {}
        self._opening: list[Future[Connection]] = []
        self._openers = ThreadPoolExecutor(connections, thread_name_prefix="connect")
        self._bell, self._knob = socket.socketpair()
        self._bell.setblocking(False)  # noqa: FBT003 - the library's way
        self._poll = select.poll()
        self._poll.register(self._bell, select.POLLIN)
        self._stopping = False
        self._refused_at = float("-inf")
        self._looked = self._checked = 0.0
        self._words = ""
        self.broken = ""

    def stop(self) -> None:
        """See `Engine.stop`."""
        self._stopping = True

    def send(self, lease: Lease, letters: Iterable[Due], watch: Callable[[], None]) -> list[Settled]:
        """See `digest.delivery.lines.Lines.send`."""
        self._jobs.extend(_Job(lease, due) for due in letters)
        self._done = []
        wanted = len(self._jobs)
        if time.monotonic() - self._refused_at >= _RETRY or not self._lines:
            self._allowed = self._most
        for line in list(self._lines.values()):
            self._attend(line, [])
        while len(self._done) < wanted:
            self._open_more(wanted - len(self._done))
            if not self._lines and not self._opening:
                self.broken = self._words
                self._give_back()
                return self._done
            self._turn()
            if self._jobs:
                # One that was put back may find all other connections at rest.
                for line in [one for one in self._lines.values() if one.talk.idle]:
                    self._attend(line, [])
            if time.monotonic() - self._looked >= _LOOK:
                watch()
                self._looked = time.monotonic()
            if self._stopping:
                self._give_back()
        watch()
        return self._done

    def close(self) -> None:
        """See `Engine.close`."""
        self.stop()
        self._jobs.clear()
        # A journal that cannot be written leaves these letters begun and not ended, which is the truth.
        with contextlib.suppress(OSError):
            while any(line.talk.awaited for line in self._lines.values()):
                self._turn()
        self._openers.shutdown(wait=True)
        for opened in self._opening:
            if opened.exception() is None:
                opened.result().close()
        for line in self._lines.values():
            line.close()
        self._bell.close()
        self._knob.close()

    def _turn(self) -> None:
        """Wait for whatever comes, and deal with it."""
        for number, mask in self._poll.poll(_TURN * 1000):
            if number == self._bell.fileno():
                self._bell.recv(4096)
                self._take_opened()
            elif line := self._lines.get(number):
                events = line.hear() if mask & ~select.POLLOUT else []
                self._attend(line, events)
        present = time.monotonic()
        if present - self._checked >= _TURN:
            self._checked = present
            for line in list(self._lines.values()):
                if events := line.late(present):
                    self._attend(line, events)

    def _attend(self, line: Connection, events: list[Event]) -> None:
        """Deal with what was heard on a connection, and say what is next."""
        number = line.fileno() if line.fileno() >= 0 else self._number(line)
        while True:
            self._step(line, events)
            events = line.flush()
            if not events:
                break
        if line.talk.dead:
            self._lines.pop(number, None)
            if self._masks.pop(number, None) is not None:
                self._poll.unregister(number)
        elif self._masks.get(number) != line.wants:
            self._masks[number] = line.wants
            self._poll.register(number, line.wants)

    def _step(self, line: Connection, events: list[Event]) -> None:
        notes: list[str] = []
        ready: Sending | None = None
        for event in events:
            job = self._under_way[event.sending]
            match event:
                case Ready():
                    ready = event.sending
                    continue
                case Done(_, outcome):
                    self._settle(job, outcome, notes)
                case Again():
                    self._jobs.appendleft(job)
                case Unusable(_, words):
                    self._jobs.appendleft(job)
                    self._refuses(str(unusable(self._server, words)))
            del self._under_way[event.sending]
        if ready is None:
            if notes:
                self._journal.note(notes)
            if line.talk.idle:
                self._offer_next(line)
            return
        job = self._under_way[ready]
        following = self._next_job() if line.talk.pipelining else None
        self._journal.note([*notes, marks.start(job.lease.window, job.due.id)])
        # Looked at after the start is on record: whoever finds no start there after the lease may send the letter.
        if self._now() < job.lease.until:
            line.talk.body()
            if following:
                self._offer(line, following)
            return
        if following:
            self._jobs.appendleft(following)
        notes = []
        self._settle(self._under_way.pop(ready), NotStarted("the lease was over"), notes)
        self._journal.note(notes)
        line.broken("the lease was over")  # it waits for a body, and nothing but an end to it all says there is none

    def _offer_next(self, line: Connection) -> None:
        if job := self._next_job():
            self._offer(line, job)

    def _offer(self, line: Connection, job: _Job) -> None:
        """Say the commands of a letter; one that this server can never take has its outcome at once."""
        following: _Job | None = job
        while following:
            assert following.parcel is not None
            sending, refused = line.talk.offer(following.parcel)
            if refused is None:
                self._under_way[sending] = following
                return
            notes: list[str] = []
            self._settle(following, refused, notes)
            self._journal.note(notes)
            following = self._next_job()

    def _next_job(self) -> _Job | None:
        """The next letter that may be offered, ready to go."""
        while self._jobs and not self._stopping:
            job = self._jobs[0]
            if self._now() >= job.lease.until:
                self._end(self._jobs.popleft(), NotStarted("the lease was over"))
                continue
            # Made before it is taken out, so that one that cannot be made is not lost.
            job.parcel = job.parcel or self._parcel(job.due)
            return self._jobs.popleft()
        return None

    def _settle(self, job: _Job, outcome: Outcome, notes: list[str]) -> None:
        at = self._end(job, outcome)
        notes.append(marks.end(job.lease.window, job.due.id, outcome, at))

    def _end(self, job: _Job, outcome: Outcome) -> datetime:
        at = self._now()
        due = job.due
        self._done.append(Settled(due.id, due.attempts, due.first, outcome, at))
        return at

    def _give_back(self) -> None:
        while self._jobs:
            self._end(self._jobs.popleft(), NotStarted())

    def _refuses(self, words: str) -> None:
        """The server wants one connection fewer, or none."""
        self._words = words
        self._allowed -= 1
        self._refused_at = time.monotonic()

    def _open_more(self, left: int) -> None:
        """Connect where more connections are allowed than there are, and letters for them."""
        wanted = min(self._allowed, left if self._jobs else 0)
        while not self._stopping and len(self._lines) + len(self._opening) < wanted:
            opened = self._openers.submit(Connection, self._server)
            self._opening.append(opened)
            opened.add_done_callback(lambda _: self._knob.send(b"."))

    def _take_opened(self) -> None:
        for opened in [one for one in self._opening if one.done()]:
            self._opening.remove(opened)
            try:
                line = opened.result()
            except TransportError as error:
                self._refuses(str(error))
                continue
            self._lines[line.fileno()] = line
            self._attend(line, [])

    def _number(self, line: Connection) -> int:
        """The number a connection had that is closed."""
        return next((number for number, one in self._lines.items() if one is line), -1)
