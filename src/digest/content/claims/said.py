"""The sentences that a claim cites, and their words, as the checks of `cited.py` need them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from digest.content.text.words import fold

WORD = re.compile(r"[^\W\d_]+(?:[-'’.][^\W\d_]+)*\.?", re.UNICODE)
"""A word with its hyphens and apostrophes, and the stop of an abbreviation."""


@dataclass(frozen=True, slots=True)
class Said:
    """The sentences that a claim cites, as the checks need them."""

    texts: tuple[str, ...]
    words: frozenset[str]
    runs: str

    @classmethod
    def of(cls, texts: tuple[str, ...]) -> Said:
        """Read the sentences once."""
        found = [words_of(text) for text in texts]
        return cls(texts, frozenset(w for ws in found for w in ws), " \n ".join(f" {' '.join(ws)} " for ws in found))

    def holds(self, run: Sequence[str]) -> bool:
        """Whether the words stand there side by side, in one sentence."""
        return f" {' '.join(run)} " in self.runs

    def has(self, word: str) -> bool:
        """Whether a word stands there, in this or another of its endings."""
        return word in self.words or any(kin(word, other) for other in self.words)


def words_of(text: str) -> list[str]:
    """A text's words, folded; possessives and the stops of abbreviations are no part of them."""
    return [bare(m[0]) for m in WORD.finditer(text)]


def bare(word: str) -> str:
    """A word folded, without a possessive and the stop of an abbreviation."""
    return re.sub(r"(?:['’]s|['’])\Z", "", fold(word).replace(".", ""))


def kin(one: str, other: str) -> bool:
    """Whether two words share a stem of four letters or more, and differ in a short ending alone."""
    if one[:4] != other[:4] or len(one) < 4 or len(other) < 4:
        return False
    same = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return max(len(one), len(other)) - same <= 3
