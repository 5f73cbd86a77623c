"""Who is alive: each worker holds a file lock that the kernel frees when it dies, however it dies."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def node(var: Path) -> str:
    """The random name of this data folder, made at need: only its own workers can be judged by their locks."""
    folder = var / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "node"
    if not file.exists():
        fresh = folder / f"node.{secrets.token_hex(8)}"
        fresh.write_text(secrets.token_hex(6), encoding="ascii")
        try:
            os.link(fresh, file)  # unlike a rename, this never replaces the one another process made meanwhile
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return file.read_text(encoding="ascii")


@contextmanager
def worker(var: Path) -> Iterator[str]:
    """Hold a lock of one's own; yields the worker's name, by which others can tell whether it lives."""
    name = f"{os.getpid()}-{secrets.token_hex(6)}"
    path = var / "locks" / f"{name}.lock"
    home = node(var)
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield f"{home}/{name}"
    finally:
        path.unlink(missing_ok=True)
        os.close(file)


def is_ours(var: Path, name: str) -> bool:
    """Whether a worker belongs to this data folder, so that its lock and its journal are here."""
    return name.partition("/")[0] == node(var)


@contextmanager
def if_dead(var: Path, name: str) -> Iterator[bool]:
    """Yield whether a worker is dead for certain; its lock is held meanwhile, so that one alone cleans up after it."""
    if not is_ours(var, name):
        yield False
        return
    path = var / "locks" / f"{name.partition('/')[2]}.lock"
    try:
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        # The lock file is made before a worker's first window and goes with the worker.
        yield True
        return
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
        path.unlink(missing_ok=True)
    finally:
        os.close(file)
