"""A figure with its 95 % interval, and a report of figures."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

T = TypeVar("T")

NORMAL = 1.959964
"""Standard errors on either side of a mean that hold 95 of 100 means."""

SEED = 20_260_101
"""Where chance begins, so that a set gives the same figures each time."""

DRAWS = 1_000
"""Samples drawn for an interval that no formula gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One value, and where it would lie in 95 of 100 sets like this one.

    Attributes:
        value: what was measured; None when there was nothing to measure.
        low, high: the interval; equal to the value when it is no estimate.
        count: of how many it was measured.
    """

    value: float | None
    low: float | None
    high: float | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A figure of a report: in which set, what was measured, and whose it is."""

    set: str
    measure: str
    who: str
    figure: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All figures of one evaluation, and what a reader of them must know."""

    kind: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The report as one JSON object."""
        rows = [{"set": r.set, "measure": r.measure, "who": r.who, **asdict(r.figure)} for r in self.rows]
        return {"kind": self.kind, "rows": rows, "notes": list(self.notes)}

    def table(self) -> list[list[str]]:
        """The rows in words, under the headings of `HEADINGS`."""
        return [[r.set, r.measure, r.who, *_words(r.measure, r.figure)] for r in self.rows]


HEADINGS = ("set", "measure", "who", "value", "95 %", "of")


def _words(measure: str, figure: Figure) -> tuple[str, str, str]:
    if figure.value is None or figure.low is None or figure.high is None:
        return ("-", "-", str(figure.count))
    sign = "+" if "minus" in measure else ""
    interval = f"{figure.low:{sign}.2f} to {figure.high:{sign}.2f}" if figure.low != figure.high else "-"
    return (f"{figure.value:{sign}.2f}", interval, str(figure.count))


def mean(values: Sequence[float]) -> Figure:
    """The mean, and 1.96 standard errors on either side; of fewer than two values the interval is unknown."""
    count = len(values)
    if count == 0:
        return Figure(value=None, low=None, high=None, count=0)
    value = sum(values) / count
    if count == 1:
        return Figure(value=value, low=value, high=value, count=1)
    error = math.sqrt(sum((v - value) ** 2 for v in values) / (count - 1) / count) * NORMAL
    return Figure(value=value, low=value - error, high=value + error, count=count)


def paired(ours: Sequence[float], theirs: Sequence[float]) -> Figure:
    """The mean of the differences on the same samples: much narrower than the difference of two means."""
    return mean([a - b for a, b in zip(ours, theirs, strict=True)])


def share(hits: int, count: int) -> Figure:
    """A share in per cent with Wilson's interval, which stays within 0 and 100 (Wilson 1927)."""
    if count == 0:
        return Figure(value=None, low=None, high=None, count=0)
    part, z = hits / count, NORMAL
    middle = part + z * z / (2 * count)
    width = z * math.sqrt(part * (1 - part) / count + z * z / (4 * count * count))
    whole = 1 + z * z / count
    low, high = max(0.0, (middle - width) / whole), min(1.0, (middle + width) / whole)
    return Figure(value=100 * part, low=100 * low, high=100 * high, count=count)


def bootstrap(units: Sequence[T], statistic: Callable[[Sequence[T]], float]) -> Figure:
    """A statistic of whole units (pages, events), with the interval of resampled units (Efron 1979).

    Args:
        units: what is drawn, with replacement; what belongs together must be one unit.
        statistic: from units to the value.
    """
    if not units:
        return Figure(value=None, low=None, high=None, count=0)
    chance = random.Random(SEED)  # noqa: S311 - figures must repeat
    drawn = sorted(statistic(chance.choices(units, k=len(units))) for _ in range(DRAWS))
    tail = DRAWS // 40
    return Figure(value=statistic(units), low=drawn[tail], high=drawn[-tail - 1], count=len(units))


def correlation(value: float, count: int) -> Figure:
    """A rank correlation with the interval of Bonett and Wright (2000), which widens as it nears 1."""
    if count <= 3 or abs(value) >= 1:
        return Figure(value=value, low=value, high=value, count=count)
    error = NORMAL * math.sqrt((1 + value * value / 2) / (count - 3))
    middle = math.atanh(value)
    return Figure(value=value, low=math.tanh(middle - error), high=math.tanh(middle + error), count=count)
