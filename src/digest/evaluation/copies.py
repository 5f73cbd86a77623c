"""Evaluates near-duplicates: finds copies that were made on purpose, cut and changed, and nothing else."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence

from digest.content.stories.duplicates import near_duplicates
from digest.content.text.sentences import split
from digest.evaluation import rivals
from digest.evaluation.figures import SEED, Row, share
from digest.model import Article

MOST = 500
"""Articles a set is made of; further ones are left out."""

CUT = 0.3
"""The part of its sentences that a copy lacks, at least."""

FEWEST = 8
"""Sentences an article must have: of a shorter one too little would be left to know it by."""

_SAID = re.compile(r"\bsaid\b")
_BEFORE = "From our correspondents and agencies, updated this morning."
_AFTER = "Sign up for our letter to read more stories like this one. All rights reserved by the publisher."


def copy(text: str, chance: random.Random, language: str = "en") -> str:
    """A reprint: at least 30 % of the sentences cut, half of the “said” changed, a line before and after."""
    spans = split(text, language)
    gone = set(chance.sample(range(len(spans)), -(-len(spans) * 3 // 10)))
    kept = " ".join(text[a:b] for i, (a, b) in enumerate(spans) if i not in gone)
    changed = _SAID.sub(lambda m: "told reporters" if chance.random() < 0.5 else m[0], kept)
    return f"{_BEFORE} {changed} {_AFTER}"


def rows(of: str, articles: Sequence[Article], events: Mapping[str, str], *, baselines: bool) -> Iterator[Row]:
    """Recall of the copies, and pairs that are none; pairs of one event are not counted, as agencies' texts repeat.

    Args:
        of: the set's name.
        articles: what copies are made of; the same text twice is taken once.
        events: the event of each article, where known.
        baselines: whether MinHash is run too, at the threshold that finds most without a false pair.
    """
    texts = {a.text: a for a in articles if len(split(a.text, a.language)) >= FEWEST}
    chosen = list(texts.values())[:MOST]
    if not chosen:
        return
    chance = random.Random(SEED)  # noqa: S311 - figures must repeat
    both = [a.text for a in chosen] + [copy(a.text, chance, a.language) for a in chosen]
    kin = [events.get(a.id, a.id) for a in chosen] * 2
    count = len(chosen)
    found = {(a, b) for _, a, b in near_duplicates(both)}
    yield from _rows(of, "own", found, kin, count)
    if baselines:
        pairs = rivals.alike(rivals.minhashes(both, 5), 0.1)
        safe = next((at for at, (_, a, b) in enumerate(pairs) if kin[a] != kin[b]), len(pairs))
        yield from _rows(of, "MinHash, at its best", {(a, b) for _, a, b in pairs[:safe]}, kin, count)


def _rows(of: str, who: str, found: set[tuple[int, int]], kin: Sequence[str], count: int) -> Iterator[Row]:
    right = sum((i, i + count) in found for i in range(count))
    wrong = sum(kin[a] != kin[b] for a, b in found)
    yield Row(set=of, measure="copies found %", who=who, figure=share(right, count))
    yield Row(set=of, measure="false among the pairs %", who=who, figure=share(wrong, len(found)))
