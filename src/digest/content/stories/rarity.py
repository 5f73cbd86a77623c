"""How telling a word is: rare among the articles of its language."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Protocol

from digest.content.stories.accounts import Account

BACKGROUND = 5
"""Imagined articles that hold no term: without them a handful of articles would have no rare words."""

_POWER = 1.2  # words that many articles hold count a little less than their inverse frequency says


class Rare(dict[str, float]):
    """What words tell by their rarity, worked out when it is asked for: 0 for those that most articles hold.

    Args:
        count: in how many articles a word stands.
        total: of how many.
    """

    def __init__(self, count: Callable[[str], float], total: float) -> None:
        super().__init__()
        self._count, self.total = count, total

    def __missing__(self, term: str) -> float:
        rare = self[term] = self.of(self._count(term))
        return rare

    def of(self, count: float) -> float:
        """What a word tells that stands in so many articles."""
        return math.pow(max(0.0, math.log((self.total + BACKGROUND) / (count + 0.5))), _POWER)


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
