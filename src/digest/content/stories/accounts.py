"""What grouping keeps of an article: its words by their weight, its names, the days it names, runs of its words."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from digest.content.stories.days import dates, weekdays
from digest.content.stories.duplicates import Runs, runs
from digest.content.text.words import UNSPACED, WORD, fold, is_common
from digest.model import Article

OPENING = 200
"""Words of a text that tell what it is about: news says so at its beginning."""

LEDE = 50
"""Words at the very beginning, where the event itself stands."""

_TITLE = 3.0  # how many times a word of the headline counts
_LEDE = 1.5
_HEADLINE = 60  # words of a headline that are looked at
_LONGEST = 64  # letters of a word that are looked at
_BREAK = re.compile('[.!?:;"“”«»„\n•|(\\[]')


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One article as grouping sees it.

    Attributes:
        language: the primary subtag; empty when unknown.
        story: the story it belongs to already, or None.
        terms: folded words that carry a topic, to 1 and the logarithm of how often they are said (the headline's three
            times).
        names: those of them that are written like names, as they are spelled.
        title: the headline's terms.
        weekdays: the weekdays it names, the first one at the front; Monday is 1.
        dates: days of a month it names, as month * 100 + day.
        runs: its three-word runs, for finding copies.
        crowd: how like it was to the fifth nearest story when it was grouped; 0 when it was not.
    """

    id: str
    source: str
    published: datetime
    language: str
    story: str | None
    terms: Mapping[str, float]
    names: Mapping[str, str]
    title: frozenset[str]
    weekdays: tuple[int, ...]
    dates: frozenset[int]
    runs: Runs
    crowd: float = 0.0


def account(article: Article) -> Account:
    """What grouping keeps of an article; its deck stands for a text that is not there."""
    body = article.text or article.deck
    reading = _Reading()
    reading.take(article.title, _HEADLINE, title=True)
    reading.take(body, OPENING, title=False)
    return Account(
        id=article.id,
        source=article.source,
        published=article.published,
        language=article.language.split("-")[0].lower(),
        story=article.story,
        terms={term: round(1 + math.log(said), 3) for term, said in reading.terms.items()},
        names=reading.names(),
        title=frozenset(reading.title),
        weekdays=weekdays(reading.words),
        dates=dates(reading.words),
        runs=runs(f"{article.title}\n{body}"),
    )


class _Reading:
    """The words of a headline and of a text's opening, counted as they come."""

    def __init__(self) -> None:
        self.terms: dict[str, float] = {}
        self.title: set[str] = set()
        self.words: list[str] = []
        self._small: set[str] = set()
        self._large: Counter[str] = Counter()
        self._first: dict[str, str] = {}

    def take(self, text: str, limit: int, *, title: bool) -> None:
        """Read at most `limit` words; a pair of characters is half a word in scripts without spaces."""
        read, end = 0.0, 0
        for found in WORD.finditer(text):
            if read >= limit:
                break
            weight = _TITLE if title else _LEDE if read < LEDE else 1.0
            if not found[0].isascii() and UNSPACED.search(found[0]):
                folded = fold(found[0][: 2 * limit + 1])
                pairs = [folded[i : i + 2] for i in range(len(folded) - 1)] or [folded]
                for pair in pairs:
                    self._add(pair, weight, title=title)
                read += len(pairs) / 2
                continue
            read += 1
            word = found[0][:_LONGEST]
            folded = fold(word)
            self.words.append(folded)
            if word[:1].isupper():
                opens = end == 0 or (not title and _BREAK.search(text, end, found.start()) is not None)
                # Headlines of many outlets capitalise every word, and a sentence its first one: these tell nothing.
                if not opens and not title:
                    self._large[folded] += 1
                self._first.setdefault(folded, word)
            else:
                self._small.add(folded)
            end = found.end()
            if not is_common(folded):
                self._add(folded, weight, title=title)

    def names(self) -> dict[str, str]:
        """Terms that stand capitalised within a sentence, and nowhere in small letters."""
        return {
            term: self._first[term]
            for term in self.terms
            if term in self._first and (self._large[term] > 0 or term in self.title) and term not in self._small
        }

    def _add(self, term: str, weight: float, *, title: bool) -> None:
        self.terms[term] = self.terms.get(term, 0.0) + weight
        if title:
            self.title.add(term)
