"""Reads the lines of an import file, CSV or JSON, each into its fields or into what is wrong with it. Pure."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from typing import Any

from digest.audience.formulas import unguard
from digest.audience.importers import Foreign, Record, recognise
from digest.audience.rows import COLUMNS
from digest.errors import InputError

_LONGEST = 1_000_000


def records(text: Iterable[str], *, json_lines: bool) -> Iterator[tuple[int, Record | str]]:
    """Each line's number with its fields, or with what is wrong with it.

    Args:
        text: lines with their ends, undecodable bytes as lone surrogates.
        json_lines: JSON lines; else CSV whose first line names the columns.

    Raises:
        InputError: the first line of a CSV names no e-mail column, or columns that are not known.
    """
    return _json(text) if json_lines else _csv(text)


def _csv(text: Iterable[str]) -> Iterator[tuple[int, Record | str]]:
    csv.field_size_limit(_LONGEST)
    reader = csv.reader(text, strict=False)
    names: list[str] = []
    foreign: Foreign | None = None
    while True:
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield reader.line_num, f"it is not CSV: {error}"
            continue
        if not names:
            names = [field.strip().lower() for field in fields]
            foreign = recognise(names)
            if foreign is None:
                _check_columns(names)
        elif not any(field.strip() for field in fields):
            continue
        elif len(fields) > len(names):
            yield reader.line_num, f"it has {len(fields)} fields, and the first line names {len(names)}"
        elif foreign is not None:
            yield reader.line_num, foreign.record(dict(zip(names, fields, strict=False)))
        else:
            yield reader.line_num, {name: unguard(value) for name, value in zip(names, fields, strict=False)}


def _check_columns(names: list[str]) -> None:
    unknown = [name for name in names if name not in COLUMNS]
    if "email" not in names or unknown:
        said = f"it names {', '.join(unknown)}" if unknown else "it does not"
        raise InputError(
            f"line 1: the first line names the columns, email and any of {', '.join(COLUMNS[1:])}; {said}. "
            "Exports of listmonk, Ghost and Mailchimp are read as they are."
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
