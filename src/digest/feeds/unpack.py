"""Undoes a body's content encodings piece by piece, and stops when it grows beyond its limit."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import brotli
import zstandard

PIECE = 64 * 1024
"""Bytes asked of a decompressor at once."""

_DEEPEST = 3
_ZSTD_WINDOW = 8 * 1024 * 1024  # RFC 9659: a content encoding may not ask for more
_ZSTD_SLICE = 256  # bytes; at the very most 8 MB come out of one


class TooLargeError(ValueError):
    """A body is larger than its limit when unpacked."""


class BadEncodingError(ValueError):
    """A body is not what its Content-Encoding says, or the encoding is unknown; the message says which, in words."""


def unpack(raw: bytes, encoding: str, *, limit: int) -> bytes:
    """Undo every encoding named in a Content-Encoding header, the last one first (RFC 9110, 8.4).

    Args:
        raw: the body as received.
        encoding: the header's value; empty for none.
        limit: the most bytes any step may give.

    Raises:
        TooLargeError: a step gives more than `limit` bytes.
        BadEncodingError: the encoding is unknown, nested too deeply, or the body does not fit it.
    """
    names = [name for part in encoding.lower().split(",") if (name := part.strip()) not in ("", "identity")]
    if len(names) > _DEEPEST:
        raise BadEncodingError("is packed more than three times over")
    body = raw
    if not raw:
        return raw
    for name in reversed(names):
        body = _step(body, name, limit)
    if len(body) > limit:
        raise TooLargeError
    return body


def _step(raw: bytes, name: str, limit: int) -> bytes:
    """Undo one encoding."""
    pieces = {"gzip": _gzip, "x-gzip": _gzip, "deflate": _deflate, "br": _brotli, "zstd": _zstd}.get(name)
    if pieces is None:
        raise BadEncodingError("is packed in a way this program does not know")
    out = bytearray()
    try:
        for piece in pieces(raw):
            out += piece
            if len(out) > limit:
                raise TooLargeError
    except (zlib.error, brotli.error, zstandard.ZstdError):
        msg = f"says it is packed with {name}, and is not, or is damaged"
        raise BadEncodingError(msg) from None
    return bytes(out)


def _inflate(raw: bytes, window: int) -> Iterator[bytes]:
    """Give the pieces of a zlib stream, and of the streams that follow it (gzip may have several members)."""
    rest = raw
    while rest:
        unpacker = zlib.decompressobj(window)
        while not unpacker.eof:
            piece = unpacker.decompress(rest, PIECE)
            rest = unpacker.unconsumed_tail
            if not piece and not rest:
                break
            yield piece
        if not unpacker.eof:
            raise zlib.error("ends early")
        rest = unpacker.unused_data if unpacker.unused_data[:2] == b"\x1f\x8b" else b""


def _gzip(raw: bytes) -> Iterator[bytes]:
    return _inflate(raw, zlib.MAX_WBITS | 16)


def _deflate(raw: bytes) -> Iterator[bytes]:
    """Accept both readings of "deflate": with the zlib header (RFC 9110, 8.4.1.2) and without, as some servers send."""
    wrapped = len(raw) > 1 and raw[0] & 0x0F == 8 and int.from_bytes(raw[:2], "big") % 31 == 0
    return _inflate(raw, zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)


def _brotli(raw: bytes) -> Iterator[bytes]:
    unpacker = brotli.Decompressor()
    piece = unpacker.process(raw, output_buffer_limit=PIECE)
    while piece:
        yield piece
        piece = b"" if unpacker.is_finished() else unpacker.process(b"", output_buffer_limit=PIECE)
    if not unpacker.is_finished():
        raise brotli.error("ends early")


def _zstd(raw: bytes) -> Iterator[bytes]:
    """Feed small slices: this decompressor has no limit of its own, but a slice can only grow so far."""
    packer = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    unpacker, at = packer.decompressobj(), 0
    while at < len(raw):
        if unpacker.eof:
            unpacker = packer.decompressobj()
        slice_ = raw[at : at + _ZSTD_SLICE]
        yield unpacker.decompress(slice_)
        at += len(slice_) - len(unpacker.unused_data)
    if not unpacker.eof:
        raise zstandard.ZstdError("ends early")
