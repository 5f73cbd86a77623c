"""The few words and runs of words by which an article finds its neighbours in an index, each a number."""

from __future__ import annotations

import heapq
import math
import zlib

from digest.content.stories.accounts import Account
from digest.content.stories.duplicates import marks as run_marks
from digest.content.stories.rarity import Rarity

KEPT = 16
"""Words of an article that stand in the index: its most telling ones."""

ASKED = 32
"""Words of a new article that are looked up there."""

RUNS = 8
"""Runs of words of an article that stand in the index, the same ones of any copy."""

_CROWD = 300  # a word that more articles hold finds nobody: it would find too many
_NAME = 1.5  # other outlets choose other words, and the same names
_RUN = 1 << 32  # tells runs from words
_RUN_WEIGHT = 500


def asked(account: Account, rarity: Rarity) -> dict[int, int]:
    """What a new article looks up: numbers with their weights, heaviest first; `KEPT` and `RUNS` of them are kept."""
    rare = rarity.of(account.language)
    crowd = rare.of(_CROWD)
    heavy = (
        (rare[term] * math.exp(said - 1) * (_NAME if term in account.names else 1), term)
        for term, said in account.terms.items()
        if rare[term] > crowd
    )
    # Not by language: one outlet's feed may not say in which it writes.
    words = {
        zlib.crc32(term.encode("utf-8", "surrogatepass")): round(weight * 10)
        for weight, term in heapq.nlargest(ASKED, heavy)
    }
    return words | dict.fromkeys((_RUN | run for run in run_marks(account.runs)[:RUNS]), _RUN_WEIGHT)


def kept(found: dict[int, int]) -> list[int]:
    """Of what an article looked up, what it leaves in the index for those after it."""
    words = [mark for mark in found if mark < _RUN]
    return words[:KEPT] + [mark for mark in found if mark >= _RUN]
