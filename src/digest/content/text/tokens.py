"""A text's words, folded, with their places, and where an apostrophe or a hyphen glues two of them."""

from __future__ import annotations

import re

from digest.content.text.words import WORD, fold

APOSTROPHES = "'’‘ʼʻʾʿ‛`´"
HYPHENS = "\u2010\u2011\u2012\u2013-"
"""The last one last: these stand in character classes."""

INNER = re.compile(rf"(?<=\w)[{APOSTROPHES}](?=\w)|[ʾʿ]")
"""An apostrophe within a word, or a letter that stands for one."""

_GAP = re.compile(rf"[^\S\n]*(?:[{APOSTROPHES}{HYPHENS}]|\n)?[^\S\n]*")
_GLUE = re.compile(rf"[{APOSTROPHES}{HYPHENS}]")
# The letters that stand for ayn and hamza are letters to Python, and would hide the word they stand in.
_RINGS = "ʼʻʾʿ"
_HALF_RINGS = str.maketrans(dict.fromkeys(_RINGS, "'"))


class Tokens:
    """A text's words: `forms` folded, with `starts` and `ends` in code points."""

    __slots__ = ("ends", "forms", "glue", "starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        spaced = text.replace("_", " ")
        if text.isascii():
            found = [(m[0], *m.span()) for m in WORD.finditer(spaced.lower())]
        else:
            spaced = spaced.translate(_HALF_RINGS) if any(ring in spaced for ring in _RINGS) else spaced
            found = [(form, *m.span()) for m in WORD.finditer(spaced) if (form := fold(m[0]))]
        self.forms = [form for form, _, _ in found]
        self.starts = [start for _, start, _ in found]
        self.ends = [end for _, _, end in found]
        self.glue = {m.start() for m in _GLUE.finditer(text)}

    def joined(self, at: int) -> str:
        """Word `at` and the next as one, where they are glued; else empty."""
        return self.forms[at] + self.forms[at + 1] if self.glued(at) else ""

    def glued(self, at: int) -> bool:
        """Whether only an apostrophe or a hyphen stands between word `at` and the next."""
        return self.ends[at] in self.glue and at + 1 < len(self.forms) and self.starts[at + 1] == self.ends[at] + 1

    def near(self, at: int) -> bool:
        """Whether word `at` and the next belong to one name: a space, a hyphen, an apostrophe or a line's end apart."""
        between = self.text[self.ends[at] : self.starts[at + 1]]
        return len(between) <= 3 and _GAP.fullmatch(between) is not None
