"""How telling a word is: rare among the articles of its language."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Protocol

from digest.content.accounts import Account

BACKGROUND = 5
"""Imagined articles that hold no term: without them a handful of articles would have no rare words."""

_POWER = 1.2  # words that many articles hold count a little less than their inverse frequency says


class Rarity(Protocol):
    """Says in how many articles of a language words stand."""

    def counts(self, language: str, terms: Iterable[str]) -> tuple[Mapping[str, float], float]:
        """For each of the terms the number of articles with it, and the number of all articles of that language."""
        ...


class Counted:
    """The rarity of words among some articles.

    Args:
        accounts: the articles.
    """

    def __init__(self, accounts: Iterable[Account]) -> None:
        self._terms: dict[str, Counter[str]] = defaultdict(Counter)
        self._all: Counter[str] = Counter()
        for one in accounts:
            self._terms[one.language].update(one.terms.keys())
            self._all[one.language] += 1

    def counts(self, language: str, terms: Iterable[str]) -> tuple[Mapping[str, float], float]:
        """For each of the terms the number of articles with it, and the number of all articles of that language."""
        held = self._terms.get(language, Counter())
        return {term: held[term] for term in terms}, self._all[language]


def weights(account: Account, rarity: Rarity) -> dict[str, float]:
    """What each term of an account tells about it by its rarity alone; above 0, terms sorted."""
    held, total = rarity.counts(account.language, account.terms)
    return {
        term: rare
        for term in sorted(account.terms)
        if (rare := math.log((total + BACKGROUND) / (held[term] + 0.5))) > 0
    }


def telling(rare: float) -> float:
    """The weight of a word of this inverse document frequency (natural logarithm)."""
    return math.pow(rare, _POWER)
