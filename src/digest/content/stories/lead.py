"""Which account of a story leads, and what its accounts have in common, in words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from digest.content.stories.likeness import Shape, likeness
from digest.model import Article

_FIGURE = re.compile(r"\d+")
_QUOTE = re.compile('[“”"«»„]')
_LOOKED_AT = 8_000  # characters of an account by which its richness is judged
_FIGURES, _QUOTES = 15, 12  # more of them make no account richer
_SHOWN = 12  # accounts of a story that are looked at to say what they share
_WORDS = 5  # shared words that are named
_NAME = 1.5  # how much rather a shared name is named than another word


def worth(article: Article, *, copy: bool = False) -> tuple[bool, bool, float]:
    """Sorts accounts, the one that should lead first: the own newsroom's, then the richest; originals before copies."""
    return article.rights != "own", copy, -richness(article)


def richness(article: Article) -> float:
    """How much an account tells: its length, its figures and quotations, and whether its text may be shown."""
    body = (article.text or article.deck)[:_LOOKED_AT]
    length = len(body) / _LOOKED_AT
    figures = min(len(_FIGURE.findall(body)), _FIGURES) / _FIGURES
    quotations = min(len(_QUOTE.findall(body)), _QUOTES) / _QUOTES
    return round(length + 0.25 * figures + 0.25 * quotations + 0.5 * (article.rights == "licensed"), 6)


def reason(voices: Sequence[Shape], copies: int) -> str:
    """What the accounts of a story share: names and words, heaviest first, how alike they are, copies of a text.

    Args:
        voices: the accounts, copies left out.
        copies: how many copies there are.
    """
    parts = []
    voices = voices[:_SHOWN]
    if len(voices) > 1:
        held: dict[str, list[float]] = defaultdict(list)
        spelled: dict[str, str] = {}
        for voice in voices:
            for term, weight in voice.vector.items():
                held[term].append(weight)
                if term in voice.account.names:
                    spelled.setdefault(term, voice.account.names[term])
        mass = {
            term: sum(found) * (_NAME if term in spelled else 1.0)
            for term, found in held.items()
            if len(found) * 2 > len(voices)
        }
        shared = ", ".join(spelled.get(t, t) for t in sorted(mass, key=lambda t: (-mass[t], t))[:_WORDS])
        pairs = [likeness(a, b) for n, a in enumerate(voices) for b in voices[n + 1 :]]
        parts.append(f"share {shared} (likeness {sum(pairs) / len(pairs):.2f})" if shared else "one story so far")
    if copies:
        parts.append("1 copy of the same text" if copies == 1 else f"{copies} copies of the same text")
    return "; ".join(parts)
