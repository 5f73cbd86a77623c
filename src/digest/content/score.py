"""How much each sentence says about its article: words in common with the whole and the title, and its place."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from digest.content.words import UNSPACED, is_common, words

Terms = dict[str, float]
"""Weighted words of a text, of length 1 as a vector."""

_CENTRE, _PLACE, _TITLE = 0.3, 0.5, 0.2
_TITLE_WEIGHT = 2
_BALANCE = 0.7
_SHORT, _LONG = 12, 45


def count_words(text: str) -> int:
    """The length of `text` in words; two characters of an unspaced script (Han, kana, Thai) count as one word."""
    if text.isascii() or not (dense := len(UNSPACED.findall(text))):
        return len(text.split())
    return sum(1 for w in text.split() if not UNSPACED.search(w)) + (dense + 1) // 2


def terms(text: str) -> list[str]:
    """The words that carry meaning, folded; runs of an unspaced script as pairs of neighbouring characters."""
    if text.isascii() or not UNSPACED.search(text):
        return [word for word in words(text) if not is_common(word)]
    found: list[str] = []
    for word in words(text):
        if UNSPACED.search(word):
            found.extend(word[i : i + 2] for i in range(max(1, len(word) - 1)))
        elif not is_common(word):
            found.append(word)
    return found


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
    """For each sentence what it says of the article, from 0 to about 1, and its words as a vector.

    Likeness to the article's centre (all words, those of the title twice more), nearness to the top, and words
    shared with the title; sentences outside 12 to 45 words lose in proportion.
    """
    named = terms(title)
    counted = [Counter(terms(s)) for s in sentences]
    whole: Counter[str] = Counter()
    for counts in counted:
        whole.update(counts)
    for word in named:
        whole[word] += _TITLE_WEIGHT
    centre, head = vector(whole), vector(Counter(named))
    vectors = [vector(counts) for counts in counted]
    near = [likeness(v, centre) for v in vectors]
    most = max(near, default=0.0) or 1.0
    result = []
    for i, (sentence, v) in enumerate(zip(sentences, vectors, strict=True)):
        told = _CENTRE * near[i] / most + _PLACE / (1 + i) + _TITLE * likeness(v, head)
        result.append(told * _fit(count_words(sentence)))
    return result, vectors


def _fit(length: int) -> float:
    """How well a sentence's length in words suits a summary."""
    if length < _SHORT:
        return length / _SHORT
    return 1.0 if length <= _LONG else _LONG / length


def worth(score: float, vector_: Terms, chosen: Sequence[Terms]) -> float:
    """A sentence's score less what the chosen ones already say.

    Maximal marginal relevance: Carbonell and Goldstein, SIGIR 1998.
    """
    said = max((likeness(vector_, other) for other in chosen), default=0.0)
    return _BALANCE * score - (1 - _BALANCE) * said
