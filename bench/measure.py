"""What all measurements share: several runs, their median, a home to work in, and one way to say the result."""

from __future__ import annotations

import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

RUNS = int(os.environ.get("RUNS", "3"))


def seconds(work: Callable[[], object]) -> float:
    """How long `work` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def processor_seconds() -> float:
    """What this process and its children that have ended have used of processors so far."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


@contextmanager
def home(config: str, *, database: str = "") -> Iterator[Path]:
    """A home with this `digest.toml`, in use by this process, and with an empty database.

    Args:
        config: the text of config/digest.toml.
        database: the address of a PostgreSQL; empty for SQLite in the home.
    """
    with TemporaryDirectory(prefix="digest-bench-") as folder:
        place = Path(folder)
        (place / "config").mkdir()
        (place / "var").mkdir()
        (place / "config" / "digest.toml").write_text(config)
        (place / "var" / "secret.key").write_text("a-key-for-measuring-only-0123456789abcdef0123456789")
        os.environ["DIGEST_HOME"] = folder
        if database:
            os.environ["DIGEST_DATABASE_URL"] = database
        from digest.site import setup

        setup(place)
        from django.core.management import call_command
        from django.db import connections

        call_command("migrate", verbosity=0)
        yield place
        connections.close_all()


def say(name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Print the rows as a table, and each as a line of JSON with the measurement's name."""
    columns = list(rows[0])
    cells = [columns, *([_cell(row[column]) for column in columns] for row in rows)]
    widths = [max(len(line[at]) for line in cells) for at in range(len(columns))]
    print(f"\n{name}")
    for line in cells:
        print("  " + "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())
    for row in rows:
        print(json.dumps({"measurement": name, **row}))
    sys.stdout.flush()


def _cell(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
