"""Keeps many fetches in line: few at once to a host, some in all, and no clock running while answers are used."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Generic, TypeVar

Host = tuple[str, int]
"""A host's name and port."""

A = TypeVar("A")


class Line:
    """The places a fetch must hold before it may connect, and the clocks of those that hold one."""

    def __init__(self, *, per_host: int, at_once: int) -> None:
        self._per_host = per_host
        self._all = asyncio.Semaphore(at_once)
        self._hosts: dict[Host, asyncio.Semaphore] = {}
        self._wanted: Counter[Host] = Counter()
        self._clocks: set[asyncio.Timeout] = set()

    @asynccontextmanager
    async def place(self, host: Host) -> AsyncIterator[None]:
        """Hold a place at a host and one in all. Nothing else may be waited for in line while holding it."""
        self._wanted[host] += 1
        try:
            async with self._hosts.setdefault(host, asyncio.Semaphore(self._per_host)), self._all:
                yield
        finally:
            self._wanted[host] -= 1
            if not self._wanted[host]:
                del self._wanted[host], self._hosts[host]

    def others(self, host: Host) -> bool:
        """Say whether more fetches want this host than can have it: then its connection is worth keeping."""
        return self._wanted[host] > self._per_host

    @asynccontextmanager
    async def clock(self, seconds: float) -> AsyncIterator[None]:
        """Allow the block this many seconds, pauses not counted.

        Raises:
            TimeoutError: the block took longer.
        """
        async with asyncio.timeout(seconds) as clock:
            self._clocks.add(clock)
            try:
                yield
            finally:
                self._clocks.discard(clock)

    def give_back(self, seconds: float) -> None:
        """Set every running clock back by the seconds in which the loop stood still."""
        for clock in self._clocks:
            due = clock.when()
            if due is not None and not clock.expired():
                clock.reschedule(due + seconds)


class Crew(Generic[A]):
    """Works that run at once in an event loop, whose results are used outside it."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._tasks: set[asyncio.Task[A]] = set()
        self._done: list[asyncio.Task[A]] = []
        self._news = asyncio.Event()

    def begin(self, work: Awaitable[A]) -> None:
        """Start one work."""
        task = asyncio.ensure_future(work)
        task.add_done_callback(self._finished)
        self._tasks.add(task)

    def _finished(self, task: asyncio.Task[A]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            self._done.append(task)
            self._news.set()

    async def next_results(self, paused: float) -> list[A]:
        """Wait for the next results; empty when there are no more.

        Args:
            paused: seconds since the last call in which the loop stood still.
        """
        self._line.give_back(paused)
        if self._tasks and not self._done:
            await self._news.wait()
        self._news.clear()
        done, self._done = self._done, []
        return [task.result() for task in done]

    async def end(self) -> None:
        """Stop what is still running."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def run(
    open_crew: Callable[[Line, AsyncExitStack], Awaitable[Sequence[Awaitable[A]]]],
    on_done: Callable[[A], None],
    *,
    per_host: int,
    at_once: int,
) -> None:
    """Run works in an event loop of our own, and hand each result over with the loop standing still.

    Args:
        open_crew: gives the works, and enters what they share into the stack.
        on_done: uses one result, in the caller's thread, outside any event loop.
        per_host: places at one host.
        at_once: places in all.
    """

    async def begin(shared: AsyncExitStack) -> Crew[A]:
        # Name look-ups block a thread each; a few dead names must not hold up the rest.
        pool = ThreadPoolExecutor(max_workers=at_once, thread_name_prefix="look-up")
        asyncio.get_running_loop().set_default_executor(pool)
        line = Line(per_host=per_host, at_once=at_once)
        crew: Crew[A] = Crew(line)
        shared.push_async_callback(crew.end)
        for work in await open_crew(line, shared):
            crew.begin(work)
        return crew

    with asyncio.Runner() as runner:
        shared = AsyncExitStack()
        try:
            crew = runner.run(begin(shared))
            paused = 0.0
            while results := runner.run(crew.next_results(paused)):
                began = time.monotonic()
                for result in results:
                    on_done(result)
                paused = time.monotonic() - began
        finally:
            runner.run(shared.aclose())
