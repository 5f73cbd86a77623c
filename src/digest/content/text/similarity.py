"""How alike two texts are: weighted terms and their cosine, word shingles and their containment."""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from digest.content.text.words import UNSPACED, WORD, is_common, words

Vector = Mapping[str, float]
"""Terms and their weights, of length 1 unless empty."""

BACKGROUND = 5
"""Imagined articles that hold no term: without them a handful of articles would have no rare words."""


OPENING = 200
"""Words of a text that are looked at: news tells what it is about at its beginning."""

HEADLINE = 3
"""How many times a word of the headline counts."""


def terms(text: str) -> list[str]:
    """The folded words that carry a topic, in order; pairs of characters where a script has no spaces."""
    found: list[str] = []
    for word in words(text):
        if not word.isascii() and UNSPACED.search(word):
            found += [word[i : i + 2] for i in range(len(word) - 1)] or [word]
        elif not is_common(word):
            found.append(word)
    return found


def weigh(counts: Mapping[str, float], rarity: Mapping[str, float]) -> dict[str, float]:
    """Counts times rarity, brought to length 1: a sparse TF-IDF vector, terms sorted so that sums are reproducible."""
    raw = {term: (1 + math.log(counts[term])) * rarity[term] for term in sorted(counts) if rarity.get(term)}
    length = math.sqrt(math.fsum(w * w for w in raw.values()))
    return {term: w / length for term, w in raw.items()} if length else {}


def rarity(documents: Sequence[Iterable[str]]) -> dict[str, float]:
    """The inverse document frequency of every term, over documents given as their distinct terms."""
    frequency = Counter(term for document in documents for term in document)
    total = len(documents) + BACKGROUND
    return {term: math.log(total / (count + 0.5)) for term, count in frequency.items()}


def opening(text: str) -> str:
    """The first 200 words of a text; in scripts without spaces the first 400 characters."""
    if UNSPACED.search(text[:OPENING]):
        return text[: OPENING * 2]
    for count, word in enumerate(WORD.finditer(text)):
        if count >= OPENING:
            return text[: word.start()]
    return text


def vectors(articles: Sequence[tuple[str, str]]) -> list[dict[str, float]]:
    """One vector per (headline, text): the headline's terms count three times, the text's opening once."""
    counts: list[Counter[str]] = []
    for title, text in articles:
        count = Counter(terms(opening(text)))
        for term in terms(title):
            count[term] += HEADLINE
        counts.append(count)
    rare = rarity(counts)
    return [weigh(count, rare) for count in counts]


def cosine(a: Vector, b: Vector) -> float:
    """The likeness of two vectors of length 1: 0 for nothing in common, 1 for the same."""
    if len(a) > len(b):
        a, b = b, a
    return min(1.0, math.fsum(w * b[term] for term, w in a.items() if term in b))


def shingles(text: str, size: int = 3) -> frozenset[int]:
    """Hashes of all runs of `size` words (characters in unspaced scripts), the same in every process."""
    found: list[str] = []
    for word in words(text):
        found += word if not word.isascii() and UNSPACED.search(word) else [word]
    runs = {" ".join(found[i : i + size]) for i in range(max(1, len(found) - size + 1))} if found else set()
    return frozenset(zlib.crc32(run.encode()) for run in runs)


def containment(a: frozenset[int], b: frozenset[int]) -> float:
    """The part of the smaller set that the larger one holds too; 0 when one is empty."""
    smaller = min(len(a), len(b))
    return len(a & b) / smaller if smaller else 0.0
