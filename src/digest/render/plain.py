"""Makes text fit to print: controls and direction overrides out, lines wrapped by what the eye sees."""

from __future__ import annotations

import re
import unicodedata

WIDTH = 72
"""Columns of the plain-text letter."""

# Controls, direction embeddings, overrides and isolates (UAX 9), surrogates, noncharacters, the byte order mark,
# interlinear marks and tag characters: none of them belongs into a headline, all of them have been used to forge one.
# The joiners (200C, 200D) and the plain marks (200E, 200F) stay: Persian and emoji need them.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff"
    "\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e001f]"
)
_BREAKS = re.compile(r"[\t\n\x0b\x0c\r\x85\u2028\u2029 ]+")


def printable(text: str) -> str:
    """The text without controls and direction overrides; tabs and line breaks stay."""
    return _UNPRINTABLE.sub("", text)


def plain(text: str) -> str:
    """The text as one clean line: no controls, no direction overrides, every run of blanks and breaks one space."""
    return _BREAKS.sub(" ", _UNPRINTABLE.sub("", text)).strip(" ")


def columns(text: str) -> int:
    """How many columns the text takes in a fixed-width font: wide signs count two, combining ones none."""
    return len(text) if text.isascii() else sum(_columns(sign) for sign in text)


def _columns(sign: str) -> int:
    if sign < "\u0300":
        return 1
    if unicodedata.combining(sign) or unicodedata.category(sign) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def wrap(text: str, indent: str = "", first: str | None = None, width: int = WIDTH) -> str:
    """The text in lines of at most `width` columns, each after `indent`; the first after `first`, which is as wide.

    Addresses and other long words stay whole; a run of wide signs (Chinese, Japanese) breaks between any two.
    """
    room = width - columns(indent)
    lines: list[str] = []
    line, used = "", 0
    for word in plain(text).split(" "):
        for piece in _breakable(word, room):
            wide = columns(piece)
            glue = 1 if line and piece is word else 0
            if line and used + glue + wide > room:
                lines.append(line)
                line, used, glue = "", 0, 0
            line += " " * glue + piece
            used += glue + wide
    made = "\n".join(indent + each for each in (*lines, line) if each)
    return made if first is None else first + made.removeprefix(indent)


def _breakable(word: str, room: int) -> tuple[str, ...]:
    """The word itself, or its signs one by one where it is too long and of wide signs."""
    if columns(word) <= room or "://" in word or columns(word) == len(word):
        return (word,)
    return tuple(word)


def underline(text: str, sign: str = "=", width: int = WIDTH) -> str:
    """The text wrapped, and under it a line of `sign` as long as its longest line."""
    lines = wrap(text, width=width)
    return f"{lines}\n{sign * max(columns(line) for line in lines.split(chr(10)))}"


def shorten(text: str, limit: int) -> str:
    """The text as one clean line of at most `limit` characters, cut after a word and ended with "…"."""
    line = plain(text)
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    if " " in cut:
        cut = cut[: cut.rindex(" ")]
    return cut.rstrip(" ,;:.–—-") + "…"
