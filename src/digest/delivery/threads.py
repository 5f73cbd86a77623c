"""Ways that block, such as into a folder: a thread each, fed from one queue, every step in the journal first."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from digest.delivery.engine import POLL, Lease
from digest.delivery.journal import Journal
from digest.delivery.ledger import Due, Settled
from digest.delivery.outcomes import Line, NotStarted, Outcome, Parcel, Transport
from digest.errors import TransportError


@dataclass(frozen=True, slots=True)
class _Job:
    lease: Lease
    due: Due


@dataclass(frozen=True, slots=True)
class _Gone:
    """A thread has ended."""

    number: int


class Threads:
    """Opens ways as they are needed and keeps them from window to window; see `digest.delivery.lines.Lines`.

    Args:
        transport: where letters go.
        connections: how many threads at most.
        journal: where each start and reply is written.
        parcel: makes the letter of one reader; called in the threads.
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
        self._transport = transport
        self._journal = journal
        self._parcel = parcel
        self._now = now
        self._most = connections
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._results: queue.SimpleQueue[Settled | _Gone] = queue.SimpleQueue()
        self._pool = ThreadPoolExecutor(connections, thread_name_prefix="line")
        self._threads: dict[int, Future[None]] = {}
        self._started = 0
        self._stopping = False
        self._words = ""
        self.broken = ""
        """Why nothing more can be handed over; empty while a connection works."""

    def close(self) -> None:
        """See `Engine.close`."""
        self.stop()
        for _ in self._threads:
            self._jobs.put(None)
        self._pool.shutdown(wait=True)

    def stop(self) -> None:
        """Offer nothing more: letters under way finish, the rest of the window is `NotStarted`."""
        self._stopping = True

    def send(self, lease: Lease, letters: Iterable[Due], watch: Callable[[], None]) -> list[Settled]:
        """See `Lines.send`."""
        waiting = {due.id: due for due in letters}
        for due in waiting.values():
            self._jobs.put(_Job(lease, due))
        while len(self._threads) < min(self._most, len(waiting)):
            self._started += 1
            self._threads[self._started] = self._pool.submit(self._work, self._started)
        done: list[Settled] = []
        while waiting:
            try:
                result = self._results.get(timeout=POLL)
            except queue.Empty:
                watch()
                continue
            if isinstance(result, Settled):
                del waiting[result.id]
                done.append(result)
            else:
                # Its error comes out here, unless it was the transport's, which has left its words.
                self._threads.pop(result.number).result()
                if not self._threads:
                    return done + self._abandoned(waiting)
            watch()
        return done

    def _abandoned(self, waiting: dict[int, Due]) -> list[Settled]:
        """What no connection is left for."""
        self.broken = self._words
        while not self._jobs.empty():
            self._jobs.get()
        at = self._now()
        return [Settled(due.id, due.attempts, due.first, NotStarted(), at) for due in waiting.values()]

    def _work(self, number: int) -> None:
        """What a thread does: opens a connection at its first letter, and ends when it cannot be used."""
        line: Line | None = None
        job: _Job | None = None
        try:
            while (job := self._jobs.get()) is not None:
                line = line or self._transport.open()
                self._results.put(self._deliver(line, job))
        except TransportError as error:
            self._words = str(error)
            if job is not None:
                self._jobs.put(job)
        finally:
            if line is not None:
                line.close()
            self._results.put(_Gone(number))

    def _deliver(self, line: Line, job: _Job) -> Settled:
        due, window = job.due, job.lease.window
        outcome: Outcome
        if self._stopping:
            return Settled(due.id, due.attempts, due.first, NotStarted(), self._now())
        parcel = self._parcel(due)
        self._journal.started(window, due.id)
        # Looked at after the start is on record: whoever finds no start there after the lease may send the letter.
        if self._now() >= job.lease.until:
            outcome = NotStarted("the lease was over")
        else:
            try:
                outcome = line.deliver(parcel)
            except TransportError:
                self._journal.ended(window, due.id, NotStarted(), self._now())
                raise
        at = self._now()
        self._journal.ended(window, due.id, outcome, at)
        return Settled(due.id, due.attempts, due.first, outcome, at)
