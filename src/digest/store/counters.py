"""Where each table's numbers stand, and from where a restored copy goes on: beyond all that its original gave out.

Numbers leave the house: a letter's in its return address, envelope id and Message-ID, a story's in its link. What comes
back of one that was sent after the backup must not meet another one of the same number here.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, models

LEAP = 1_000_000
"""Numbers that are passed over at least."""

A_SECOND = 100_000
"""More numbers than a database gives out in a second: entering a million readers takes half a minute. So the leap grows
faster than its original, and than an earlier copy of the same backup, could follow; a year's is 3 of 9,000,000 parts of
what a 64-bit column holds."""


def issued(model: type[models.Model]) -> int:
    """The last number that a table gave out, though its row be gone; 0 where there was none, or it has no numbers."""
    if not _numbered(model):
        return 0
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", _place(model))
            cursor.execute(f"SELECT last_value FROM {cursor.fetchone()[0]} WHERE is_called")  # noqa: S608 - its own name
        else:
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def beyond(last: int, *, made_at: datetime, now: datetime) -> int:
    """The number after which a copy goes on.

    Args:
        last: the last one that the backup knows of.
        made_at: when the backup was made (aware).
        now: when it is restored (aware).
    """
    age = abs((now - made_at).total_seconds())  # a clock that is wrong is no reason to begin again
    return last + LEAP + int(age * A_SECOND)


def go_on(model: type[models.Model], *, after: int) -> None:
    """Let a table's next number be the one after this; nothing where it has none."""
    if not _numbered(model):
        return
    table, _ = place = _place(model)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [*place, after])
        else:
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, after])


def _numbered(model: type[models.Model]) -> bool:
    return isinstance(model._meta.pk, models.AutoField)


def _place(model: type[models.Model]) -> tuple[str, str]:
    assert model._meta.pk is not None
    return model._meta.db_table, str(model._meta.pk.column)
