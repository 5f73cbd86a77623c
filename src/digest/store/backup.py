"""Writes the whole database to one file and reads it back, on either kind of database.

The file is gzip-packed JSON lines: a header, then each table's rows under its name. It is a snapshot: writers go on
meanwhile. Sessions are not in it, nor is this machine's identity file.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import DataError, IntegrityError, connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Value

from digest.errors import InputError, RefusedError, UsageError
from digest.store import counters
from digest.store.install import Install
from digest.store.refill import Table

FORMAT = 1
BATCH = 2000

_DAMAGE = (
    OSError, EOFError, ValueError, TypeError, LookupError, ArithmeticError, RecursionError, zlib.error, IntegrityError,
    DataError,
)  # fmt: skip
"""What reading a file that somebody else wrote, or that was torn, may end with."""

_OURS = "digest_"
"""What the names of all our tables begin with, in every version."""

_PLACED = "placed"
"""The column of articles that speaks of tables which no backup holds: they are made again from the articles."""


def write(file: Path, *, now: datetime, on_table: Callable[[str], None] = lambda _: None) -> int:
    """Write every row to `file`, whole or not at all; returns how many. Nobody else may read it: readers are in it.

    Raises:
        UsageError: its folder is not there, or what is there already is no plain file.
    """
    if not file.absolute().parent.is_dir():
        raise UsageError(f"{file.absolute().parent} is no folder; make it first")
    if file.exists() and not file.is_file():
        raise UsageError(f"{file} is no plain file; nothing was written")
    rows = 0
    # A name of its own, for another may be written at the same time; and with nobody else's right to read it.
    descriptor, name = tempfile.mkstemp(prefix=f"{file.name}.", suffix=".part", dir=file.absolute().parent)
    os.close(descriptor)
    part = Path(name)
    try:
        with _snapshot(), gzip.open(part, "wt", encoding="utf-8", compresslevel=6) as out:
            issued = {model._meta.model_name: counters.issued(model) for model in _tables()}
            out.write(_line({"digest": FORMAT, "schema": _schema(), "made_at": now, "issued": issued}))
            for model in _tables():
                on_table(model._meta.db_table)
                fields = [field.attname for field in model._meta.concrete_fields]
                out.write(_line({"table": model._meta.model_name, "fields": fields}))
                kept = [Value(value=False) if name == _PLACED else name for name in fields]
                for row in model._default_manager.order_by("pk").values_list(*kept).iterator(chunk_size=BATCH):
                    out.write(_line(row))
                    rows += 1
            out.write(_line({"end": rows}))
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    return rows


def read(file: Path, *, now: datetime, then: Callable[[], None] = lambda: None) -> int:
    """Read a backup into an empty database, whole or not at all; returns how many rows.

    New rows get numbers that the original, which went on after the backup, cannot have given out (`counters.py`).

    Args:
        file: the backup.
        now: aware UTC.
        then: done in the same transaction, once the rows are there.

    Raises:
        RefusedError: the database has rows already.
        InputError: the file is no backup, is cut off, or was made by another version.
    """
    refuse_rows()
    try:
        with transaction.atomic(), gzip.open(file, "rt", encoding="utf-8") as lines:
            rows = _read(lines, file, now)
            then()
            return rows
    except _DAMAGE as error:
        raise InputError(f"{file} is not a whole backup: {error}") from error


def refuse_rows() -> None:
    """Leave a database alone that somebody uses, of whatever version its tables are; changes nothing.

    Raises:
        RefusedError: it has rows already.
    """
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            if not table.startswith(_OURS) or table == Install._meta.db_table:
                continue
            cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {connection.ops.quote_name(table)})")  # noqa: S608 - its name
            if cursor.fetchone()[0]:
                raise RefusedError(f"the database is not empty ({table}); restore into a new one")


def _read(lines: Iterator[str], file: Path, now: datetime) -> int:
    header = _header(json.loads(next(lines, "")), file)
    rows = 0
    table: Table | None = None
    batch: list[list[Any]] = []
    by_name = {model._meta.model_name: model for model in _tables()}
    by_name["install"]._default_manager.all().delete()

    def flush() -> None:
        if table and batch:
            table.put(batch)
            batch.clear()

    for line in lines:
        value = json.loads(line)
        if isinstance(value, list) and table is not None:
            batch.append(value)
            rows += 1
            if len(batch) == BATCH:
                flush()
        elif isinstance(value, dict) and "table" in value:
            flush()
            table = _table(by_name, value)
        elif isinstance(value, dict) and "end" in value:
            flush()
            _go_on(by_name.values(), header, now)
            _count()
            return rows
        else:
            raise ValueError("a line is neither a table, a row nor the end")
    raise InputError(f"{file} is cut off after {rows} rows; nothing was read")


def _table(by_name: Mapping[str | None, type[models.Model]], line: Mapping[str, Any]) -> Table:
    model = by_name.get(line["table"])
    known = {field.attname: field for field in model._meta.concrete_fields} if model else {}
    if model is None or known.keys() != set(line["fields"]):
        raise ValueError(f"{line['table']} is not a table of this version")
    return Table(model, [known[name] for name in line["fields"]])


def _header(header: Any, file: Path) -> Mapping[str, Any]:
    """Refuse what is no backup, and what another version made: its tables may differ."""
    if not isinstance(header, dict) or header.get("digest") != FORMAT:
        raise InputError(f"{file} is not a backup of Digest")
    if header["schema"] != _schema():
        made, here = header["schema"], _schema()
        raise InputError(f"{file} was made at {made} and this is {here}; use that version, then migrate")
    return header


def _tables() -> list[type[models.Model]]:
    """The store's tables, each after those it points to; without those that are made again from the others."""
    todo = [model for model in apps.get_app_config("store").get_models() if not getattr(model, "derived", False)]
    done: list[type[models.Model]] = []
    while todo:
        for model in todo:
            needs = {f.related_model for f in model._meta.concrete_fields if f.is_relation} - {model}
            if not needs & set(todo):
                done.append(model)
                todo.remove(model)
                break
    return done


def _schema() -> str:
    return max(name for app, name in MigrationRecorder(connection).applied_migrations() if app == "store")


@contextmanager
def _snapshot() -> Iterator[None]:
    """One state of the database for the whole of a read, without keeping writers out."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with transaction.atomic():
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                yield
            return
        # Django's own transactions begin by taking SQLite's write lock; a reader must not.
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("COMMIT")


def _go_on(tables: Iterable[type[models.Model]], header: Mapping[str, Any], now: datetime) -> None:
    """Number what comes beyond whatever left the house: by the backup's word, and by what was given out right here."""
    made_at = datetime.fromisoformat(header["made_at"])
    for model in tables:
        last = max(header["issued"][model._meta.model_name], counters.issued(model))
        counters.go_on(model, after=counters.beyond(last, made_at=made_at, now=now))


def _count() -> None:
    """Let the database count its rows: it plans badly over tables that it takes for empty."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in a backup")
