"""What commands print: words for people, or one JSON object; logs and progress go to standard error."""

from __future__ import annotations

import functools
import getpass
import json
import logging
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from digest.config import Config, Environment
from digest.errors import ConfigError, DigestError

_LOOKED_AT = 500
"""Rows of a long table that decide how wide its columns are."""


@dataclass(slots=True)
class Say:
    """Where a command runs and how it speaks.

    Attributes:
        home: the folder with config/ and var/.
        as_json: one JSON object on standard output, and nothing else.
    """

    home: Path = field(default_factory=Path.cwd)
    as_json: bool = False
    environment: Environment = field(default_factory=Environment)

    @property
    def var(self) -> Path:
        """The folder of data."""
        return self.home / "var"

    def open(self) -> Config:
        """The home's configuration, with Django and the database ready.

        Raises:
            ConfigError: the configuration is wrong, or the database is missing or of another version.
        """
        from digest.cli.ready import ready

        return ready(self)

    def result(self, data: dict[str, Any], words: str | Sequence[str]) -> None:
        """Print the outcome: `data` as JSON, or `words` for people."""
        if self.as_json:
            print(json.dumps(data, ensure_ascii=False, default=str))
        else:
            print(words if isinstance(words, str) else "\n".join(words))

    def stream(self, data: dict[str, Any], key: str, rows: Iterable[Mapping[str, Any]], none: str) -> None:
        """Print very many rows as they come: as JSON the object `data` with the list `key` in it, or as a table.

        Args:
            data: what else is in the object.
            key: the name of the list.
            rows: all with the same fields.
            none: the words for people when there is no row.
        """
        if self.as_json:
            head = json.dumps({**data, key: []}, ensure_ascii=False, default=str)
            sys.stdout.write(head.removesuffix("]}"))
            for at, row in enumerate(rows):
                sys.stdout.write(("," if at else "") + "\n" + json.dumps(row, ensure_ascii=False, default=str))
            print("]}")
            return
        left = iter(rows)
        first = list(islice(left, _LOOKED_AT))
        if not first:
            print(none)
            return
        headings = list(first[0])
        shown = [headings, *([str(value) for value in row.values()] for row in first)]
        widths = [max(len(line[i]) for line in shown) for i in range(len(headings))]
        for line in chain(shown, ([str(value) for value in row.values()] for row in left)):
            print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())

    def error(self, error: DigestError) -> None:
        """Print what went wrong: to standard error, and with --json as the one object too."""
        if self.as_json:
            body: dict[str, Any] = {"error": str(error)}
            if isinstance(error, ConfigError):
                body["problems"] = [
                    {"file": p.file, "line": p.line, "key": p.key, "message": p.message} for p in error.problems
                ]
            print(json.dumps(body, ensure_ascii=False))
        print(f"digest: {error}", file=sys.stderr)

    @contextmanager
    def progress(self, what: str, total: int | None) -> Iterator[Any]:
        """Show progress on standard error while a terminal watches; yields a function to call with a step's size."""
        if not sys.stderr.isatty():
            yield _silent
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(what, total=total)
            yield functools.partial(bar.advance, task)


def _silent(step: int = 1) -> None:
    """Progress that nobody watches."""


def instant(at: datetime | None) -> str | None:
    """An instant as JSON has it, "2026-11-24T06:00:00Z"; None for none."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def clock(at: str | datetime, zone: str) -> str:
    """An instant, also as `instant` gives it, in words: "2026-11-24 07:00", in the newsroom's zone."""
    found = datetime.fromisoformat(at) if isinstance(at, str) else at
    return f"{found.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def counted(number: int, one: str, more: str = "") -> str:
    """A number of things in words: "1 story", "2 stories"; `more` where it is not `one` with an s."""
    return f"{number} {one if number == 1 else more or f'{one}s'}"


def table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """Lines of a plain table, columns as wide as they need."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in [list(headings), *cells]) for i in range(len(headings))]
    padded = ([cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in [list(headings), *cells])
    return ["  ".join(row).rstrip() for row in padded]


def user() -> str:
    """Who is at the shell, as records name them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "the shell"


class _JsonLines(logging.Formatter):
    """One JSON object a line, for machines that collect logs."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        body = {"at": datetime.fromtimestamp(record.created, UTC).isoformat(), "level": record.levelname}
        body |= {"room": record.name, "says": record.getMessage()}
        if record.exc_info:
            body["trace"] = self.formatException(record.exc_info)
        return json.dumps(body, ensure_ascii=False)


def logs(verbose: int, form: str) -> None:
    """Send logs to standard error: warnings always, more with -v."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines() if form == "json" else logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    level = {0: logging.WARNING, 1: logging.INFO}.get(verbose, logging.DEBUG)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("digest").setLevel(level)


@contextmanager
def until_told() -> Iterator[Callable[[], bool]]:
    """Let Ctrl-C or SIGTERM end a run after what is under way; yields a function that says whether to go on.

    A second signal ends it at once, as it would without this.
    """
    told = threading.Event()
    before: dict[int, Any] = {}

    def hear(number: int, _frame: object) -> None:
        told.set()
        signal.signal(number, before[number])

    for number in (signal.SIGTERM, signal.SIGINT):
        before[number] = signal.signal(number, hear)
    try:
        yield lambda: not told.is_set()
    finally:
        for heard, handler in before.items():
            signal.signal(heard, handler)
