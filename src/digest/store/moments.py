"""Transactions and locks that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

import fcntl
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, models


@contextmanager
def one_at_a_time(name: str) -> Iterator[None]:
    """Hold a named lock that the database's server, or on SQLite the kernel, frees when its holder dies.

    Outside a transaction, so that whoever holds it may work for seconds without holding up writers.
    """
    if connection.vendor == "postgresql":
        key = zlib.crc32(name.encode()) - 2**31
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [key])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
        return
    folder = settings.VAR / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def write_alone(model: type[models.Model]) -> None:
    """Let nobody else write to a table until this transaction ends; others read on, and their writes wait.

    So what was read of it stays true. On SQLite any transaction is alone with its writes (`IMMEDIATE`).
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # https://www.postgresql.org/docs/current/explicit-locking.html: conflicts with every write and with itself.
            cursor.execute(f"LOCK TABLE {model._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")
