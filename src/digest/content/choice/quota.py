"""Shares out an edition's places among its sections."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def quotas(places: int, shares: Sequence[float], least: Sequence[int], most: Sequence[int]) -> tuple[int, ...]:
    """How many places each section gets of `places`, by its share, within its least and its most.

    The next place goes, again and again, to the section with the largest share for each place it has already
    (Sainte-Laguë's divisors 1, 3, 5 ...), the first of equals, so nobody loses a place when there is one more to give.
    Sections get their least first.

    Args:
        places: all there are.
        shares: at least 0 each; a section with 0 gets its least.
        least: places a section gets in any case, as far as there are enough, in order.
        most: places a section can use.
    """
    given: list[int] = []
    for low, high in zip(least, most, strict=True):
        given.append(max(0, min(low, high, places - sum(given))))
    exact = [Fraction(max(0.0, share)) for share in shares]
    while sum(given) < places:
        open_ = [at for at in range(len(given)) if given[at] < most[at] and exact[at] > 0]
        if not open_:
            break
        best = max(open_, key=lambda at: (exact[at] / (2 * given[at] + 1), -at))
        given[best] += 1
    return tuple(given)
