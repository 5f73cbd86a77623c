"""How likely two articles tell of one event: by shared rare words and names, headlines, and the days they name."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from digest.content.stories.accounts import Account
from digest.content.stories.rarity import Rarity

_NAME = 1.1  # what a name counts beside another word
_DOUBT = 2  # words: a likeness that rests on n shared words counts n/(n + 2), so few words prove little
_OUTLET_DOUBT = 10  # the same for two pieces of one outlet: alike in wording, and more often two events than one
_SHARED = 3  # words that two accounts must have in common

# Two accounts that both have names, and share none, are on one subject more often than on one event.
_NAMES = 3
_NAMELESS, _ONE_NAME = 0.6, 0.85
# The part of a headline's weight that the other account's opening holds, in the better of both directions.
_HEADLINE, _HEADLINE_PART = 0.75, 0.5
# They name days, and no day that is the same; or the same ones, but another first.
_OTHER_DAY, _OTHER_FIRST, _OTHER_DATE = 0.8, 0.9, 0.8
_DAY = 86_400.0
_FADE = 0.06  # a day, from the second on, that lies between two accounts


@dataclass(frozen=True, slots=True)
class Shape:
    """An account with its terms weighed: a sparse vector of length 1, and what its headline weighs in it."""

    account: Account
    vector: Mapping[str, float]
    headline: float


def shape(account: Account, rarity: Rarity) -> Shape:
    """Weigh an account's terms: how often they are said, how rare they are, and whether they are names."""
    rare, names = rarity.of(account.language), account.names
    raw = {term: said * rare[term] for term, said in account.terms.items()}
    for term in names:
        raw[term] *= _NAME
    length = math.sqrt(math.fsum(w * w for w in raw.values()))
    vector = {term: w / length for term, w in raw.items() if w} if length else {}
    return Shape(account, vector, math.fsum(vector[term] for term in account.title if term in vector))


def likeness(a: Shape, b: Shape) -> float:
    """How alike two accounts are, 0 to about 1; above `stories.THRESHOLD` they tell of one event more often than not.

    The same for both orders of the arguments.
    """
    one, other = a.vector, b.vector
    shared = one.keys() & other.keys()
    if len(shared) < _SHARED:
        return 0.0
    first, second = a.account, b.account
    doubt = _OUTLET_DOUBT if first.source == second.source else _DOUBT
    alike = math.fsum(one[term] * other[term] for term in shared) * len(shared) / (len(shared) + doubt)
    return alike * _named(first, second) * _headlined(a, b) * _dated(first, second)


def _named(a: Account, b: Account) -> float:
    if min(len(a.names), len(b.names)) < _NAMES:
        return 1.0
    shared = len(a.names.keys() & b.names.keys())
    return _NAMELESS if not shared else _ONE_NAME if shared == 1 else 1.0


def _headlined(a: Shape, b: Shape) -> float:
    return _HEADLINE + _HEADLINE_PART * max(_held(a, b), _held(b, a))


def _held(a: Shape, b: Shape) -> float:
    """The part of a's headline that b's words hold."""
    if not a.headline:
        return 0.0
    return math.fsum(a.vector[term] for term in a.account.title if term in a.vector and term in b.vector) / a.headline


def _dated(a: Account, b: Account) -> float:
    factor = 1.0
    if a.weekdays and b.weekdays and a.weekdays[0] != b.weekdays[0]:
        factor *= _OTHER_DAY if set(a.weekdays).isdisjoint(b.weekdays) else _OTHER_FIRST
    if a.dates and b.dates and a.dates.isdisjoint(b.dates):
        factor *= _OTHER_DATE
    apart = abs((a.published - b.published).total_seconds()) / _DAY
    return factor * max(0.5, 1 - _FADE * max(0.0, apart - 1))
