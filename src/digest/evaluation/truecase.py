"""Tokenised, lower-cased text of old research sets, as text again: joined signs, capitals where sentences begin."""

from __future__ import annotations

import re

_STOPS = re.compile(r"(?<= )([.?!])((?: (?:''|\)))*)(?: |$)")
_LEFT = re.compile(r" (?=[.,;:?!%)”])|(?<=[(“$£]) | (?=(?:n't|'(?:s|re|ve|ll|d|m))\b)")
_I = re.compile(r"\bi\b(?=[ '’]|$)")


def is_tokenised(text: str) -> bool:
    """Whether a text has no capital at all, and its stops are words of their own."""
    return bool(text) and text == text.lower() and " . " in f"{text} "


def restored(text: str) -> str:
    """The text with its signs joined to their words and a capital at the head of every sentence.

    Names stay in small letters: which words are names is what such a set has lost.
    """
    joined = []
    at = 0
    for stop in _STOPS.finditer(text):
        joined.append(_sentence(text[at : stop.end()]))
        at = stop.end()
    joined.append(_sentence(text[at:]))
    return " ".join(s for s in joined if s)


def _sentence(tokens: str) -> str:
    text = " ".join(tokens.split())
    text = text.replace("``", "“").replace("''", "”").replace("-lrb-", "(").replace("-rrb-", ")")
    text = _I.sub("I", _LEFT.sub("", text))
    text = re.sub(r"\(([a-z]{2,5})\)", lambda m: m[0].upper(), text)
    first = re.search(r"\w", text)
    if first is None:
        return text
    text = text[: first.start()] + text[first.start() :].replace(first[0], first[0].upper(), 1)
    dateline = re.match(r"(.{2,40}\([A-Z]{2,5}\) )(\w)", text)
    return text[: dateline.start(2)] + dateline[2].upper() + text[dateline.end(2) :] if dateline else text
