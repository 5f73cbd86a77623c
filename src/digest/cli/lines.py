"""Reads JSON lines and answers them one by one; a bad line is named, and the others go on."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from digest.errors import InputError

T = TypeVar("T")
# Half of a character that was cut in two; it has no place in any text, and one code point stands in for it.
_HALF = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Line:
    """One JSON object of the input. Its readers raise InputError for a value of the wrong kind."""

    values: dict[str, Any]

    @property
    def id(self) -> Any:
        """The id exactly as it was given."""
        if self.values.get("id") in (None, "") or isinstance(self.values["id"], dict | list):
            raise InputError('"id" is missing: give every line a name or a number of its own')
        return self.values["id"]

    def has(self, key: str) -> bool:
        """Whether the line says something under `key`."""
        return self.values.get(key) is not None

    def text(self, key: str, *, needed: bool = False) -> str:
        """A text; "" when it is absent and not needed."""
        value = self.values.get(key)
        if value is None and not needed:
            return ""
        if not isinstance(value, str):
            raise InputError(f'"{key}" is missing' if value is None else f'"{key}" is not text')
        return _HALF.sub("\ufffd", value)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; one text alone is a list of one."""
        value = self.values.get(key)
        items = [] if value is None else [value] if isinstance(value, str) else value
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise InputError(f'"{key}" is not a list of texts')
        return tuple(_HALF.sub("\ufffd", item) for item in items)

    def number(self, key: str, default: float) -> float:
        """A number that is not negative."""
        value = self.values.get(key, default)
        value = default if value is None else value
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e12:
            raise InputError(f'"{key}" is not a number from 0')
        return float(value)

    def one_of(self, key: str, known: Mapping[str, T], default: str) -> T:
        """What one of some words means."""
        value = self.text(key) or default
        if value not in known:
            raise InputError(f'"{key}" is none of {", ".join(known)}')
        return known[value]

    def instant(self, key: str) -> datetime:
        """An instant, UTC unless it says otherwise."""
        text = self.text(key, needed=True)
        try:
            return instant(text, UTC)
        except ValueError as error:
            raise InputError(f'"{key}": {error}') from error


def instant(text: str, zone: tzinfo) -> datetime:
    """Read a time in ISO 8601, in `zone` unless it says otherwise; the answer is in UTC.

    Raises:
        ValueError: it is no time.
    """
    try:
        when = datetime.fromisoformat(text.strip())
        return (when if when.tzinfo else when.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f'"{text[:60]}" is not a time; write it as in 2026-11-24T07:00:00Z') from None


@dataclass(slots=True)
class Lines:
    """The lines of a file, or of standard input.

    Attributes:
        file: the file; None for standard input.
        bad: how many lines could not be answered.
    """

    file: Path | None
    bad: int = 0
    _seen: dict[str, int] = field(default_factory=dict)

    def answer(self, make: Callable[[Line], dict[str, Any]]) -> None:
        """Answer each line before the next is read, so that memory stays flat."""
        for number, line in self._read():
            with self._named(number):
                put({"id": line.id, **make(line)})

    def collect(self, make: Callable[[str, Line], Any]) -> list[tuple[Any, Any]]:
        """Read all lines: the id as given, and what `make` makes of a line under its id as text.

        An id that comes twice is a mistake, because answers could not be told apart.
        """
        found: list[tuple[Any, Any]] = []
        for number, line in self._read():
            with self._named(number):
                name = line.id if isinstance(line.id, str) else json.dumps(line.id)
                if self._seen.setdefault(name, number) != number:
                    raise InputError(f'"id" {name} stands on line {self._seen[name]} already')
                found.append((line.id, make(name, line)))
        return found

    def finish(self) -> None:
        """Leave with status 1 if a line was bad."""
        if self.bad:
            sys.exit(1)

    def _read(self) -> Iterator[tuple[int, Line]]:
        with self._opened() as stream:
            for number, raw in enumerate(stream, start=1):
                if raw.strip():
                    with self._named(number):
                        yield number, _line(raw)

    @contextmanager
    def _opened(self) -> Iterator[BinaryIO]:
        if self.file is None or str(self.file) == "-":
            yield sys.stdin.buffer
            return
        with self.file.open("rb") as stream:
            yield stream

    @contextmanager
    def _named(self, number: int) -> Iterator[None]:
        try:
            yield
        except InputError as error:
            self.bad += 1
            name = "standard input" if self.file is None or str(self.file) == "-" else self.file
            print(f"digest: {name}:{number}: {error}", file=sys.stderr)


def put(answer: dict[str, Any]) -> None:
    """Write one answer; it is on its way before the next line is read."""
    # A half character in an id can only be written as JSON escapes it, which is also how Python does.
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n")
    sys.stdout.buffer.flush()


def _line(raw: bytes) -> Line:
    try:
        values = json.loads(raw.decode("utf-8-sig"), parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8 at byte {error.start}") from error
    except RecursionError:
        raise InputError("nested too deeply") from None
    except ValueError as error:
        raise InputError(f"not JSON: {error}") from error
    if not isinstance(values, dict):
        raise InputError("not a JSON object: write {...}, one on each line")
    return Line(values)


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number in JSON")
