"""Signs letters (DKIM, RFC 6376): rsa-sha256, relaxed/relaxed, prepared once per frozen letter.

A relaxed body differs from the one that leaves only within lines. In a frozen letter every hole begins and ends at the
start of a line, so what stands between holes is made canonical once, and a letter costs one hash of its bytes and one
signature.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Self

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from digest.delivery import fill

if TYPE_CHECKING:
    from hashlib import _Hash

SIGNED = (
    "from", "to", "subject", "date", "message-id", "reply-to", "mime-version", "content-type", "list-id",
    "list-unsubscribe", "list-unsubscribe-post", "list-archive", "feedback-id", "auto-submitted", "precedence", "cc",
)  # fmt: skip
"""The headers a signature covers where they are there; RFC 8058, 4 asks for the two of one-click."""
OVERSIGNED = ("from", "to", "subject", "date", "reply-to", "cc")
"""Named once more than they occur, so that nobody can add another of them (RFC 6376, 8.15)."""

_BLANKS = re.compile(rb"[ \t]+")
_BEFORE_END = re.compile(rb"[ \t]+(?=\r\n)")
_HEADER = re.compile(rb"\r\n(?![ \t])")
_HOLE = re.compile(rb"\x01(\d+)\x02")
_PADDING, _HASH = padding.PKCS1v15(), SHA256()

_Pieces = tuple[bytes | int, ...]
"""Bytes as they stand, and numbers for the values of `fill.code`."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs.

    Attributes:
        key: an RSA key of 1024 bits or more (RFC 8301, 3.2).
        domain, selector: where its public half stands: SELECTOR._domainkey.DOMAIN.
    """

    key: rsa.RSAPrivateKey
    domain: str
    selector: str

    def sign(self, message: bytes, at: datetime) -> bytes:
        """A whole message with its signature in front; for those that are not frozen.

        Args:
            message: with CRLF line ends and a header.
            at: the present instant.
        """
        return Plan.of(self, fill.prepare(message)).header((), at, message) + message


@dataclass(frozen=True, slots=True)
class Plan:
    """How one frozen letter is signed for each of its readers; from `Plan.of`."""

    signer: Signer
    headers: _Pieces
    start: _Hash
    rest: _Pieces | None
    before: str
    between: str

    @classmethod
    def of(cls, signer: Signer, letter: fill.Prepared) -> Self:
        """Prepare what all readers of a letter share."""
        filled = list(letter.parts)
        for at, which in letter.places:
            filled[at] = b"\x01%d\x02" % which
        head, _, body = b"".join(filled).partition(b"\r\n\r\n")
        found = _headers(head)
        names = [name for name in SIGNED if name in found]
        headers = b"".join(b"%s:%s\r\n" % (name.encode(), found[name]) for name in names)
        start, *rest = _canonical_pieces(body) or (b"",)
        assert isinstance(start, bytes)
        listed = ":".join([*names, *OVERSIGNED])
        return cls(
            signer,
            _pieces(headers),
            hashlib.sha256(start),
            tuple(rest) if _at_line_starts(body) else None,
            f"v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n d={signer.domain}; s={signer.selector}; t=",
            ";\r\n h=" + _folded(listed) + ";\r\n bh=",
        )

    def header(self, coded: Sequence[bytes], at: datetime, letter: bytes) -> bytes:
        """The signature of one reader's letter, as the header that is put in front of it.

        Args:
            coded: the reader's values, from `fill.code`.
            at: the present instant.
            letter: the whole letter, for the rare one whose holes stand within lines.
        """
        if self.rest is None:
            body = hashlib.sha256(canonical_body(letter.partition(b"\r\n\r\n")[2]))
        else:
            body = self.start.copy()
            for piece in self.rest:
                body.update(_one_blank(coded[piece]) if isinstance(piece, int) else piece)
        said = base64.b64encode(body.digest()).decode("ascii")
        value = f"{self.before}{int(at.timestamp())}{self.between}{said};\r\n b="
        headers = [
            _one_blank(coded[piece].replace(b"\r\n ", b" ")).strip() if isinstance(piece, int) else piece
            for piece in self.headers
        ]
        own = b"dkim-signature:" + value.replace("\r\n ", " ").encode("ascii")
        mark = base64.b64encode(self.signer.key.sign(b"".join((*headers, own)), _PADDING, _HASH)).decode("ascii")
        lines = "\r\n ".join(mark[begin : begin + 72] for begin in range(0, len(mark), 72))
        return f"DKIM-Signature: {value}{lines}\r\n".encode("ascii")


def canonical_body(body: bytes) -> bytes:
    """A body by the relaxed rules (RFC 6376, 3.4.4)."""
    return _end(_within_lines(body))


def _within_lines(text: bytes) -> bytes:
    return _BLANKS.sub(b" ", _BEFORE_END.sub(b"", text))


def _end(text: bytes) -> bytes:
    """Without empty lines at its end, and with a last line end unless it is empty."""
    text = text.rstrip(b" \t") if text.endswith((b" ", b"\t")) else text
    while text.endswith(b"\r\n"):
        text = text[:-2]
    return text + b"\r\n" if text else b""


def _one_blank(value: bytes) -> bytes:
    return _BLANKS.sub(b" ", value) if b"  " in value else value


def _canonical_pieces(body: bytes) -> _Pieces:
    pieces = _HOLE.split(body)
    done: list[bytes | int] = [_within_lines(piece) if at % 2 == 0 else int(piece) for at, piece in enumerate(pieces)]
    assert isinstance(done[-1], bytes)
    return *done[:-1], _end(done[-1])


def _pieces(text: bytes) -> _Pieces:
    return tuple(int(piece) if at % 2 else piece for at, piece in enumerate(_HOLE.split(text)))


def _at_line_starts(body: bytes) -> bool:
    """Whether every hole begins at the start of a line; what fills one ends at such a start, or is empty."""
    *before, last = _HOLE.split(body)[::2]
    return (
        bool(last.strip()) and all(text.endswith(b"\r\n") or (not text and at > 0) for at, text in enumerate(before))
        if before
        else True
    )


def _headers(head: bytes) -> dict[str, bytes]:
    """By lower name, each header's value by the relaxed rules (RFC 6376, 3.4.2); the last of several."""
    found = {}
    for line in _HEADER.split(head):
        name, _, value = line.partition(b":")
        found[name.decode("ascii").strip().lower()] = _BLANKS.sub(b" ", value.replace(b"\r\n", b"")).strip()
    return found


def _folded(names: str) -> str:
    """A list of names with a line end after a colon where a line would be long (RFC 6376, 3.5, h=)."""
    lines, line = [], ""
    for name in names.split(":"):
        if len(line) + len(name) > 68:
            lines.append(line)
            line = ""
        line += f"{name}:"
    return "\r\n ".join([*lines, line.rstrip(":")])
