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
    home = node(var)
    while True:
        name = f"{os.getpid()}-{secrets.token_hex(6)}"
        path = _file(var, name)
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        # Between making the file and locking it, somebody who tidies may have taken it for a dead worker's.
        if _taken(file) and path.exists():
            break
        os.close(file)
    try:
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


def _file(var: Path, name: str) -> Path:
    return var / "locks" / f"{name}.lock"


def _taken(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
