"""Adds feeds to the text of `config/feeds.toml` and leaves every comment of it where it is."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import ParseError
from tomlkit.items import Array

from digest.config.values import Feed
from digest.errors import InputError
from digest.feeds.address import canonical, page_key


def same(address: str) -> str:
    """What two addresses of one feed have in common: http and https, with and without "www.", are one."""
    return page_key(canonical(address)) or canonical(address) or address


def add(text: str, feeds: Iterable[Feed]) -> str:
    """The text of feeds.toml with these feeds at its end. Pure.

    Only what was set on a feed is written; the rest has its usual value.

    Raises:
        InputError: the text is not TOML, or has one of the feeds already.
    """
    try:
        found = tomlkit.parse(text).get("feeds")
    except ParseError as error:
        raise InputError(f"config/feeds.toml is not TOML: {error}") from error
    tables = [feed.model_dump(mode="json", exclude_unset=True) for feed in feeds]
    if not tables:
        return text
    there = {str(row.get("address")) for row in found or ()}
    for table in tables:
        if table["address"] in there:
            raise InputError(f"{table['address']} is in config/feeds.toml already; nothing was changed")
    if isinstance(found, Array):
        return _in_array(text, tables)
    made = tomlkit.document()
    rows = tomlkit.aot()
    for table in tables:
        rows.append(tomlkit.item(table))
    made.append("feeds", rows)
    block = tomlkit.dumps(made).strip("\n") + "\n"
    end = "\r\n" if "\r\n" in text else "\n"
    before = text.rstrip() + end * 2 if text.strip() else ""
    return before + block.replace("\n", end)


def rewrite(file: Path, edit: Callable[[str], str]) -> None:
    """Replace a file by what `edit` makes of its text, whole or not at all; one writer at a time.

    Args:
        file: the file; an absent one counts as empty.
        edit: from the old text to the new one.

    Raises:
        InputError: the file is not UTF-8, or its folder cannot be written to.
    """
    target = file.resolve()
    try:
        with _alone(target.parent):
            # Bytes, so that line ends stay as they are.
            old = target.read_bytes() if target.exists() else b""
            new = edit(old.decode("utf-8")).encode("utf-8")
            if new != old:
                _replace(target, new)
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is not UTF-8 text") from error
    except OSError as error:
        raise InputError(f"{file} cannot be written: {error.strerror}") from error


def _in_array(text: str, tables: list[dict[str, Any]]) -> str:
    document = tomlkit.parse(text)
    for table in tables:
        row = tomlkit.inline_table()
        row.update(table)
        document["feeds"].append(row)
    return tomlkit.dumps(document)


def _replace(target: Path, content: bytes) -> None:
    fresh = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with fresh.open("xb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        if target.exists():
            fresh.chmod(target.stat().st_mode & 0o777)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
