"""Writes letters as .eml files into a folder, so that nothing leaves by accident."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from digest.audience.outbox import file_of
from digest.delivery.outcomes import Accepted, Line, Outcome, Parcel
from digest.errors import TransportError


@dataclass(frozen=True, slots=True)
class Folder:
    """A transport whose letters are files, named by edition and reader: writing one twice leaves one.

    Attributes:
        path: the folder, such as `var/outbox`.
    """

    path: Path
    repeatable: bool = True

    def open(self) -> Line:
        """A way into the folder, which is made when missing."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise TransportError(f"The folder {self.path} cannot be made: {error.strerror}.") from error
        return _FolderLine(self.path)


class _FolderLine:
    """Each letter appears whole, by a rename."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._made: set[Path] = set()

    def deliver(self, parcel: Parcel) -> Outcome:
        target = file_of(self._path, parcel.edition, parcel.to)
        fresh = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            if target.parent not in self._made:
                target.parent.mkdir(parents=True, exist_ok=True)
                self._made.add(target.parent)
            fresh.write_bytes(parcel.body)
            fresh.replace(target)
        except OSError as error:
            raise TransportError(f"{target} cannot be written: {error.strerror}.") from error
        return Accepted(f"written to {target.relative_to(self._path).parent}")

    def close(self) -> None:
        """Nothing is held open."""
