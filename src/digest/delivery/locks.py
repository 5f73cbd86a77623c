"""Who is alive: each worker holds locks that are freed when it dies, however it dies.

On its own machine a file lock, which the kernel frees; for other machines an advisory lock of PostgreSQL, which goes
with the worker's session. The file lock decides where both can be asked: a session may break while its worker lives.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from django.db import DatabaseError, InterfaceError, connection

from digest.store.once import made_once

BACK = timedelta(seconds=30)
"""How long after its start a server's locks say nothing: living workers must take theirs again first."""


def node(var: Path) -> str:
    """The name of this data folder, made at need: only its own workers can be judged by their file locks.

    A copy of the folder has another name, though all that is in it is the same: the locks and journals that came with
    it are of workers elsewhere, which may be alive and have written more since.
    """
    file = var / "locks" / "node"
    word = made_once(file, lambda: secrets.token_hex(6))
    return hashlib.sha256(f"{word} {file.stat().st_ino}".encode()).hexdigest()[:12]


@contextmanager
def worker(var: Path) -> Iterator[str]:
    """Hold locks of one's own; yields the worker's name, by which others can tell whether it lives.

    The session's lock belongs to the database connection of the calling thread: see `holds`.
    """
    home = node(var)
    while True:
        name = f"{os.getpid()}-{secrets.token_hex(6)}"
        path = _file(var, name)
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        # Between making the file and locking it, somebody who tidies may have taken it for a dead worker's.
        if _taken(file) and path.exists():
            break
        os.close(file)
    full = f"{home}/{name}"
    try:
        _ask("SELECT pg_advisory_lock(%s, %s)", full)
        yield full
    finally:
        # A session that is gone has freed it already.
        with suppress(DatabaseError, InterfaceError):
            if holds(full):
                _ask("SELECT pg_advisory_unlock(%s, %s)", full)
        path.unlink(missing_ok=True)
        os.close(file)


def holds(name: str) -> bool:
    """Whether this thread's session still holds a worker's lock; true where there are no sessions.

    Raises:
        DatabaseError: the session is broken, and the lock with it.
    """
    return bool(
        _ask(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted "
            "AND classid = %s::bigint & 4294967295 AND objid = %s::bigint & 4294967295 AND objsubid = 2",
            name,
        )
    )


def is_ours(var: Path, name: str) -> bool:
    """Whether a worker belongs to this data folder, so that its file lock and its journal are here."""
    return name.partition("/")[0] == node(var)


@contextmanager
def if_dead(var: Path, name: str) -> Iterator[bool]:
    """Yield whether a worker is dead; its lock is held meanwhile, so that one alone cleans up after it.

    One of this data folder is dead for certain. One of another machine has lost its session, and begins nothing more
    once it notices; letters it has under way may still arrive.
    """
    if not is_ours(var, name):
        with _if_left(name) as left:
            yield left
        return
    path = _file(var, name.partition("/")[2])
    try:
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        # The lock file is made before a worker's first window and goes with the worker.
        yield True
        return
    try:
        if _taken(file):
            yield True
            path.unlink(missing_ok=True)
        else:
            yield False
    finally:
        os.close(file)


def known(var: Path) -> list[str]:
    """The names of the workers whose lock or journal is still here."""
    files = [*(var / "locks").glob("*.lock"), *(var / "journal").glob("*.log")]
    return [f"{node(var)}/{name}" for name in sorted({file.stem for file in files})]


@contextmanager
def _if_left(name: str) -> Iterator[bool]:
    """Yield whether no session holds the lock of a worker elsewhere; on SQLite there is no elsewhere."""
    if connection.vendor != "postgresql":
        yield False
        return
    with connection.cursor() as cursor:
        steady = "SELECT now() - pg_postmaster_start_time() > make_interval(secs => %s)"
        cursor.execute(steady, [BACK.total_seconds()])
        (stands,) = cursor.fetchone()
    if not stands or not _ask("SELECT pg_try_advisory_lock(%s, %s)", name):
        yield False
        return
    try:
        yield True
    finally:
        _ask("SELECT pg_advisory_unlock(%s, %s)", name)


def _ask(sql: str, name: str) -> object:
    """What PostgreSQL says about a worker's lock; true on any other database."""
    if connection.vendor != "postgresql":
        return True
    digest = hashlib.sha256(name.encode("utf-8")).digest()
    keys = [int.from_bytes(digest[at : at + 4], "big", signed=True) for at in (0, 4)]
    with connection.cursor() as cursor:
        cursor.execute(sql, keys)
        row = cursor.fetchone()
    assert row is not None
    answer: object = row[0]
    return answer


def _file(var: Path, name: str) -> Path:
    return var / "locks" / f"{name}.lock"


def _taken(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
