"""What one would use without this engine; the home of sumy and datasketch."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from digest.content.text.similarity import shingles
from digest.content.text.words import words
from digest.evaluation.extra import needed

PERMUTATIONS = 128


def lead(sentences: Sequence[str], most: int) -> list[str]:
    """LEAD: the article's first sentences, hard to beat in news."""
    return list(sentences[:most])


def lexrank(sentences: Sequence[str], most: int, language: str = "en") -> list[str]:
    """Sumy's LexRank over our sentences, so that no model of sentence ends is downloaded."""
    return _sumy("lex_rank", "LexRankSummarizer", sentences, most, language)


def textrank(sentences: Sequence[str], most: int, language: str = "en") -> list[str]:
    """Sumy's TextRank over our sentences."""
    return _sumy("text_rank", "TextRankSummarizer", sentences, most, language)


class _Words:
    """Sumy's view of a tokenizer."""

    def to_words(self, text: str) -> tuple[str, ...]:
        """A sentence's words."""
        return tuple(words(text))


class _Document:
    """Sumy's view of a document: its sentences."""

    def __init__(self, sentences: Sequence[Any]) -> None:
        self.sentences = tuple(sentences)


@lru_cache(maxsize=8)
def _summarizer(file: str, name: str, language: str) -> Any:
    kind = getattr(needed(f"sumy.summarizers.{file}"), name)
    if language != "en":
        return kind()
    found = kind(needed("sumy.nlp.stemmers").Stemmer("english"))
    found.stop_words = needed("sumy.utils").get_stop_words("english")
    return found


def _sumy(file: str, name: str, sentences: Sequence[str], most: int, language: str) -> list[str]:
    kind = needed("sumy.models.dom._sentence").Sentence
    tokenizer = _Words()
    told = [kind(s, tokenizer) for s in sentences if words(s)]
    chosen = _summarizer(file, name, language.partition("-")[0] or "en")(_Document(told), most)
    return [str(s) for s in chosen]


def minhashes(texts: Sequence[str], size: int = 3) -> list[Any]:
    """MinHash of every text's word runs, 128 permutations, by datasketch."""
    kind = needed("datasketch").MinHash
    found = []
    for text in texts:
        made = kind(num_perm=PERMUTATIONS, seed=1)
        made.update_batch([str(run).encode() for run in sorted(shingles(text, size))])
        found.append(made)
    return found


def alike(hashes: Sequence[Any], least: float) -> list[tuple[float, int, int]]:
    """All pairs whose estimated Jaccard likeness is at least `least`, most alike first."""
    numpy = needed("numpy")
    table = numpy.array([h.hashvalues for h in hashes])
    pairs: list[tuple[float, int, int]] = []
    for i in range(len(table) - 1):
        near = (table[i + 1 :] == table[i]).mean(axis=1)
        pairs.extend((float(near[j]), i, i + 1 + int(j)) for j in numpy.flatnonzero(near >= least))
    return sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2]))


def components(count: int, pairs: Sequence[tuple[float, int, int]], least: float) -> list[int]:
    """The connected component of each of `count` texts, by the pairs at least so alike."""
    home = list(range(count))

    def find(i: int) -> int:
        while home[i] != i:
            home[i] = home[home[i]]
            i = home[i]
        return i

    for part, a, b in pairs:
        if part >= least:
            low, high = sorted((find(a), find(b)))
            home[high] = low
    return [find(i) for i in range(count)]


def trafilatura(html: str, *, precise: bool = True) -> str:
    """What trafilatura alone calls the article's text; precise = its mode that favours precision."""
    import trafilatura as library

    return library.extract(html, favor_precision=precise, include_comments=False) or ""
