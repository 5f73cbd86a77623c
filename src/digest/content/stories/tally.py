"""Counts in how many articles words stand, in bounded space: what a window of a hundred thousand articles needs."""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Iterable, Mapping

from digest.content.stories.rarity import Rare

WIDTH = 1 << 16
"""Counters in a row. Words share counters; of its two a word has the smaller, so that rare ones stay rare."""

MOST = 120_000
"""Articles beyond which all counts are halved: what was long ago fades, and the space stays the same."""

_SEED = 0x5BD1E995
_FULL = 0xFFFF  # a counter that is full stays so: the word is as common as can be
_SIZE = 4 + 2 * 2 * WIDTH


class Tally:
    """In how many of one language's articles words stand.

    Args:
        packed: what `packed` gave; empty for a new one.

    Raises:
        ValueError: it is no tally.
    """

    def __init__(self, packed: bytes = b"") -> None:
        if packed and len(packed) != _SIZE:
            raise ValueError("not a tally of words")
        self.total = int.from_bytes(packed[:4])
        """How many articles were counted."""
        self._counts = array("H", packed[4:] or bytes(_SIZE - 4))

    def add(self, terms: Iterable[str]) -> None:
        """Count one article, given as its distinct words."""
        counts = self._counts
        for term in terms:
            for place in _places(term):
                if counts[place] < _FULL:
                    counts[place] += 1
        self.total += 1
        if self.total > MOST:
            self._counts = array("H", (count >> 1 for count in counts))
            self.total >>= 1

    def count(self, term: str) -> int:
        """In how many articles a word stands: never too few, for rare words sometimes a few too many."""
        one, other = _places(term)
        return min(self._counts[one], self._counts[other])

    def packed(self) -> bytes:
        """The tally as bytes, a quarter of a megabyte."""
        return self.total.to_bytes(4) + self._counts.tobytes()


class Tallies:
    """The rarity of words by the tallies of their languages, as they are now.

    Args:
        known: tallies by language.
    """

    def __init__(self, known: Mapping[str, Tally]) -> None:
        self._rare = {language: Rare(tally.count, tally.total) for language, tally in known.items()}

    def of(self, language: str) -> Rare:
        """How rare the words of a language are; all are where nothing was counted."""
        known = self._rare.get(language)
        return Rare(lambda _: 0, 0) if known is None else known


def _places(term: str) -> tuple[int, int]:
    word = term.encode("utf-8", "surrogatepass")
    return zlib.crc32(word) % WIDTH, WIDTH + zlib.crc32(word, _SEED) % WIDTH
