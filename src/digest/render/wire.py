r"""Encodes a body in quoted-printable around its holes, and fills the holes per person.

A hole is `\x01name\x02`; `\x01&name\x02` is one whose value is escaped for HTML as it is filled. Each fragment
between holes is encoded by itself and ends in a soft line break, so a value of any length fits in and no line is
longer than 76 (RFC 2045, 6.7). Whatever else the text holds, no bare \x01 survives the encoding, so a mark in the
bytes is a hole and nothing else.
"""

from __future__ import annotations

import binascii
import html
import re
from collections import Counter
from collections.abc import Mapping

from digest.errors import RefusedError

_HOLE = re.compile(r"\x01(&?[a-z][a-z0-9_]*)\x02")
_MARK = re.compile(rb"\x01(&?[a-z][a-z0-9_]*)\x02")
_SOFT = b"=\r\n"
_LONGEST = 76


def encode(body: str) -> bytes:
    r"""The body as quoted-printable bytes with CRLF, its holes left as marks.

    Args:
        body: text with holes; any kind of line break. A `\x01` that opens no hole is encoded like any control.
    """
    parts = _HOLE.split(body)
    fragments = [_quoted(part, last=at == len(parts) - 1) for at, part in enumerate(parts) if at % 2 == 0]
    names = [b"\x01" + name.encode("ascii") + b"\x02" for name in parts[1::2]]
    return fragments[0] + b"".join(name + fragment for name, fragment in zip(names, fragments[1:], strict=True))


def holes(body: bytes) -> Counter[str]:
    """How often each hole occurs in an encoded body, by name."""
    return Counter(name.decode("ascii").removeprefix("&") for name in _MARK.findall(body))


def fill(body: bytes, values: Mapping[str, str]) -> bytes:
    """The encoded body with every hole filled; one mapping may serve several bodies.

    Raises:
        RefusedError: a hole has no value, or a mark is broken. No letter leaves like that.
    """
    parts = _MARK.split(body)
    if any(b"\x01" in part for part in parts[::2]):
        raise RefusedError("The frozen letter has a broken hole in it: approve the edition again.")
    for at in range(1, len(parts), 2):
        parts[at] = encode_value(_value(parts[at].decode("ascii"), values))
    return b"".join(parts)


def encode_value(value: str) -> bytes:
    """One value as it stands in a hole: quoted-printable from the start of a line to the start of the next."""
    return _quoted(value, last=False)


def _value(name: str, values: Mapping[str, str]) -> str:
    wanted = name.removeprefix("&")
    if wanted not in values:
        raise RefusedError(f"The letter has a hole '{wanted}' that nothing fills; known are {', '.join(values)}.")
    return html.escape(values[wanted]) if name.startswith("&") else values[wanted]


def _quoted(text: str, *, last: bool) -> bytes:
    """One fragment in quoted-printable; unless it is the last, it ends at the start of a line."""
    if not text:
        return b""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    # Line by line, because a2b and b2a disagree on mixed endings: https://docs.python.org/3/library/binascii.html
    coded = [binascii.b2a_qp(line.encode("utf-8")).replace(b"\n", b"\r\n") for line in lines]
    if not last and coded[-1]:
        coded[-1] = _open_ended(coded[-1])
    return b"\r\n".join(coded)


def _open_ended(coded: bytes) -> bytes:
    """The encoded line ended by a soft break, and broken once more where that would make it 77 long."""
    start = coded.rfind(b"\r\n") + 2 if b"\r\n" in coded else 0
    if len(coded) - start < _LONGEST:
        return coded + _SOFT
    cut = len(coded) - 3
    sign = coded.rfind(b"=", cut - 2, cut)
    if sign >= 0:  # a code such as =C3 must not be torn
        cut = sign
    return coded[:cut] + _SOFT + coded[cut:] + _SOFT
