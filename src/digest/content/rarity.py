"""How telling a word is: rare among the articles of its language."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from digest.content.accounts import Account

BACKGROUND = 5
"""Imagined articles that hold no term: without them a handful of articles would have no rare words."""

_POWER = 1.2  # words that many articles hold count a little less than their inverse frequency says


class Rare(dict[str, float]):
    """The inverse document frequency of words (natural logarithm), worked out when it is asked for.

    Args:
        count: in how many articles a word stands.
        total: of how many.
    """

    def __init__(self, count: Callable[[str], float], total: float) -> None:
        super().__init__()
        self._count, self.total = count, total

    def __missing__(self, term: str) -> float:
        rare = self[term] = math.log((self.total + BACKGROUND) / (self._count(term) + 0.5))
        return rare


class Rarity(Protocol):
    """Knows how rare the words of each language are."""

    def of(self, language: str) -> Rare:
        """How rare the words of a language are."""
        ...


class Counted:
    """The rarity of words among some articles.

    Args:
        accounts: the articles.
    """

    def __init__(self, accounts: Iterable[Account]) -> None:
        terms: dict[str, Counter[str]] = defaultdict(Counter)
        total: Counter[str] = Counter()
        for one in accounts:
            terms[one.language].update(one.terms.keys())
            total[one.language] += 1
        self._rare = {language: Rare(held.__getitem__, total[language]) for language, held in terms.items()}

    def of(self, language: str) -> Rare:
        """How rare the words of a language are."""
        known = self._rare.get(language)
        return Rare(lambda _: 0, 0) if known is None else known


def weights(account: Account, rarity: Rarity) -> Mapping[str, float]:
    """What each term of an account tells about it by its rarity alone; above 0."""
    known = rarity.of(account.language)
    return {term: rare for term in account.terms if (rare := known[term]) > 0}


def telling(rare: float) -> float:
    """The weight of a word of this inverse document frequency (natural logarithm)."""
    return math.pow(rare, _POWER)
