"""Counts in how many articles words stand, in bounded space: what a window of a hundred thousand articles needs."""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Iterable, Mapping

WIDTH = 1 << 16
"""Counters in a row. Words share counters; of its two a word has the smaller, so that rare ones stay rare."""

MOST = 120_000
"""Articles beyond which all counts are halved: what was long ago fades, and the space stays the same."""

_SEED = 0x5BD1E995


class Tally:
    """In how many of one language's articles words stand.

    Args:
        packed: what `packed` gave; empty for a new one.

    Raises:
        ValueError: it is no tally.
    """

    def __init__(self, packed: bytes = b"") -> None:
        self._counts = array("I", bytes(4 * (2 * WIDTH + 1)))
        self._known: dict[str, tuple[int, int]] = {}
        if packed:
            self._counts = array("I", zlib.decompress(packed))
            if len(self._counts) != 2 * WIDTH + 1:
                raise ValueError("not a tally of words")

    @property
    def total(self) -> int:
        """How many articles were counted."""
        return self._counts[-1]

    def add(self, terms: Iterable[str]) -> None:
        """Count one article, given as its distinct words."""
        for term in terms:
            for place in self._places(term):
                self._counts[place] += 1
        self._counts[-1] += 1
        if self._counts[-1] > MOST:
            self._counts = array("I", (count >> 1 for count in self._counts))

    def count(self, term: str) -> int:
        """In how many articles a word stands: never too few, for rare words sometimes a few too many."""
        one, other = self._places(term)
        return min(self._counts[one], self._counts[other])

    def packed(self) -> bytes:
        """The tally as bytes: at most half a megabyte."""
        return zlib.compress(self._counts.tobytes(), 1)

    def _places(self, term: str) -> tuple[int, int]:
        if (known := self._known.get(term)) is None:
            word = term.encode("utf-8", "surrogatepass")
            known = zlib.crc32(word) % WIDTH, WIDTH + zlib.crc32(word, _SEED) % WIDTH
            self._known[term] = known
        return known


class Tallies:
    """The rarity of words by the tallies of their languages.

    Args:
        known: tallies by language.
    """

    def __init__(self, known: Mapping[str, Tally]) -> None:
        self._known = known

    def counts(self, language: str, terms: Iterable[str]) -> tuple[Mapping[str, float], float]:
        """For each of the terms the number of articles with it, and the number of all articles of that language."""
        tally = self._known.get(language)
        if tally is None:
            return dict.fromkeys(terms, 0), 0
        return {term: tally.count(term) for term in terms}, tally.total
