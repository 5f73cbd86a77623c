"""Lets several processes send one edition; spawned, because a forked one would share a database connection.

Nothing here may import the store at its head: a spawned process reads this file before Django is ready.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.connection import Connection, wait
from pathlib import Path

from digest.config.sending import Canary
from digest.delivery.outcomes import Transport
from digest.delivery.pace import Manners
from digest.errors import DigestError

Clock = Callable[[], datetime]
Rest = Callable[[float], None]

_NICE = 10
"""Steps by which a sending process steps back: pages, the database and a mail server on this machine go first."""
_POLL = 1.0
"""Seconds between looks at whether to go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a worker works; pickled to the processes that are spawned. See `digest.delivery.run.send`."""

    transport: Transport
    now: Clock
    var: Path
    window: int
    connections: int
    attempts_for: timedelta
    manners: Manners
    rest: Rest
    canary: Canary | None = None


def share(edition: int, terms: Terms, processes: int, tell: Callable[[int], None], go_on: Callable[[], bool]) -> str:
    """Let several processes send an edition until nothing is due.

    Args:
        edition: its id.
        terms: how each works.
        processes: how many.
        tell: told how many more letters were dealt with.
        go_on: asked now and then; once it says no, they finish what is under way.

    Returns:
        Why they ended before their work was done, or nothing.

    Raises:
        DigestError: what stopped one of them, when the rest have ended.
    """
    context = multiprocessing.get_context("spawn")
    ends: list[Connection] = []
    children = []
    for _ in range(processes):
        ours, theirs = context.Pipe()
        child = context.Process(target=_child, args=(edition, terms, theirs))
        child.start()
        theirs.close()
        children.append(child)
        ends.append(ours)
    stopped = ""
    try:
        while ends:
            if not go_on():
                _tell_to_end(ends)
            for end in wait(ends, timeout=_POLL):
                assert isinstance(end, Connection)
                try:
                    said = end.recv()
                except EOFError:
                    ends.remove(end)
                    continue
                if isinstance(said, DigestError):
                    raise said
                if isinstance(said, int):
                    tell(said)
                else:
                    stopped = said
    finally:
        _tell_to_end(ends)
        for child in children:
            child.join()
    return stopped


def _tell_to_end(ends: list[Connection]) -> None:
    for end in ends:
        try:
            end.send("end")
        except OSError:
            continue  # it has ended by itself


def _child(edition: int, terms: Terms, parent: Connection) -> None:
    """What a spawned process does: work until nothing is due, its parent says so, or its parent is gone."""
    os.nice(_NICE)
    import django

    django.setup()
    from digest.delivery.run import work
    from digest.store.models import Edition

    # What is here now stays: it need not be looked through again and again while letters come and go.
    gc.freeze()
    creator = multiprocessing.parent_process()

    def tell(what: int | str | DigestError) -> None:
        try:
            parent.send(what)
        except OSError:
            return  # nobody listens any more, which `go_on` sees by itself

    def go_on() -> bool:
        return creator is not None and creator.is_alive() and not parent.poll()

    try:
        stopped = work(Edition.objects.get(pk=edition), terms, tell, go_on)
        if stopped:
            tell(stopped)
    except DigestError as error:
        tell(error)
    finally:
        parent.close()
