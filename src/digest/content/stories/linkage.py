"""Average-link clustering over a sparse graph of likeness, careful where it is crowded, the same for any order."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

NEAREST = 5
"""How crowded it is around a group is how like it is to the fifth nearest other group."""

_ROOM = 0.03  # likeness of a group's fifth neighbour that is usual
_CARE = 0.35  # how much more likeness is asked for where it is crowded: 0 for none, 0.5 for in proportion


def average_link(
    groups: Sequence[Sequence[int]],
    edges: Iterable[tuple[int, int, float]],
    threshold: float,
    allowed: Callable[[Sequence[int], Sequence[int]], bool],
    crowds: Mapping[int, float] | None = None,
) -> list[list[int]]:
    """Join the two groups that are most alike on average, again and again, while that is at least `threshold`.

    Many articles on one subject are more like one another than two on one event elsewhere. So what is compared with
    the threshold is the likeness for its surroundings: a group that is nearly as like five others needs more.

    Args:
        groups: where to begin: disjoint lists of items.
        edges: likeness of pairs of items, each pair once; a pair without an edge counts as 0.
        threshold: the least mean likeness over all pairs between two groups, where it is not crowded.
        allowed: whether two groups may be joined at all.
        crowds: how crowded it was around an item, where that is known from before.

    Returns:
        The groups that are left, items in the order in which groups were joined.
    """
    return _Linkage(groups, edges, threshold, allowed, crowds or {}).run()


class _Linkage:
    """The groups as they are now, and the mean likeness between those that have any."""

    def __init__(
        self,
        groups: Sequence[Sequence[int]],
        edges: Iterable[tuple[int, int, float]],
        threshold: float,
        allowed: Callable[[Sequence[int], Sequence[int]], bool],
        crowds: Mapping[int, float],
    ) -> None:
        self._threshold, self._allowed, self._crowds = threshold, allowed, crowds
        self._alive = {number: list(items) for number, items in enumerate(groups)}
        self._next = len(groups)
        self._sums: dict[int, dict[int, float]] = defaultdict(dict)
        self._around: dict[int, float] = {}
        home = {item: number for number, items in self._alive.items() for item in items}
        for a, b, likeness in sorted(edges):
            ga, gb = home.get(a), home.get(b)
            if ga is not None and gb is not None and ga != gb:
                self._sums[ga][gb] = self._sums[ga].get(gb, 0.0) + likeness
                self._sums[gb][ga] = self._sums[gb].get(ga, 0.0) + likeness

    def run(self) -> list[list[int]]:
        """Join what may be joined."""
        near = [(a, b) for a in sorted(self._sums) for b in self._sums[a] if a < b]
        heap = [(-self._worth(a, b), a, b) for a, b in near if self._mean(a, b) >= self._threshold]
        while heap:
            heapq.heapify(heap)
            joined, waiting = False, []
            while heap:
                entry, a, b = heapq.heappop(heap)
                if a not in self._alive or b not in self._alive:
                    continue
                worth = self._worth(a, b)
                if worth < -entry:
                    heapq.heappush(heap, (-worth, a, b))  # it became more crowded
                elif worth < self._threshold:
                    waiting.append((-worth, a, b))  # until it is less crowded, should that come
                elif self._allowed(self._alive[a], self._alive[b]):
                    joined = True
                    for pair in self._join(a, b):
                        heapq.heappush(heap, (-self._worth(*pair), *pair))
            heap = waiting if joined else []
        return list(self._alive.values())

    def _mean(self, a: int, b: int) -> float:
        return self._sums[a][b] / (len(self._alive[a]) * len(self._alive[b]))

    def _worth(self, a: int, b: int) -> float:
        """The mean likeness of two groups for their surroundings."""
        return self._mean(a, b) / (self._crowd(a) * self._crowd(b))

    def _crowd(self, group: int) -> float:
        """What likeness is divided by around a group; 1 where nothing else is near."""
        if group not in self._around:
            size = len(self._alive[group])
            means = [likeness / (size * len(self._alive[other])) for other, likeness in self._sums[group].items()]
            nearest = heapq.nlargest(NEAREST, means)
            here = nearest[-1] if len(nearest) == NEAREST else 0.0
            before = sum(self._crowds.get(item, 0.0) for item in self._alive[group]) / size
            self._around[group] = (1 + max(here, before) / _ROOM) ** _CARE
        return self._around[group]

    def _join(self, a: int, b: int) -> list[tuple[int, int]]:
        """Join two groups; the pairs with the new one that are alike enough to be looked at."""
        new, self._next = self._next, self._next + 1
        joined: dict[int, float] = {}
        for old in (a, b):
            for other, likeness in self._sums.pop(old).items():
                self._sums[other].pop(old, None)
                self._around.pop(other, None)
                if other not in (a, b):
                    joined[other] = joined.get(other, 0.0) + likeness
        self._alive[new] = self._alive.pop(a) + self._alive.pop(b)
        self._sums[new] = joined
        for other, likeness in joined.items():
            self._sums[other][new] = likeness
        return [(other, new) for other in sorted(joined) if self._mean(other, new) >= self._threshold]
