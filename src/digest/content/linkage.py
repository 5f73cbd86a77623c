"""Average-link clustering over a sparse graph of likeness, the same for any order of input."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence


def average_link(
    groups: Sequence[Sequence[int]],
    edges: Iterable[tuple[int, int, float]],
    threshold: float,
    allowed: Callable[[Sequence[int], Sequence[int]], bool],
) -> list[list[int]]:
    """Join the two groups that are most alike on average, again and again, while that is at least `threshold`.

    Args:
        groups: where to begin: disjoint lists of items.
        edges: likeness of pairs of items, each pair once; a pair without an edge counts as 0.
        threshold: the least mean likeness over all pairs between two groups.
        allowed: whether two groups may be joined at all.

    Returns:
        The groups that are left, items in the order in which groups were joined.
    """
    alive = {number: list(items) for number, items in enumerate(groups)}
    home = {item: number for number, items in alive.items() for item in items}
    sums: dict[int, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for a, b, likeness in sorted(edges):
        ga, gb = home.get(a), home.get(b)
        if ga is not None and gb is not None and ga != gb:
            sums[ga][gb] += likeness
            sums[gb][ga] += likeness

    def mean(a: int, b: int) -> float:
        return sums[a][b] / (len(alive[a]) * len(alive[b]))

    heap = [(-mean(a, b), a, b) for a in sorted(sums) for b in sums[a] if a < b and mean(a, b) >= threshold]
    heapq.heapify(heap)
    following = len(groups)
    while heap:
        _, a, b = heapq.heappop(heap)
        if a not in alive or b not in alive or not allowed(alive[a], alive[b]):
            continue
        new, following = following, following + 1
        size = len(alive[a]) + len(alive[b])
        joined: dict[int, float] = defaultdict(float)
        for old in (a, b):
            for other, likeness in sums.pop(old).items():
                sums[other].pop(old, None)
                if other not in (a, b):
                    joined[other] += likeness
        alive[new] = alive.pop(a) + alive.pop(b)
        sums[new] = joined
        for other, likeness in joined.items():
            sums[other][new] = likeness
            average = likeness / (size * len(alive[other]))
            if average >= threshold:
                heapq.heappush(heap, (-average, other, new))
    return list(alive.values())
