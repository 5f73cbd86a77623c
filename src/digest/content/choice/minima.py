"""Whether the minima of sections can all be met by what is left: a flow from sections through stories to outlets."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Mapping

Kind = tuple[str, frozenset[int]]
"""Stories that are alike to this question: their outlet ("" where no cap binds them), the sections that fit them."""


def meets(needs: Mapping[int, int], free: Mapping[Kind, int], room: Mapping[str, int]) -> bool:
    """Whether every section can have as many stories as it needs, each story in one section, no outlet over its cap.

    It is the maximum flow from sections through kinds of stories to outlets (Edmonds and Karp 1972), so the answer is
    exact: no order of choosing could do better.

    Args:
        needs: stories each section still needs, by the section's number.
        free: how many stories of each kind are open.
        room: how many more stories each outlet may have; an outlet that is not named has no cap.
    """
    needed = {at: need for at, need in needs.items() if need > 0}
    if slack(needed, free, room) >= 0:
        return True
    kinds = {kind: count for kind, count in free.items() if count > 0 and not kind[1].isdisjoint(needed)}
    return _flow(needed, kinds, room) == sum(needed.values())


PLENTY = 1 << 30


def slack(needs: Mapping[int, int], free: Mapping[Kind, int], room: Mapping[str, int]) -> int:
    """How many stories may go, whichever they are, and the minima can still be met; below 0 nobody knows yet.

    It is what the scarcest section has beyond all that every section needs together. A story that is taken costs each
    section at most one, be it the story itself or a place under its outlet's cap.
    """
    needed = [at for at, need in needs.items() if need > 0]
    total = sum(needs[at] for at in needed)
    least = PLENTY
    for at in needed:
        by_outlet: Counter[str] = Counter()
        for (outlet, sections), count in free.items():
            if at in sections:
                by_outlet[outlet] += count
        least = min(least, sum(min(count, room.get(outlet, count)) for outlet, count in by_outlet.items()) - total)
    return least


def _flow(needed: Mapping[int, int], kinds: Mapping[Kind, int], room: Mapping[str, int]) -> int:
    """The most stories that sections can have of what they need."""
    numbers: dict[object, int] = {}

    def node(name: object) -> int:
        return numbers.setdefault(name, len(numbers))

    source, sink = node("source"), node("sink")
    left: dict[int, dict[int, int]] = defaultdict(dict)
    for at, need in sorted(needed.items()):
        left[source][node(("section", at))] = need
    for kind in sorted(kinds, key=lambda kind: (kind[0], sorted(kind[1]))):
        outlet, sections = kind
        for at in sorted(sections & needed.keys()):
            left[node(("section", at))][node(kind)] = PLENTY
        left[node(kind)][node(("outlet", outlet))] = kinds[kind]
        left[node(("outlet", outlet))][sink] = room.get(outlet, PLENTY)
    flow = 0
    while path := _path(left, source, sink):
        amount = min(left[a][b] for a, b in path)
        for a, b in path:
            left[a][b] -= amount
            left[b][a] = left[b].get(a, 0) + amount
        flow += amount
    return flow


def _path(left: Mapping[int, Mapping[int, int]], source: int, sink: int) -> list[tuple[int, int]]:
    """The edges of the shortest way from source to sink on which something is left; none when there is no way."""
    came = {source: source}
    queue = deque([source])
    while queue and sink not in came:
        at = queue.popleft()
        for to, amount in left.get(at, {}).items():
            if amount > 0 and to not in came:
                came[to] = at
                queue.append(to)
    if sink not in came:
        return []
    edges, at = [], sink
    while at != source:
        edges.append((came[at], at))
        at = came[at]
    return edges
