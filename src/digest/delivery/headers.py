"""Names and subjects as header lines: encoded words of at most 75 characters, and no way to inject a header."""

from __future__ import annotations

import base64
import re

from digest.audience.addresses import ascii_domain

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_NO_ADDRESS = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029<>,;]")
_ATOM_PHRASE = re.compile(r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+$")
_FIRST_WORD_BYTES, _WORD_BYTES = 39, 45
"""Bytes in an encoded word: 64 and 72 characters in base64, so that no line with one is longer than 76, the first
with its header's name in front included (RFC 2047, 2)."""


def clean(value: str) -> str:
    """One line of text: runs of controls, line breaks and lone surrogates become one space."""
    return _CONTROLS.sub(" ", value).strip()


def unstructured(name: str, value: str) -> str:
    """A whole header line such as the subject's, folded, without its last line break.

    Args:
        name: the header's name.
        value: any text; controls are taken out, so it cannot begin another header.

    Returns:
        ASCII, folded at 76 characters where words allow it (RFC 5322, 2.1.1).
    """
    text = clean(value)
    if not text.isascii() or "=?" in text or any(len(word) > 70 for word in text.split(" ")):
        return f"{name}: " + "\r\n ".join(encoded_words(text))
    lines, line = [], f"{name}:"
    for word in text.split(" "):
        # A line of blanks alone would end the headers, so only words open a new one.
        if word and len(line) + 1 + len(word) > 76 and line.strip() != f"{name}:":
            lines.append(line)
            line = ""
        line += f" {word}"
    return "\r\n".join([*lines, line])


def encoded_words(text: str) -> list[str]:
    """The text as encoded words (RFC 2047), each of whole characters."""
    words: list[bytes] = []
    chunk = b""
    for character in text:
        coded = character.encode("utf-8")
        if len(chunk) + len(coded) > (_WORD_BYTES if words else _FIRST_WORD_BYTES):
            words.append(chunk)
            chunk = b""
        chunk += coded
    words.append(chunk)
    return [f"=?utf-8?b?{base64.b64encode(word).decode('ascii')}?=" for word in words]


def mailbox(name: str, address: str) -> str:
    """`name` and `address` as they stand in From or To.

    Args:
        name: any text, may be empty.
        address: an address already checked (`digest.audience.addresses`).

    Raises:
        ValueError: the address has characters that no address of ours has.
    """
    # Letters beyond ASCII are for servers with SMTPUTF8 alone (RFC 6532, 3.2); the transport sees to that.
    if _NO_ADDRESS.search(address):
        raise ValueError(f"not an address that can stand in a header: {address!r}")
    text = clean(name)
    if not text:
        return address
    if not text.isascii() or "=?" in text or len(text) > 60:
        return "\r\n ".join([*encoded_words(text), f"<{address}>"])
    if not _ATOM_PHRASE.match(text):
        text = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{text} <{address}>"


def split_mailbox(value: str) -> tuple[str, str]:
    """The name and the address of a configured mailbox such as "The Courier <letters@news.example>"."""
    name, _, rest = value.rpartition("<") if "<" in value else ("", "", value)
    local, at, host = rest.rstrip("> ").strip().rpartition("@")
    return name.strip().strip('"').strip(), f"{local}{at}{ascii_domain(host)}"


def domain(value: str) -> str:
    """The domain of a configured mailbox."""
    return split_mailbox(value)[1].rpartition("@")[2]
