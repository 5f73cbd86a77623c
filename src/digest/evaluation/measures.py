"""Measures: ROUGE, shared n-grams, B-cubed, rank correlation; the home of rouge-score."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from digest.content.text.words import words
from digest.evaluation.extra import needed

_WORD = re.compile(r"\w+")
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)


class _Tokens:
    """ROUGE's own stemmed tokens; for scripts that ROUGE does not know (it keeps a-z and 0-9 alone) our words."""

    def __init__(self) -> None:
        tokenizers = needed("rouge_score.tokenizers")
        self._plain = tokenizers.DefaultTokenizer(use_stemmer=True)
        self._known = lru_cache(maxsize=4096)(self._read)

    def tokenize(self, text: str) -> list[str]:
        """The tokens of one text."""
        return self._known(text)

    def _read(self, text: str) -> list[str]:
        letters = sum(c.isalpha() for c in text)
        latin = len(_LATIN.findall(text))
        return list(self._plain.tokenize(text)) if latin >= letters / 2 else words(text)


@lru_cache(maxsize=1)
def _scorer() -> Any:
    return needed("rouge_score.rouge_scorer").RougeScorer(["rouge1", "rouge2", "rougeL"], tokenizer=_Tokens())


def rouge(references: Sequence[str], summary: str) -> dict[str, float]:
    """ROUGE-1, -2 and -L F1 in per cent, stemmed, by Google's rouge-score; the mean over the references.

    Raises:
        UsageError: the library is not installed.
    """
    found = [_scorer().score(reference, summary) for reference in references]
    return {
        name: 100 * sum(score[name].fmeasure for score in found) / len(found) for name in ("rouge1", "rouge2", "rougeL")
    }


def shared_grams(gold: str, found: str, size: int = 4) -> tuple[float, float, float]:
    """Precision, recall and F1 in per cent of the word n-grams, counted as often as they stand.

    As in the article extraction benchmark of Scrapinghub (2020): a text shorter than n words is one run of its own.
    """
    a, b = _grams(gold, size), _grams(found, size)
    both = sum((a & b).values())
    precision = both / sum(b.values()) if b else float(not a)
    recall = both / sum(a.values()) if a else float(not b)
    return 100 * precision, 100 * recall, 100 * harmonic(precision, recall)


def _grams(text: str, size: int) -> Counter[tuple[str, ...]]:
    tokens = _WORD.findall(text)
    return Counter(tuple(tokens[i : i + size]) for i in range(max(1, len(tokens) - size + 1))) if tokens else Counter()


def harmonic(precision: float, recall: float) -> float:
    """F1; 0 when both are."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def b_cubed(groups: Mapping[str, Hashable], gold: Mapping[str, Hashable]) -> dict[str, tuple[float, float]]:
    """Precision and recall of every item's group (Bagga and Baldwin 1998), from 0 to 1.

    Args:
        groups: the group each item was put in; every item of `gold`.
        gold: the group it belongs in.
    """
    ours: dict[Hashable, set[str]] = defaultdict(set)
    theirs: dict[Hashable, set[str]] = defaultdict(set)
    for item in gold:
        ours[groups[item]].add(item)
        theirs[gold[item]].add(item)
    found = {}
    for item in gold:
        mine, right = ours[groups[item]], theirs[gold[item]]
        both = len(mine & right)
        found[item] = (both / len(mine), both / len(right))
    return found


def ranks(values: Sequence[float]) -> list[float]:
    """The rank of every value from 1, equal values sharing the mean of theirs."""
    order = sorted(range(len(values)), key=lambda i: values[i])
    found = [0.0] * len(values)
    at = 0
    while at < len(order):
        end = at
        while end + 1 < len(order) and values[order[end + 1]] == values[order[at]]:
            end += 1
        for i in order[at : end + 1]:
            found[i] = (at + end) / 2 + 1
        at = end + 1
    return found


def spearman(a: Sequence[float], b: Sequence[float]) -> float:
    """Spearman's rank correlation, equal values sharing their rank; 0 when one side does not vary."""
    x, y = ranks(a), ranks(b)
    mx, my = sum(x) / len(x), sum(y) / len(y)
    above = sum((p - mx) * (q - my) for p, q in zip(x, y, strict=True))
    below = math.sqrt(sum((p - mx) ** 2 for p in x) * sum((q - my) ** 2 for q in y))
    return above / below if below else 0.0
