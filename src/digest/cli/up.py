"""Runs the whole product on one machine: starts its parts, starts them again when they fall, and stops them."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from digest.errors import UsageError

GRACE = 20.0
"""Seconds a part has to end after SIGTERM; then it is killed, which loses nothing."""
LONGEST_PAUSE = 60.0
LOOK = 30.0
"""Seconds between looks at whether the database is still of this version."""
STEADY = 60.0
"""A part that ran so many seconds starts again without a pause."""


@dataclass(slots=True)
class Part:
    """One child process: its name, its command, and how often it fell lately."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    falls: int = 0
    due: float = field(default=0.0)

    def start(self, at: float) -> None:
        """Start it in a process group of its own, so that Ctrl-C reaches the supervisor alone."""
        self.process = subprocess.Popen(  # noqa: S603 - our own program
            self.command,
            start_new_session=True,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - one thread, one call
        )
        self.started = at

    def look(self, at: float, say: Callable[[str], None]) -> None:
        """Start it when it is due; note when it fell and how long it shall wait."""
        if self.process is None:
            if at >= self.due:
                self.start(at)
            return
        code = self.process.poll()
        if code is None:
            return
        # A part killed outright cannot end its own workers; one left behind would go on answering at the port.
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        self.falls = 0 if at - self.started >= STEADY else self.falls + 1
        wait = pause(self.falls)
        self.process, self.due = None, at + wait
        say(f"{self.name} ended with {code}; it starts again in {wait:.0f} s")


def _end_with_parent() -> None:
    """Ask the kernel for a SIGTERM when the supervisor dies, so that no part is left behind holding the port."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG, prctl(2)


def pause(falls: int) -> float:
    """Seconds to wait after so many falls in a row: 0, 1, 2, 4 and so on to a minute."""
    return 0.0 if falls == 0 else min(2.0 ** (falls - 1), LONGEST_PAUSE)


def supervise(home: Path, *, port: int, host: str, options: Sequence[str] = ()) -> int:
    """Print the address, run the parts until SIGTERM or SIGINT, and start again whichever falls.

    Args:
        home: the home; Django is set up for it already.
        port: where the web answers.
        host: on which address.
        options: what each of them is told beside its home, such as "-v".

    Returns:
        0 when all parts ended by themselves after being told to, 1 when one had to be killed.

    Raises:
        UsageError: nobody can listen there, or somebody does.
    """
    see_that_it_is_free(host, port)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    running = [Part(name, command(home, name, host, port, options)) for name in parts()]
    print("\n".join(greeting(host, port)), flush=True)
    while not stop.is_set():
        for part in running:
            part.look(time.monotonic(), say=lambda words: print(f"digest: {words}", file=sys.stderr, flush=True))
        stop.wait(0.5)
    return end([part.process for part in running if part.process is not None])


def see_that_it_is_free(host: str, port: int) -> None:
    """Find out whether the web could listen at an address.

    The web server shares its port with whoever asks (SO_REUSEPORT), so that two newsrooms would answer by turns.

    Raises:
        UsageError: somebody listens there, or nobody may.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        says = f"nothing can listen at {host}, port {port}: {(error.strerror or str(error)).lower()}"
        raise UsageError(f"{says}; name another with --port or --host") from error


def parts() -> tuple[str, ...]:
    """What runs: on PostgreSQL a worker too, which does what the clock finds due; more may run on other machines."""
    from digest import queue

    return ("web", "clock", "worker") if queue.stands() else ("web", "clock")


def command(home: Path, name: str, host: str, port: int, options: Sequence[str] = ()) -> list[str]:
    """The command line of a part, run by this same interpreter."""
    line = [sys.executable, "-m", "digest", "--home", str(home), *options, name]
    return [*line, "--host", host, "--port", str(port)] if name == "web" else line


def end(processes: Sequence[subprocess.Popen[bytes]]) -> int:
    """Tell all to end, wait, and kill what does not; 1 when one had to be killed."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    until = time.monotonic() + GRACE
    killed = 0
    for process in processes:
        try:
            process.wait(timeout=max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            # With its own children: a part that hangs may hold workers.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            killed = 1
    return killed


def greeting(host: str, port: int) -> list[str]:
    """Where the studio is, and a link that signs in once where nobody ever has."""
    from django.conf import settings

    from digest.clock.now import now
    from digest.store.people import User
    from digest.studio import links

    here = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}"  # noqa: S104 - compared, not bound
    public = settings.CONFIG.site.address
    doors = [public, here] if public.startswith("https://") else [here]
    lines = [f"The studio: {' or '.join(f'{door}/studio/' for door in doors)}"]
    if not User.objects.filter(last_login__isnull=False).exists():
        path = links.by_shell(settings.CONFIG, "", now=now())
        lines += [f"Sign in, once, within {links.MINUTES} minutes:", *(f"  {door}{path}" for door in doors)]
    return [*lines, "Ctrl-C ends it."]


def serve(host: str, port: int) -> None:
    """Serve the web's part until SIGTERM or SIGINT: one worker process with threads.

    Args:
        host: an address of this machine.
        port: a free port.

    Raises:
        UsageError: the database is of another version now.
    """
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    server = Granian(
        "digest.site.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=min(8, 2 * (os.cpu_count() or 1) + 1),
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=int(GRACE / 2),
        log_level=LogLevels.warning,
    )
    over, faults = threading.Event(), list[str]()
    end_here = partial(os.kill, os.getpid(), signal.SIGTERM)
    threading.Thread(target=watch, args=(over, faults, end_here), name="versions", daemon=True).start()
    server.serve()
    over.set()
    if faults:
        raise UsageError(faults[0])


def watch(over: threading.Event, faults: list[str], end_here: Callable[[], None], every: float = LOOK) -> None:
    """End the web's part when somebody has migrated its database, as clock and workers end by themselves.

    Args:
        over: set when there is nothing to end any more.
        faults: takes the reason.
        end_here: ends it.
        every: seconds between looks.
    """
    from django.db import InterfaceError, OperationalError, connection

    from digest.store import schema

    while not over.wait(every):
        with suppress(OperationalError, InterfaceError):  # one that is out of reach is of no version
            faults += filter(None, [schema.problem()])
        connection.close()
        if faults:
            end_here()
            return
