"""Finds the same text in several homes: syndicated copies, reprints with a line added or cut."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

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
    sets = [shingles(text) for text in texts]
    homes: dict[int, list[int]] = defaultdict(list)
    for index, runs in enumerate(sets):
        if len(runs) >= FEWEST:
            for run in runs:
                if run % _SAMPLE == 0:
                    homes[run].append(index)
    shared: dict[tuple[int, int], int] = defaultdict(int)
    for places in homes.values():
        if 1 < len(places) <= _CROWD:
            for at, first in enumerate(places):
                for second in places[at + 1 :]:
                    shared[first, second] += 1
    pairs = []
    for (a, b), count in shared.items():
        # A sample of a pair at the limit holds about CONTAINED/4 of its runs; half of that is far on the safe side.
        if count * _SAMPLE >= 0.5 * CONTAINED * min(len(sets[a]), len(sets[b])):
            part = containment(sets[a], sets[b])
            if part >= CONTAINED:
                pairs.append((part, a, b))
    return sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2]))
