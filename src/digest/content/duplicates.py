"""Finds the same text in several homes: syndicated copies, reprints with a line added or cut."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations

from digest.content.similarity import containment, shingles

CONTAINED = 0.6
"""The part of the shorter text's three-word runs that the longer one must hold."""

FEWEST = 20
"""Runs that a text must have to be compared: shorter ones are too often a stock phrase."""

_SAMPLE = 4  # one run in four, the same ones in every text, serves to find candidates
_CROWD = 60  # a run that more texts hold is boilerplate, and finds nothing


def near_duplicates(texts: Sequence[str]) -> list[tuple[float, int, int]]:
    """Pairs of indices into `texts` that hold the same text, as (containment, smaller index, larger index).

    The most alike come first. Time grows with the number of texts and of true candidates, not with its square.
    """
    counts: list[int] = []
    homes: dict[int, list[int]] = defaultdict(list)
    for index, text in enumerate(texts):
        runs = shingles(text)
        counts.append(len(runs))
        if len(runs) >= FEWEST:
            for run in runs:
                if run % _SAMPLE == 0:
                    homes[run].append(index)
    shared: dict[tuple[int, int], int] = defaultdict(int)
    for places in homes.values():
        if 1 < len(places) <= _CROWD:
            for pair in combinations(places, 2):
                shared[pair] += 1
    # A pair at the limit shares about CONTAINED/4 of the shorter text's runs in the sample; half of that is far on
    # the safe side. Whole sets are made again for candidates only, as keeping them all takes 50 KB a text.
    near = [(a, b) for (a, b), n in shared.items() if n * _SAMPLE >= 0.5 * CONTAINED * min(counts[a], counts[b])]
    whole = {index: shingles(texts[index]) for index in sorted({index for pair in near for index in pair})}
    pairs = [(containment(whole[a], whole[b]), a, b) for a, b in near]
    return sorted((p for p in pairs if p[0] >= CONTAINED), key=lambda pair: (-pair[0], pair[1], pair[2]))
