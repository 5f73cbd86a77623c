"""Puts many rows of a backup into a table as fast as each database can: COPY, or one prepared statement."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, models

_PLAIN = (str, int, float, bool)


class Table:
    """One table of the store, and how its columns are read from JSON.

    Args:
        model: the table's.
        fields: its columns, in the order of the rows that come.
    """

    def __init__(self, model: type[models.Model], fields: Sequence[models.Field[Any, Any]]) -> None:
        quote = connection.ops.quote_name
        columns = ", ".join(quote(str(field.column)) for field in fields)
        self._into = f"{quote(model._meta.db_table)} ({columns})"
        self._values = ", ".join(["%s"] * len(fields))
        self._read = [_reader(field) for field in fields]

    def put(self, rows: Iterable[Sequence[Any]]) -> None:
        """Insert rows as JSON has them.

        Raises:
            ValueError: a value is none that its column can hold, or a row is too short or too long.
            IntegrityError: a row contradicts another.
        """
        made = [[read(value) for read, value in zip(self._read, row, strict=True)] for row in rows]
        with connection.wrap_database_errors, connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {self._into} FROM STDIN") as copy:
                    for row in made:
                        copy.write_row(row)
            else:
                cursor.executemany(f"INSERT INTO {self._into} VALUES ({self._values})", made)  # noqa: S608 - our names


def _reader(field: models.Field[Any, Any]) -> Callable[[Any], Any]:
    """What makes a column's value of a JSON value; null is null in all of them."""
    ops = connection.ops
    made: Callable[[Any], Any]
    if isinstance(field, models.DateTimeField):
        made = lambda value: ops.adapt_datetimefield_value(datetime.fromisoformat(value))  # noqa: E731
    elif isinstance(field, models.DateField):
        made = lambda value: ops.adapt_datefield_value(date.fromisoformat(value))  # noqa: E731
    elif isinstance(field, models.DecimalField):
        digits, places = field.max_digits, field.decimal_places
        made = lambda value: ops.adapt_decimalfield_value(Decimal(value), digits, places)  # noqa: E731
    elif isinstance(field, models.BinaryField):
        made = base64.b64decode
    elif isinstance(field, models.JSONField):
        made = json.dumps
    else:
        made = _plain
    return lambda value: None if value is None else made(value)


def _plain(value: Any) -> Any:
    if not isinstance(value, _PLAIN):
        raise ValueError(f"{str(value)[:40]} is no value of a column")
    return value
