"""Tells a publisher's corrections of an article from its updates and other notes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from digest.model import Block

LONGEST = 600
"""Code points of one correction that are kept."""
MOST = 5
"""Corrections of one article that are kept, the last ones."""

_CORRECTS = re.compile(
    r"\bcorrect(?:ed|ion|s|ing)?\b|\bclarif(?:ied|ication|ies|ying|y)\b|\berrat(?:um|a)\b|\bamended\b|\bretract(?:ed|ion)\b|"
    r"\b(?:incorrectly|wrongly|mistakenly|misstated|misspelled|misidentified|erroneously|in error)\b|"
    r"\ban earlier version of this\b|\bkorrektur|\bkorrigiert|\bberichtig|\brichtigstellung|\brectifi|\bcorrig|"
    r"\bcorrecci[oó]n|\bfe de erratas|\bcorre[cç][aã]o|\bcorretto|\brettific|\bcorrectie|\bgecorrigeerd|\brättels|"
    r"\bretting|\brettels|поправк|исправл|уточнени|виправл|تصحيح|تصویب|اصلاح|תיקון|訂正|更正|정정",
    re.IGNORECASE,
)


def corrections(blocks: Iterable[Block]) -> tuple[str, ...]:
    """What an article's publisher corrected in it, in its own words, oldest first.

    A note that only says that something was added is none; it stays among the article's blocks.
    """
    found = [b.text[:LONGEST] for b in blocks if b.label == "correction" and _CORRECTS.search(b.text)]
    return tuple(dict.fromkeys(found))[-MOST:]
