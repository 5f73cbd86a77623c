"""Takes a message that came back apart: its headers and its parts, within limits, whatever it is made of.

A report stands in the outermost parts (RFC 6522, 3), or a level or two deeper, where a gateway has put its own words
around it; a message inside a message is not opened. So neither a thousand parts nor a thousand boxes in one another
cost more than reading them a few times. Pure.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

LONGEST = 512 * 1024
"""Bytes that are read of one message; a report's own words stand at its beginning, the returned letter at its end."""

_HEADERS = 64 * 1024
_VALUE = 2000
_PARTS = 20
_DEEP = 2
_FOLD = re.compile(rb"\r?\n(?=[ \t])")
_KIND = re.compile(r"^\s*([\w.+-]{1,60}/[\w.+-]{1,60})\s*(?:;|$)")
_BOUNDARY = re.compile(r';\s*boundary\s*=\s*(?:"([^"\\]{1,200})"|([^\s;"]{1,200}))', re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffd]+")


@dataclass(frozen=True, slots=True)
class Fields:
    """Header lines, or the lines of a report, by their names in small letters; each on one line and cut."""

    lines: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str:
        """The first of that name; empty when there is none."""
        return next(self.all(name), "")

    def all(self, *names: str) -> Iterator[str]:
        """All of those names, in the order they stand in."""
        return (value for name, value in self.lines if name in names)


@dataclass(frozen=True, slots=True)
class Part:
    """A message, or a part of one: its type in small letters, its headers, its body decoded to bytes."""

    kind: str
    headers: Fields
    body: bytes


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message and its parts; one that has no parts is its own only one."""

    whole: Part
    parts: tuple[Part, ...]

    def first(self, *kinds: str) -> Part | None:
        """The first part of one of these types."""
        return next((part for part in self.parts if part.kind in kinds), None)


def read(raw: bytes) -> Incoming:
    """Take a message apart; never raises, whatever it is given.

    Args:
        raw: the message, or its beginning.
    """
    whole, boundary = _part(raw[:LONGEST])
    return Incoming(whole, tuple(islice(_parts(whole, boundary, _DEEP), _PARTS)))


def blocks(body: bytes) -> list[Fields]:
    """The groups of lines of a report, parted by blank lines; the first speaks of the message, the rest of recipients.

    Args:
        body: of a `message/delivery-status` (RFC 3464, 2.1) or `message/feedback-report` (RFC 5965, 3).
    """
    groups = [group for group in re.split(rb"\r?\n[ \t]*\r?\n", body[:_HEADERS].strip()) if group.strip()]
    return [_fields(group.strip(b"\r\n")) for group in groups[:100]]


def text(body: bytes) -> str:
    """Words in whatever charset: what is not UTF-8 is replaced, controls become blanks."""
    return _CONTROLS.sub(" ", body.decode("utf-8", "replace"))


def headers(body: bytes) -> Fields:
    """The header lines that a returned letter begins with."""
    return _fields(_split(body)[0])


def _parts(part: Part, boundary: str, deep: int) -> Iterator[Part]:
    """What a part is made of, down to so many levels below its own parts; one that has no parts, itself."""
    if deep < 0 or not boundary or not part.kind.startswith("multipart/"):
        yield part
        return
    for piece in _pieces(part.body, boundary):
        yield from _parts(*_part(piece), deep - 1)


def _part(raw: bytes) -> tuple[Part, str]:
    head, body = _split(raw)
    fields = _fields(head)
    declared = fields.get("content-type")
    kind = _KIND.match(declared)
    boundary = _BOUNDARY.search(declared)
    name = kind[1].lower() if kind else "text/plain"
    if not name.startswith("multipart/"):
        body = _decoded(body, fields.get("content-transfer-encoding").strip().lower())
    return Part(name, fields, body), (boundary[1] or boundary[2]) if boundary else ""


def _split(raw: bytes) -> tuple[bytes, bytes]:
    if raw[:1] in (b"\n", b"\r"):
        return b"", raw.lstrip(b"\r\n")
    end = re.search(rb"\r?\n\r?\n", raw)
    return (raw[: end.start()], raw[end.end() :]) if end else (raw, b"")


def _fields(head: bytes) -> Fields:
    # Not by the library's parser: it ends at the first line that is none, and some servers do not fold what they quote.
    # Nor are values decoded: they are compared, never shown as headers.
    found = (line.partition(b":") for line in _FOLD.sub(b"", head[:_HEADERS]).splitlines())
    lines = ((_one_line(name).lower(), _one_line(value)) for name, colon, value in found if colon)
    return Fields(tuple(islice(lines, 500)))


def _one_line(value: bytes) -> str:
    return text(value[: 4 * _VALUE])[:_VALUE].strip()


def _pieces(body: bytes, boundary: str) -> Iterator[bytes]:
    mark = re.compile(rb"(?:\A|\r?\n)--" + re.escape(boundary.encode("utf-8", "replace")) + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    begin = None
    for count, found in enumerate(mark.finditer(body)):
        if begin is not None:
            yield _after_line(body[begin : found.start()])
        begin = found.end()
        if found[1] or count == _PARTS:
            return
    if begin is not None:
        yield _after_line(body[begin:])


def _after_line(piece: bytes) -> bytes:
    return piece.removeprefix(b"\r").removeprefix(b"\n")


def _decoded(body: bytes, encoding: str) -> bytes:
    if encoding == "quoted-printable":
        return quopri.decodestring(body)
    if encoding == "base64":
        try:
            return base64.b64decode(re.sub(rb"[^A-Za-z0-9+/]", b"", body) + b"===")
        except binascii.Error:
            return body
    return body
