"""Reads a mail server's log for what became of our letters: Postfix's lines as syslog and the journal write them.

    postfix/cleanup[7]: 4Xk9: message-id=<48213.x2m…4c@news.example>     this name stands in the queue as 4Xk9
    postfix/qmgr[5]:    4Xk9: from=<…>, size=53210, nrcpt=1 (queue active)   the server has taken it
    postfix/smtp[9]:    4Xk9: to=<…>, relay=…, …, status=sent (250 ok)       what became of it
    postfix/qmgr[5]:    4Xk9: from=<…>, status=expired, returned to sender   it has given up

A message-id alone proves nothing: it is logged before the end of the letter has come. Anybody can make a server log
words of theirs, so only lines of the exact form count, and only names with our signature.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from digest.delivery.outcomes import quiet
from digest.delivery.returns import letter_of_message_id
from digest.errors import InputError

LONGEST = 8192
"""Bytes of a line that are read; the rest of a longer one is passed over."""

Fate = Literal["taken", "sent", "deferred", "bounced", "expired"]
_FATES: Mapping[str, Fate] = {"sent": "sent", "deferred": "deferred", "bounced": "bounced"}

# What stands before a message in a log of syslog (two ways to write the time; BusyBox adds "mail.info") or journalctl;
# nothing with -o cat.
_HEAD = re.compile(
    r"(?:(?:[A-Z][a-z]{2} [ \d]\d [\d:.]{8,15}|\d{4}-\d\d-\d\dT[\d:.]{8,15}(?:Z|[+-]\d\d:?\d\d)) \S{1,255} "
    r"(?:mail\.[a-z]{1,7} )?postfix[\w./-]{0,64}\[\d{1,10}\]: )?"
)
_QUEUED = r"([0-9A-Za-z]{5,30}): "
_NAMED = re.compile(_QUEUED + r"message-id=<([^<>\s]{1,250})>$")
_TAKEN = re.compile(_QUEUED + r"from=<[^>]{0,320}>, size=\d{1,12}, nrcpt=\d{1,6} \(queue active\)$")
# Since 3.11 it says there how the way was protected ("tls=dane").
_FATE = re.compile(
    _QUEUED + r"to=<[^>]{1,320}>, (?:orig_to=<[^>]{1,320}>, )?relay=[^,]{1,320}, (?:conn_use=\d{1,6}, )?"
    r"delay=[\d.e+-]{1,20}, delays=[\d./e+-]{1,60}, (?:tls=[^\s,]{1,100}, )?dsn=\d\.\d{1,3}\.\d{1,3}, "
    r"status=(sent|deferred|bounced) \((.{0,4000})"
)
_EXPIRED = re.compile(_QUEUED + r"from=<[^>]{0,320}>, status=(?:force-)?expired, returned to sender$")


@dataclass(frozen=True, slots=True)
class Handed:
    """What a log says of one letter: its latest fate, and the server's words without addresses."""

    fate: Fate
    words: str = ""


EXPECTED = (
    "Nov 24 06:00:01 mx postfix/cleanup[7]: 4A1B2C3D: message-id=<...>",
    (
        "Nov 24 06:00:03 mx postfix/smtp[9]: 4A1B2C3D: to=<...>, relay=..., delay=1, delays=0/0/0/1, dsn=2.0.0, "
        "status=sent (250 ok)"
    ),
)
"""Two lines that say what became of a letter, for people whose log has others."""


@dataclass(slots=True)
class Tally:
    """What kind of lines a log has.

    Attributes:
        lines: how many there are.
        understood: how many have one of the forms that tell of a letter, whoever sent it.
        ours: how many name a letter of ours.
        wanted: how many of these name one that was asked for.
        first: the number of the first line that is not empty, 0 when there is none; `found` is what stands there,
            without addresses.
    """

    lines: int = 0
    understood: int = 0
    ours: int = 0
    wanted: int = 0
    first: int = 0
    found: str = ""


def read(logs: Iterable[tuple[Tally, Iterable[bytes]]], wanted: Collection[int]) -> dict[int, Handed]:
    """What the parts of a log say of some letters; memory grows with these and not with the log.

    Args:
        logs: the lines of each part, the oldest first, and what is to count them.
        wanted: ids of letters; others are passed over.

    Returns:
        By letter; those of which it says nothing certain are not in it.
    """
    queued: dict[str, int] = {}
    found: dict[int, Handed] = {}
    for tally, lines in logs:
        for raw in lines:
            tally.lines += 1
            if not tally.first and raw.strip():
                tally.first, tally.found = tally.lines, quiet(raw.decode("utf-8", "replace"))
            tally.understood += _take(_message(raw), tally, wanted, queued, found)
    return found


def _take(text: str, tally: Tally, wanted: Collection[int], queued: dict[str, int], found: dict[int, Handed]) -> bool:
    """Take in what one line says; whether it is one that tells of a letter."""
    if match := _NAMED.match(text):
        letter = letter_of_message_id(match[2])
        # A queue's short names are used again: the name is another letter's from here on.
        queued.pop(match[1], None)
        tally.ours += letter is not None
        if letter is not None and letter in wanted:
            tally.wanted += 1
            queued[match[1]] = letter
        return True
    if match := _FATE.match(text):
        if match[1] in queued:
            found[queued[match[1]]] = Handed(_FATES[match[2]], quiet(match[3].removesuffix(")")))
        return True
    if match := _EXPIRED.match(text):
        if match[1] in queued:
            letter = queued[match[1]]
            found[letter] = Handed("expired", found[letter].words if letter in found else "returned to sender")
        return True
    if match := _TAKEN.match(text):
        if match[1] in queued:
            found.setdefault(queued[match[1]], Handed("taken", "into its queue"))
        return True
    return False


def lines_of(file: Path) -> Iterator[bytes]:
    """The lines of a log, packed by gzip or not, each cut at LONGEST bytes.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        with file.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            if packed:
                with gzip.GzipFile(fileobj=raw) as unpacked:
                    yield from _cut(unpacked)
            else:
                yield from _cut(raw)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{file} cannot be read as a log: {error}") from error


def _cut(stream: BinaryIO | gzip.GzipFile) -> Iterator[bytes]:
    whole = True
    while line := stream.readline(LONGEST):
        if whole:
            yield line
        whole = line.endswith(b"\n")


def _message(raw: bytes) -> str:
    """What a program said in one line of a log, without what the log put before it."""
    text = raw.decode("utf-8", "replace").rstrip("\r\n")
    if text.startswith("{"):
        try:
            said = json.loads(text)
        except (ValueError, RecursionError):
            return ""
        message: object = said.get("MESSAGE") if isinstance(said, dict) else None
        return message if isinstance(message, str) else ""
    head = _HEAD.match(text)
    return text[head.end() :] if head else text
