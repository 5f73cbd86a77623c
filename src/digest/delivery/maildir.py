"""Reads what came back from a Maildir, and puts aside what was understood, by renaming alone."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

from digest.delivery.incoming import LONGEST
from digest.errors import TransportError

DONE = ".digest-done"
"""The subfolder that messages which were understood are moved to, as other programs name it (Maildir++)."""


class Maildir:
    """A Maildir; use it as a context manager.

    Args:
        folder: the one with `new` and `cur` in it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Self:
        if not (self._folder / "new").is_dir() or not (self._folder / "cur").is_dir():
            raise TransportError(
                f"{self._folder} is no Maildir, which DIGEST_BOUNCES_URL names: it has no new and cur."
            )
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held open."""

    def fresh(self, limit: int) -> list[str]:
        """The names of at most `limit` messages that nobody has looked at."""
        found: list[str] = []
        for kind in ("new", "cur"):
            with os.scandir(self._folder / kind) as files:
                for file in files:
                    # Other programs move messages from new to cur, without the S of one that was seen.
                    if not file.name.startswith(".") and not set("SFT") & set(_flags(file.name)):
                        found.append(f"{kind}/{file.name}")
                    if len(found) >= limit:
                        return found
        return found

    def read(self, names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """The beginnings of these messages, `incoming.LONGEST` bytes at most; those that are gone are left out."""
        for name in names:
            try:
                # Neither a link out of the folder nor a pipe that nobody writes to is followed.
                handle = os.open(self._folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            except OSError:
                continue
            with os.fdopen(handle, "rb") as file:
                if stat.S_ISREG(os.fstat(handle).st_mode):
                    yield name, file.read(LONGEST)

    def put_aside(self, names: Sequence[str]) -> None:
        """Mark messages as seen, and move them to the folder `DONE`."""
        done = self._folder / DONE
        if names and not (done / "maildirfolder").exists():
            for kind in ("tmp", "new", "cur"):
                (done / kind).mkdir(parents=True, exist_ok=True, mode=0o700)
            (done / "maildirfolder").touch()
        self._rename(names, done / "cur", "S")

    def leave_to_a_person(self, names: Sequence[str]) -> None:
        """Flag messages that were not understood; they stay in this folder."""
        self._rename(names, self._folder / "cur", "F")

    def _rename(self, names: Sequence[str], to: Path, flag: str) -> None:
        for name in names:
            file = name.partition("/")[2]
            flags = "".join(sorted({*_flags(file), flag}))
            try:
                (self._folder / name).rename(to / f"{file.partition(':2,')[0]}:2,{flags}")
            except FileNotFoundError:
                continue  # somebody else has moved it meanwhile
            except OSError as error:
                raise TransportError(f"{self._folder / name} cannot be moved: {error.strerror}.") from error


def _flags(name: str) -> str:
    return name.partition(":2,")[2]
