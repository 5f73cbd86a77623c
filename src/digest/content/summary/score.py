"""How much each sentence says about its article: its place, what it shares with the rest and with the headline. Pure.

The weights are few and round. They were chosen by cross-validation over two sets of reference summaries
(bench/summaries.py makes the figures again): the middle of the region in which both gain, not the best point of either.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from digest.content.text import similarity
from digest.content.text.words import UNSPACED, count_words, is_common, words

Terms = dict[str, float]
"""Weighted words of a text, of length 1 as a vector."""

WEIGHTS = {"place": 0.5, "centre": 0.6, "headline": 0.3, "echo": 0.12, "question": -0.3, "self": -0.2}
"""What each feature, from 0 to 1, adds to a sentence's score."""

_BALANCE = 0.7
_SHORT, _LONG = 12, 50
_STEM = 6
QUESTION = re.compile(r"[?？؟;\u037e]\W{0,4}\Z")
"""The end of a question, in any script."""

_QUOTED = re.compile(r"[“\"][^”\"]*(?:[”\"]|\Z)|``.*?(?:''|\Z)")
_FIRST_PERSON = re.compile(r"\b(?:I|I['’](?:m|ve|d)|my|me|[Ww]e|[Oo]ur|us|My)\b")


def terms(text: str) -> list[str]:
    """The words that carry meaning, folded and cut to their stem; unspaced scripts as pairs of characters."""
    if text.isascii() or not UNSPACED.search(text):
        return [_stem(word) for word in words(text) if not is_common(word)]
    return [_stem(term) for term in similarity.terms(text)]


@lru_cache(maxsize=32768)
def _stem(word: str) -> str:
    """The first six letters, or a short word without its "s": one stem for most forms, in any alphabet."""
    if len(word) > _STEM:
        return word[:_STEM]
    return word[:-1] if len(word) > 3 and word.endswith("s") else word


def vector(counts: Counter[str]) -> Terms:
    """The words' counts, dampened, as a vector of length 1; empty when there are none."""
    weights = {word: 1 + math.log(n) for word, n in counts.items()}
    length = math.sqrt(sum(w * w for w in weights.values()))
    return {word: w / length for word, w in weights.items()} if length else {}


def likeness(one: Terms, other: Terms) -> float:
    """The cosine between two vectors of length 1: 0 nothing in common, 1 the same words."""
    if len(one) > len(other):
        one, other = other, one
    return sum(weight * other.get(word, 0.0) for word, weight in one.items())


def scores(title: str, sentences: Sequence[str]) -> tuple[list[float], list[Terms]]:
    """For each sentence what it says of the article, from 0 to about 1.5, and its words as a vector.

    Additive features: nearness to the top; likeness to the rest of the article; the part of its words, weighted by
    their rarity in the article, that the headline has too; the part that the article takes up again; less when it
    asks or speaks of its writer. Sentences outside 12 to 50 words lose in proportion.
    """
    counted = [Counter(terms(s)) for s in sentences]
    whole, holders = Counter[str](), Counter[str]()
    for counts in counted:
        whole.update(counts)
        holders.update(counts.keys())
    named = frozenset(terms(title))
    rare = {word: math.log(1 + len(sentences) / n) for word, n in holders.items()}
    square = sum((1 + math.log(n)) ** 2 for n in whole.values())
    vectors = [vector(counts) for counts in counted]
    told = []
    for i, (sentence, counts) in enumerate(zip(sentences, counted, strict=True)):
        mass = sum(rare[word] for word in counts)
        features = {
            "place": 1 / (1 + i),
            "centre": _centre(counts, vectors[i], whole, square),
            "headline": sum(rare[word] for word in counts if word in named) / mass if mass else 0.0,
            "echo": sum(holders[word] > 1 for word in counts) / len(counts) if counts else 0.0,
            "question": bool(QUESTION.search(sentence[-5:])),
            "self": bool(_FIRST_PERSON.search(_QUOTED.sub(" ", sentence))),
        }
        told.append(weigh(features, count_words(sentence)))
    return told, vectors


def weigh(features: dict[str, float], length: int) -> float:
    """A sentence's score from its features and its length in words."""
    return max(0.0, sum(WEIGHTS[name] * value for name, value in features.items())) * fit(length)


def _centre(counts: Counter[str], own: Terms, whole: Counter[str], square: float) -> float:
    """The cosine between a sentence and the article without it.

    Args:
        counts: the sentence's words.
        own: the same as a vector.
        whole: the article's words.
        square: the square of the length of the article's dampened counts.
    """
    product = 0.0
    for word, n in counts.items():
        rest = whole[word] - n
        weight = 1 + math.log(rest) if rest else 0.0
        square += weight * weight - (1 + math.log(whole[word])) ** 2
        product += own[word] * weight
    return product / math.sqrt(square) if square > 1e-9 else 0.0


def fit(length: int) -> float:
    """How well a sentence's length in words suits a summary, 0 to 1."""
    if length < _SHORT:
        return length / _SHORT
    return 1.0 if length <= _LONG else _LONG / length


def worth(score: float, vector_: Terms, chosen: Sequence[Terms]) -> float:
    """A sentence's score less what the chosen ones already say.

    Maximal marginal relevance: Carbonell and Goldstein, SIGIR 1998.
    """
    said = max((likeness(vector_, other) for other in chosen), default=0.0)
    return _BALANCE * score - (1 - _BALANCE) * said
