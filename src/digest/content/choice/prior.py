"""What readers made of an outlet's stories so far, as a number that says little while little is known."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

DOUBT = 5.0
"""How many unremarkable stories every outlet is thought to have had before its first."""

NEUTRAL = 0.5


def response(count: float, usual: float) -> float:
    """A count beside what is usual: as many give 0.5, none gives 0, and 1 is never reached.

    One story that everybody followed so counts for one, and not for all of its outlet's others.

    Args:
        count: how often a story was followed, or commented on.
        usual: what a story in its place usually gets.
    """
    return max(0.0, count) / (max(0.0, count) + usual) if usual > 0 else NEUTRAL


def priors(responses: Mapping[str, Sequence[float]], *, doubt: float = DOUBT) -> dict[str, float]:
    """The mean response to each outlet's stories, drawn towards that of all (additive smoothing).

    Args:
        responses: by outlet, one number from 0 to 1 for each of its stories; see `response`.
        doubt: the weight of the common mean, in stories.

    Returns:
        A number from 0 to 1 for each outlet.
    """
    everything = [value for values in responses.values() for value in values]
    if not everything:
        return {}
    common = math.fsum(everything) / len(everything)
    return {
        outlet: round((math.fsum(values) + doubt * common) / (len(values) + doubt), 6)
        for outlet, values in sorted(responses.items())
    }


def usual_comments(counts: Iterable[tuple[str, int | None]], *, least: int = 1) -> dict[str, float]:
    """The median of readers' comments on an outlet's articles: one that everybody talks about does not move it.

    Args:
        counts: outlet and comments of each article; None where the feed does not say.
        least: outlets with fewer articles that say are left out.
    """
    found: dict[str, list[int]] = defaultdict(list)
    for outlet, count in counts:
        if count is not None:
            found[outlet].append(count)
    return {o: float(statistics.median(values)) for o, values in sorted(found.items()) if len(values) >= least}
