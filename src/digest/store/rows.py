"""Reads and writes thousands of rows with one statement and no object for any, on either database.

What is asked for travels as one parameter (`listed`, or JSON for `table`): one by one they cost more than the work they
ask for, and SQLite takes only so many. What is written travels as it is (`insert`, `update`), for a text's packed bytes
are no JSON; that is ten times as fast as `bulk_create`, forty as `bulk_update`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Literal

from django.db import connection, models

Kind = Literal["text", "bigint", "jsonb", "timestamptz"]
"""A column's type in PostgreSQL's words; SQLite keeps what JSON says."""

AT_ONCE = 500
"""Rows of one statement; SQLite takes 32,766 values."""


def one_of(column: str, kind: Kind) -> str:
    """SQL that says a column has one of the values of one parameter, which `listed` makes."""
    if connection.vendor == "postgresql":
        # An array is looked up in the index; of a set it may be thought that scanning all rows is less work.
        return f"{column} = ANY(ARRAY(SELECT json_array_elements_text(%s::json)::{kind}))"
    return f"{column} IN (SELECT value FROM json_each(%s))"  # noqa: S608 - a column's name


def listed(given: Sequence[int] | Sequence[str]) -> str:
    """Values as one parameter, for `one_of`."""
    return json.dumps(given)


def table(columns: Mapping[str, Kind]) -> str:
    """SQL for the rows in one parameter, a JSON array of objects, as a table `r` with these columns."""
    if connection.vendor == "postgresql":
        return f"json_to_recordset(%s::json) AS r({', '.join(f'{name} {kind}' for name, kind in columns.items())})"
    read = ", ".join(f"json_extract(value, '$.{name}') AS {name}" for name in columns)
    return f"(SELECT {read} FROM json_each(%s)) AS r"  # noqa: S608 - names of columns


@lru_cache(maxsize=10_000)
def instant(moment: datetime) -> str:
    """A time as both databases read it out of such a parameter; Django's own way takes five times as long."""
    return str(moment.astimezone(UTC).replace(tzinfo=None)) if connection.vendor == "sqlite" else moment.isoformat()


def moment(said: datetime) -> datetime:
    """A time as either database answers a statement written out: SQLite without its zone, which is UTC."""
    return said if said.tzinfo else said.replace(tzinfo=UTC)


def insert(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[int]:
    """Insert rows, passing over those that a constraint refuses; the ids of those inserted, in order.

    Args:
        model: whose table.
        columns: all that have no default in the database.
        rows: a value for each column; instants aware, what a JSON field holds as lists and mappings.
    """
    ids: list[int] = []
    with connection.cursor() as cursor:
        for start in range(0, len(rows), AT_ONCE):
            part = rows[start : start + AT_ONCE]
            places = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * len(part))
            cursor.execute(
                f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) VALUES {places} "  # noqa: S608 - names of our own
                "ON CONFLICT DO NOTHING RETURNING id",
                [_bound(value) for row in part for value in row],
            )
            ids += [pk for (pk,) in cursor.fetchall()]
    return ids


def among(model: type[models.Model], columns: Sequence[str], wanted: Sequence[str]) -> list[tuple[Any, ...]]:
    """Columns of the rows whose first of these columns has one of the wanted values, by id."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(columns)} FROM {model._meta.db_table} "  # noqa: S608 - names of our own
            f"WHERE {one_of(columns[0], 'text')} ORDER BY id",
            [listed(wanted)],
        )
        return list(cursor.fetchall())


def update(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Change rows, each to its own values.

    Args:
        model: whose table.
        columns: those to be written.
        rows: a value for each column, as for `insert`, and last the row's id.
    """
    if rows:
        places = ", ".join(f"{column} = %s" for column in columns)
        sql = f"UPDATE {model._meta.db_table} SET {places} WHERE id = %s"  # noqa: S608 - names of our own
        with connection.cursor() as cursor:
            cursor.executemany(sql, [[_bound(value) for value in row] for row in rows])


def _bound(value: Any) -> Any:
    """A value as both databases take it; asked so often that `isinstance` would tell."""
    kind = type(value)
    if kind is datetime:
        return connection.ops.adapt_datetimefield_value(value)
    return json.dumps(value) if kind is list or kind is dict else value
