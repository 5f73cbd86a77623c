"""Each worker's own record of every start and reply, written through at once, which survives its sudden death.

    digest-journal 1 BOOT once|again
    s WINDOW LETTER                    a letter is about to be offered
    a|l|r|u|n WINDOW LETTER MS REPLY   accepted, later, refused, unknown, not offered after all

It holds no address. After a power cut the end of a file may be missing, so what it does *not* say counts only while
the machine has not been started anew: hence the boot's id in its first line.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from digest.delivery.outcomes import Accepted, Later, Lost, NotStarted, Outcome, Refused, quiet

_LETTERS: Mapping[type, str] = {Accepted: "a", Later: "l", Refused: "r", Lost: "u", NotStarted: "n"}
_OUTCOMES = {letter: kind for kind, letter in _LETTERS.items()}
_BOOT = Path("/proc/sys/kernel/random/boot_id")


class Journal:
    """An append-only file; threads may write at once, for each line is one write of the kernel's.

    Args:
        path: where; its folder is made when missing.
        repeatable: whether an interrupted hand-over may be repeated (`Transport.repeatable`).

    Raises:
        OSError: the file exists already, or cannot be written.
    """

    def __init__(self, path: Path, *, repeatable: bool) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._write(f"digest-journal 1 {boot() or '-'} {'again' if repeatable else 'once'}\n")

    def started(self, window: int, letter: int) -> None:
        """Record that a letter is about to be offered; nothing of its content may leave before this returns."""
        self._write(start(window, letter))

    def ended(self, window: int, letter: int, outcome: Outcome, at: datetime) -> None:
        """Record what became of it."""
        self._write(end(window, letter, outcome, at))

    def note(self, lines: Iterable[str]) -> None:
        """Record several steps, made by `start` and `end`, in one write."""
        self._write("".join(lines))

    def close(self, *, remove: bool) -> None:
        """Close the file; `remove` when everything in it has reached the database."""
        os.close(self._file)
        if remove:
            self.path.unlink(missing_ok=True)

    def _write(self, line: str) -> None:
        data = line.encode("utf-8", "replace")
        if os.write(self._file, data) != len(data):
            raise OSError(f"{self.path} could not be written: is the disk full?")


def start(window: int, letter: int) -> str:
    """The line that says a letter is about to be offered."""
    return f"s {window} {letter}\n"


def end(window: int, letter: int, outcome: Outcome, at: datetime) -> str:
    """The line that says what became of it."""
    return f"{_LETTERS[type(outcome)]} {window} {letter} {int(at.timestamp() * 1000)} {quiet(outcome.reply)}\n"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a journal says of one window.

    Attributes:
        same_boot: the machine has run on since, so nothing that was written can be missing.
        repeatable: an interrupted hand-over may be repeated.
        ended: by letter, what became of it and when; None while it is in flight.
    """

    same_boot: bool
    repeatable: bool
    ended: Mapping[int, tuple[Outcome, datetime] | None]


def read(path: Path, window: int) -> Evidence | None:
    """What the journal says of one window, or None when it cannot be read. A torn line says nothing."""
    ended: dict[int, tuple[Outcome, datetime] | None] = {}
    try:
        # Line by line: it may tell of a million letters, and only one window's are kept.
        with path.open(encoding="utf-8", errors="replace", newline="\n") as lines:
            first = lines.readline()
            head = first[:-1].split(" ")
            if head[:2] != ["digest-journal", "1"] or len(head) != 4 or not first.endswith("\n"):
                return None
            for line in lines:
                if line.endswith("\n"):  # what follows the last line break is torn
                    _note(ended, line[:-1], str(window))
    except OSError:
        return None
    return Evidence(same_boot=head[2] != "-" and head[2] == boot(), repeatable=head[3] == "again", ended=ended)


def _note(ended: dict[int, tuple[Outcome, datetime] | None], line: str, window: str) -> None:
    """Take in what one line says of a window."""
    kind, *rest = line.split(" ", 4)
    if len(rest) < 2 or rest[0] != window or not rest[1].isdigit():
        return
    letter = int(rest[1])
    if kind == "s":
        ended[letter] = None
    elif kind in _OUTCOMES and len(rest) == 4 and rest[2].isdigit():
        ended[letter] = (_OUTCOMES[kind](rest[3]), datetime.fromtimestamp(int(rest[2]) / 1000, UTC))


def boot() -> str:
    """The id of this start of the machine; empty where the system names none."""
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""
