"""Shortens a text at a sentence or a word: never inside an address or a number, never with half a sign at its end."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

LONGEST = 2000
"""Characters of a text that are looked at; no post takes as many."""

ELLIPSIS = "…"
_LOOSE = " ,;:.–—-−/|&+=([{<\"“„«‹‘'¿¡$€£¥#@،؛、，；：（「『《"
_SENTENCE_ENDS = ".!?…。！？؟۔।"
_CLOSERS = "\"”»›’')]}）」』》"
_NOT_FIRST = {"Mn", "Mc", "Me", "Cf", "Sk", "Pe", "Pf", "Po", "Lm"}
"""Categories of signs that belong to the one before them: accents, joiners, skin tones, closing marks."""


def cut(text: str, fits: Callable[[str], bool]) -> str:
    """The longest beginning of a text that fits: whole, or up to a sentence, or up to a word and then "…".

    A sentence's end is preferred where it keeps most of what a word's end would keep. No cut follows a number, since
    its unit or its "million" may come next.

    Args:
        text: one clean line.
        fits: whether a text is short enough; assumed to fail for longer ones once it fails.

    Returns:
        The text to show; "" when not even its first word fits.
    """
    if len(text) <= LONGEST and fits(text):
        return text
    places = [place for place in _places(text[:LONGEST]) if _shown(text, place)]
    low, high = 0, len(places)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if fits(_shown(text, places[middle])) else (low, middle)
    # An address counts less than its letters, so fitting is not quite monotone: step back until it holds.
    while low and not fits(_shown(text, places[low - 1])):
        low -= 1
    if not low:
        return ""
    ends = [place for place in places[:low] if _ends_sentence(text, place) and place > places[low - 1] * 0.6]
    whole = text[: ends[-1]] if ends else ""
    return whole if whole and fits(whole) else _shown(text, places[low - 1])


def _places(text: str) -> Iterator[int]:
    """Where a text may end: after each word, and between the signs of scripts that put no space between words."""
    start = 0
    for word in text.split(" "):
        end = start + len(word)
        if "://" not in word:
            yield from (at for at in range(start + 1, end) if _between(text[at - 1], text[at]))
        if word and end < len(text):
            yield end
        start = end + 1


def _between(left: str, right: str) -> bool:
    if left < "\u1100" or right < "\u1100" or unicodedata.category(right) in _NOT_FIRST:
        return False
    wide = unicodedata.east_asian_width(left) in "WF" and unicodedata.east_asian_width(right) in "WF"
    # Katakana words and numbers are written out in many signs, and a cut inside would make another word or number.
    return wide and not (_katakana(left) and _katakana(right)) and not (left.isnumeric() or right.isnumeric())


def _katakana(sign: str) -> bool:
    return "\u30a0" <= sign <= "\u30ff"


def _shown(text: str, place: int) -> str:
    """What a cut at this place shows; "" where nobody may cut."""
    kept = text[:place].rstrip(_LOOSE)
    if not kept or kept[-1].isnumeric():
        return ""
    return kept + ELLIPSIS


def _ends_sentence(text: str, place: int) -> bool:
    """Whether a sentence ends here. A short word with a full stop may be an abbreviation, so it does not count."""
    kept = text[:place].rstrip(_CLOSERS)
    if not kept or kept[-1] not in _SENTENCE_ENDS:
        return False
    return kept[-1] != "." or len(kept.rstrip(_SENTENCE_ENDS).rpartition(" ")[2]) > 3
