"""Reads sets of samples: JSON lines or one JSON list, gzip or not, a file or a folder of them."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from digest.errors import InputError

_KINDS = (".jsonl", ".jsonl.gz", ".json", ".json.gz")


@dataclass(frozen=True, slots=True)
class Sample:
    """One object of a set, and where it stands, so that a wrong one can be named.

    Attributes:
        values: the object.
        place: file and line.
    """

    values: dict[str, Any]
    place: str

    def text(self, key: str, *, needed: bool = False) -> str:
        """A text; "" when absent.

        Raises:
            InputError: it is needed and absent, or no text.
        """
        value = self.values.get(key)
        if value is None and not needed:
            return ""
        if not isinstance(value, str):
            raise InputError(f'{self.place}: "{key}" is ' + ("missing" if value is None else "not text"))
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, or one text as a list of one; () when absent.

        Raises:
            InputError: it is neither.
        """
        value = self.values.get(key)
        items = [] if value is None else [value] if isinstance(value, str) else value
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise InputError(f'{self.place}: "{key}" is not a list of texts')
        return tuple(items)

    def number(self, key: str) -> float | None:
        """A number, also one written as text; None when absent.

        Raises:
            InputError: it is none.
        """
        value = self.values.get(key)
        if value is None:
            return None
        try:
            found = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else None
        except ValueError:
            found = None
        if found is None or found != found or abs(found) == float("inf"):
            raise InputError(f'{self.place}: "{key}" is not a number')
        return found


def files(path: Path) -> list[Path]:
    """The file, or the sets in a folder in order of their names.

    Raises:
        InputError: there is no such thing, or no set in it.
    """
    if path.is_dir():
        found = sorted(f for f in path.iterdir() if f.is_file() and f.name.endswith(_KINDS))
        if not found:
            raise InputError(f"{path}: no file in it ends in {', '.join(_KINDS)}")
        return found
    if not path.is_file():
        raise InputError(f"{path}: there is no such file")
    return [path]


def name(path: Path) -> str:
    """A set's name in a report: the file's, without its endings."""
    for kind in sorted(_KINDS, key=len, reverse=True):
        if path.name.endswith(kind):
            return path.name.removesuffix(kind)
    return path.name


def content(path: Path) -> bytes:
    """A file's bytes, unpacked where it is gzip.

    Raises:
        InputError: it cannot be read.
    """
    try:
        raw = path.read_bytes()
        return gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path}: {error}") from error


def samples(path: Path) -> Iterator[Sample]:
    """The objects of one file: one on each line, or one list of them.

    Raises:
        InputError: a line is no JSON object; the message names it.
    """
    try:
        text = content(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 at byte {error.start}") from error
    if ".jsonl" not in path.name and text.lstrip()[:1] == "[":
        for at, item in enumerate(_json(text, str(path)), start=1):
            yield _object(item, f"{path}: object {at}")
        return
    # Not splitlines: texts hold line separators that JSON leaves as they are.
    for at, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield _object(_json(line, f"{path}:{at}"), f"{path}:{at}")


def _json(text: str, place: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise InputError(f"{place}: nested too deeply") from None
    except ValueError as error:
        raise InputError(f"{place}: not JSON: {error}") from error


def _object(item: Any, place: str) -> Sample:
    if not isinstance(item, dict):
        raise InputError(f"{place}: not a JSON object")
    return Sample(item, place)
