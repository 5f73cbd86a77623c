"""Finds the line on which a TOML key stands, because no TOML reader keeps lines."""

from __future__ import annotations

import re

Path = tuple[str | int, ...]

_TABLE = re.compile(r"^\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")


def lines(text: str) -> dict[Path, int]:
    """Map each table and key of a TOML text to its line, from 1.

    Tables in arrays are numbered from 0, as pydantic numbers them in its errors. Lines inside multi-line strings and
    arrays are not keys.
    """
    found: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    closing = ""
    depth = 0
    for number, line in enumerate(text.splitlines(), start=1):
        if closing:
            closing = "" if closing in line else closing
            continue
        if depth > 0:
            depth += _depth(line)
            continue
        header = _TABLE.match(line)
        if header and "=" not in line.split("#", 1)[0]:
            table = _resolve(_parts(header[2]), counts, new_item=header[1] == "[[")
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            found.setdefault((*table, *_parts(key[1])), number)
            value = line[key.end() :]
            closing = _opened(value)
            depth = 0 if closing else _depth(value)
    return found


def nearest(found: dict[Path, int], path: Path) -> int:
    """The line of `path`, or of the nearest part of it that stands in the file; 0 when none does."""
    for end in range(len(path), 0, -1):
        if path[:end] in found:
            return found[path[:end]]
    return 0


def _parts(dotted: str) -> Path:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def _resolve(parts: Path, counts: dict[Path, int], *, new_item: bool) -> Path:
    resolved: Path = ()
    for position, part in enumerate(parts):
        resolved = (*resolved, part)
        last = position == len(parts) - 1
        if last and new_item:
            counts[resolved] = counts.get(resolved, -1) + 1
        if resolved in counts:
            resolved = (*resolved, counts[resolved])
    return resolved


def _opened(value: str) -> str:
    for mark in ('"""', "'''"):
        if value.count(mark) % 2:
            return mark
    return ""


def _depth(line: str) -> int:
    bare = re.sub(r""""(?:\\.|[^"\\])*"|'[^']*'|#.*""", "", line)
    return bare.count("[") + bare.count("{") - bare.count("]") - bare.count("}")
