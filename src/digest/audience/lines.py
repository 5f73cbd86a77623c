"""Reads the lines of an import file, CSV or JSON, each into its fields or into what is wrong with it. Pure."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from digest.audience.formulas import unguard
from digest.audience.importers import Foreign, Record, recognise
from digest.audience.rows import COLUMNS
from digest.errors import InputError

_LONGEST = 1_000_000
_MOST_LINES = 100
"""Lines of one record: a long note has fewer, and behind a quotation mark that nobody closed stands the whole file."""

_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\ud800-\udfff]")


def records(text: Iterable[str]) -> Iterator[tuple[int, Record | str]]:
    """Each record's first line, by its number, with its fields or with what is wrong with it.

    Args:
        text: lines with their ends, undecodable bytes as lone surrogates. What begins with a brace is JSON lines; else
            it is CSV whose first line names the columns, parted by commas, semicolons or tabs.

    Raises:
        InputError: it is no text, or the first line of a CSV names no e-mail column, or columns that are not known.
    """
    lines, before = iter(text), []
    for line in lines:
        before.append(line)
        if line.strip():
            break
    first = before[-1] if before else ""
    if _NO_TEXT.search(first):
        raise InputError('this is not text in UTF-8: unpack a zip, and save a spreadsheet as "CSV UTF-8"')
    whole = chain(before, lines)
    return _json(whole) if first.lstrip().startswith("{") else _csv(whole, max(",;\t", key=first.count))


def _csv(text: Iterable[str], parted_by: str) -> Iterator[tuple[int, Record | str]]:
    names: list[str] = []
    foreign: Foreign | None = None
    for first, last, fields in _parted(text, parted_by):
        if isinstance(fields, str):
            yield first, _swallowed(first, last) or fields
        elif not names:
            names = [field.strip().lower() for field in _filled(fields, 0)]
            foreign = recognise(names)
            if foreign is None:
                _check_columns(names)
        elif len(fields) > len(names) and len(_filled(fields, len(names))) > len(names):
            yield first, f"it has {len(fields)} fields, and the first line names {len(names)}"
        else:
            said = zip(names, fields, strict=False)
            record = foreign.record(dict(said)) if foreign else {name: unguard(value) for name, value in said}
            torn = last > first and ("\n" in "".join(record.values()) or last - first > _MOST_LINES)
            yield first, _swallowed(first, last) if torn else record


def _parted(text: Iterable[str], parted_by: str) -> Iterator[tuple[int, int, list[str] | str]]:
    """The numbers of each record's first and last line, with its fields or with what is wrong; none that are empty."""
    csv.field_size_limit(_LONGEST)
    reader = csv.reader(text, delimiter=parted_by, strict=False)
    while True:
        first = reader.line_num + 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield first, reader.line_num, f"it is not CSV: {error}"
            continue
        if any(field.strip() for field in fields):
            yield first, reader.line_num, fields


def _filled(fields: list[str], many: int) -> list[str]:
    """The fields without the empty ones at the end that spreadsheets leave beyond the first `many`."""
    while len(fields) > many and not fields[-1].strip():
        fields.pop()
    return fields


def _swallowed(first: int, last: int) -> str:
    """What is said of lines that were read as one record although they hardly are one; empty for a single line."""
    if last <= first:
        return ""
    return (
        f"lines {first} to {last} were taken for one and left out: a quotation mark is not closed, or a field holds a "
        "line break"
    )


def _check_columns(names: list[str]) -> None:
    if unknown := [name or "the one without a name" for name in names if name not in COLUMNS]:
        wrong = f"take out or rename {', '.join(unknown)}"
    elif "email" not in names:
        wrong = "there is no email"
    else:
        return
    raise InputError(
        f"line 1: the first line names the columns, email and any of {', '.join(COLUMNS[1:])} (exports of listmonk, "
        f"Ghost and Mailchimp are read as they are): {wrong}"
    )


def _json(text: Iterable[str]) -> Iterator[tuple[int, Record | str]]:
    for number, line in enumerate(text, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            yield number, "it is not JSON"
            continue
        if not isinstance(record, dict):
            yield number, "it is not a JSON object"
        elif unknown := set(record) - set(COLUMNS):
            yield number, f"it has {', '.join(sorted(unknown))}; known are {', '.join(COLUMNS)}"
        else:
            yield number, {key: _flat(value) for key, value in record.items()}


def _flat(value: Any) -> str:
    if isinstance(value, list):
        return ";".join(str(part) for part in value)
    return "" if value is None else str(value)
