"""Finds the same text in several homes: syndicated copies, reprints with a line added or cut."""

from __future__ import annotations

import math
import zlib
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from digest.content.text.words import UNSPACED, words

CONTAINED = 0.65
"""The part of the shorter text's three-word runs that the longer one must hold: a rewrite of one's own piece of last
week holds up to 0.6, a reprint with a third of its sentences cut about 0.9."""

FEWEST = 20
"""Runs that a text must have to be compared: shorter ones are too often a stock phrase."""

LONGEST = 60_000
"""Characters of a text that are looked at."""

_KEPT = 256  # runs that are kept of a text: all of a short one, every 4th, 16th ... of a longer one
_SAMPLE = 4  # one run in four, the same ones in every text, serves to find candidates
_CROWD = 60  # a run that more texts hold is boilerplate, or a text in very many homes: each is held to the next alone
_MARGIN = 0.5  # over the root of a sample's size: one standard error of a half, which is the largest
_MIX, _BITS = 0x9E3779B1, 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Runs:
    """A sample of a text's runs of three words: hashes, of which one in `rate` was kept, the same ones in every text.

    Attributes:
        hashes: 32 bits each, the same in every process.
        rate: 1, 4, 16 ...: all hashes are multiples of it.
        count: how many different runs the whole text has.
    """

    hashes: frozenset[int]
    rate: int
    count: int

    def at(self, rate: int) -> frozenset[int]:
        """The hashes that a sample of this rate would hold; `rate` is not below its own."""
        return self.hashes if rate == self.rate else frozenset(h for h in self.hashes if h % rate == 0)


def runs(text: str) -> Runs:
    """The runs of three words of a text; of three characters in scripts that put no spaces."""
    found: list[str] = []
    for word in words(text[:LONGEST]):
        found += word if not word.isascii() and UNSPACED.search(word) else [word]
    codes = {word: zlib.crc32(word.encode("utf-8", "surrogatepass")) for word in set(found)}
    line = [codes[word] for word in found]
    whole = {_mixed(a, b, c) for a, b, c in zip(line, line[1:], line[2:], strict=False)}
    if not whole and line:
        whole = {_mixed(*[*line, 0, 0][:3])}
    rate = 1
    while len(whole) > _KEPT * rate:
        rate *= 4
    return Runs(frozenset(h for h in whole if h % rate == 0) if rate > 1 else frozenset(whole), rate, len(whole))


def _mixed(a: int, b: int, c: int) -> int:
    mixed = (((a * 31 + b) * 31 + c) * _MIX) & _BITS
    return mixed ^ (mixed >> 15)


def containment(a: Runs, b: Runs) -> float:
    """Which part of the shorter text's runs the longer one holds too; 0 when either has too few to tell.

    From samples of long texts, the least that is likely: a copy is claimed only where it is one.
    """
    if min(a.count, b.count) < FEWEST:
        return 0.0
    rate = max(a.rate, b.rate)
    one, other = a.at(rate), b.at(rate)
    smaller = min(len(one), len(other))
    if smaller < FEWEST // _SAMPLE:
        return 0.0
    part = len(one & other) / smaller
    return part if rate == 1 or part == 1 else max(0.0, part - _MARGIN / math.sqrt(smaller))


def marks(text: Runs) -> list[int]:
    """The runs that find candidates: those that a sample of any text would hold."""
    return sorted(h for h in text.hashes if h % _SAMPLE == 0) if text.count >= FEWEST else []


def pairs(texts: Sequence[Runs], *, fresh: Collection[int] | None = None) -> list[tuple[float, int, int]]:
    """Pairs of indices into `texts` that hold the same text, as (containment, smaller index, larger index).

    The most alike come first. Time grows with the number of texts and of true candidates, not with its square.

    Args:
        texts: what to compare.
        fresh: indices; pairs without one of these are left out. None for all.
    """
    homes: dict[int, list[int]] = defaultdict(list)
    asked = None if fresh is None else frozenset(mark for index in fresh for mark in marks(texts[index]))
    for index, text in enumerate(texts):
        for mark in marks(text) if asked is None else sorted(text.hashes & asked) if text.count >= FEWEST else ():
            homes[mark].append(index)
    shared: dict[tuple[int, int], int] = defaultdict(int)
    for places in homes.values():
        for pair in combinations(places, 2) if len(places) <= _CROWD else pairwise(places):
            if fresh is None or pair[0] in fresh or pair[1] in fresh:
                shared[pair] += 1
    found = []
    for (a, b), n in shared.items():
        rate = max(_SAMPLE, texts[a].rate, texts[b].rate)
        # A pair at the limit shares about CONTAINED of the sample; half of that is far on the safe side.
        if n * rate >= 0.5 * CONTAINED * min(texts[a].count, texts[b].count):
            part = containment(texts[a], texts[b])
            if part >= CONTAINED:
                found.append((part, a, b))
    return sorted(found, key=lambda pair: (-pair[0], pair[1], pair[2]))


def near_duplicates(texts: Sequence[str]) -> list[tuple[float, int, int]]:
    """Pairs of indices into `texts` that hold the same text, as (containment, smaller index, larger index)."""
    return pairs([runs(text) for text in texts])
