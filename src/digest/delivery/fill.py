"""Joins a frozen letter around one reader's values: nothing is parsed per letter, bytes are put side by side."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from digest.errors import RefusedError
from digest.render import wire

_MARK = re.compile(rb"\x01(&?[a-z][a-z0-9_]*)\x02")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f]")
# Words with one blank between them, in the form that `re` runs through fastest; a dot may begin no line.
_PLAIN = re.compile(r"(?!\.)[A-Za-z0-9/:@_+~.-]+(?:(?<!\.) [A-Za-z0-9/:@_+~.-]+)*")
_SHORT = 70
_FOLD = re.compile(r"\r\n (?=\S)")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A frozen letter cut at its holes.

    Attributes:
        parts: the bytes between holes, with an empty place for each hole.
        places: for each hole, its place in `parts` and which coded value belongs there.
        kinds: what each coded value is made of: where it stands ("head", "body", "&body") and its name.
        dotted: `parts` with a second dot at each line that begins with one, as SMTP has it (RFC 5321, 4.5.2); empty
            where no line does, or where only the whole letter tells.
        dotless: no line of `parts` begins with a dot.
    """

    parts: tuple[bytes, ...]
    places: tuple[tuple[int, int], ...]
    kinds: tuple[tuple[str, str], ...]
    dotted: tuple[bytes, ...]
    dotless: bool


def prepare(body: bytes) -> Prepared:
    """Cut a frozen letter once, so that filling it is cheap.

    Raises:
        RefusedError: the letter has no header, or a broken hole.
    """
    end = body.find(b"\r\n\r\n")
    if end < 0:
        raise RefusedError("The frozen letter has no headers: approve the edition again.")
    parts = _MARK.split(body)
    if any(b"\x01" in part or b"\x02" in part for part in parts[::2]):
        raise RefusedError("The frozen letter has a broken hole in it: approve the edition again.")
    places, kinds, passed = [], dict[tuple[str, str], int](), 0
    for at in range(1, len(parts), 2):
        passed += len(parts[at - 1])
        name = parts[at].decode("ascii")
        where = "head" if passed < end else "&body" if name.startswith("&") else "body"
        passed += len(parts[at]) + 2
        places.append((at, kinds.setdefault((where, name.removeprefix("&")), len(kinds))))
        parts[at] = b""
    dotless = not any(part.startswith(b".") or b"\r\n." in part for part in parts)
    # A part that begins with a dot after a hole: whether a line begins there, the value tells.
    clear = not any(part.startswith(b".") for part in parts)
    dotted = tuple(part.replace(b"\r\n.", b"\r\n..") for part in parts) if clear and not dotless else ()
    return Prepared(tuple(parts), tuple(places), tuple(kinds), dotted, dotless)


def fill(letter: Prepared, values: Mapping[str, str]) -> bytes:
    """The letter of one reader: every hole filled.

    Args:
        letter: from `prepare`.
        values: by name of the hole: one line of text each. `to` may be folded as `headers.mailbox` does it.

    Raises:
        RefusedError: a hole has no value, or a value could break out of its place. No letter leaves like that.
    """
    return joined(letter, code(letter, values))


def code(letter: Prepared, values: Mapping[str, str]) -> list[bytes]:
    """One reader's values as they stand in the letter, one for each of its `kinds`; arguments and errors as `fill`."""
    return [_coded(where, name, values) for where, name in letter.kinds]


def joined(letter: Prepared, coded: Sequence[bytes]) -> bytes:
    """The letter around values from `code`."""
    return _joined(letter.parts, letter.places, coded)


def dotted(letter: Prepared, coded: Sequence[bytes], body: bytes) -> bytes:
    """The same as it stands on the wire, a dot before each line that begins with one; empty when that is not known.

    Args:
        letter: from `prepare`.
        coded: from `code`.
        body: what `joined` made of them, which is all there is to it where no line begins with a dot.
    """
    # Seldom: a name that begins with a dot, or has one where its encoding breaks the line.
    if any(value.startswith(b".") or b"\r\n." in value for value in coded):
        return b""
    if letter.dotless:
        return body
    return _joined(letter.dotted, letter.places, coded) if letter.dotted else b""


def _joined(pieces: tuple[bytes, ...], places: tuple[tuple[int, int], ...], coded: Sequence[bytes]) -> bytes:
    parts = list(pieces)
    for at, which in places:
        parts[at] = coded[which]
    return b"".join(parts)


def _coded(where: str, name: str, values: Mapping[str, str]) -> bytes:
    value = values.get(name)
    if value is None:
        raise RefusedError(f"The letter has a hole '{name}' that nothing fills; known are {', '.join(values)}.")
    if _PLAIN.fullmatch(value) and len(value) <= _SHORT:
        # Nearly every value: nothing in it needs encoding or escaping, and it fits into a line.
        return value.encode("ascii") if where == "head" else value.encode("ascii") + b"=\r\n"
    if where == "head":
        # An address may hold letters beyond ASCII; it leaves only by servers that take them (RFC 6532, 3.2).
        if not value or not (value.isascii() or name == "to") or _UNSAFE.search(_FOLD.sub(" ", value)):
            raise RefusedError(f"The value for '{name}' cannot stand in a header: {value!r}")
        return value.encode("utf-8")
    if _UNSAFE.search(value):
        raise RefusedError(f"The value for '{name}' has control characters in it: {value!r}")
    if where == "&body":
        value = html.escape(value)
    return wire.encode_value(value)
