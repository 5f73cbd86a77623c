"""What words such as "not" and "may" bear on, and whether they were put in, left out or moved."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from digest.content.claims.said import WORD, Said, bare, kin
from digest.content.claims.tongues import REPORTING
from digest.content.text.words import is_common


def moved(text: str, said: Said, markers: frozenset[str], what: str, *, scoped: bool) -> str:
    """Whether words such as "not" or "may" were put in or left out, as a whole or for one of the words they bear on."""
    own, theirs = _borne(text, markers), [scope for cited in said.texts for scope in _borne(cited, markers)]
    if theirs and not own:
        return f"{what} of theirs is left out"
    if len(own) > len(theirs) and not all(scope.marker in REPORTING for scope in own):
        return f"{what} that is not there"
    if not scoped:
        return ""
    for scope in own:
        if scope.words and theirs and not any(_shared(scope.words, other.words) for other in theirs):
            return f"{what} that is not there"
    told = [bare(m[0]) for m in WORD.finditer(text)]
    for other in theirs:
        first = other.words[:1]
        if first and first[0] in told and not any(first[0] in scope.words for scope in own):
            return f"{what} of theirs is left out"
    return ""


@dataclass(frozen=True, slots=True)
class Scope:
    """A marker such as "not", and the next words of substance, which it bears on."""

    marker: str
    words: tuple[str, ...]


_REACH = 4


def _borne(text: str, markers: frozenset[str]) -> list[Scope]:
    found = []
    tokens = list(WORD.finditer(text))
    words = [bare(m[0]) for m in tokens]
    for at, token in enumerate(tokens):
        # "May" inside a sentence is a month; "wasn't" holds its "not".
        marked = words[at] in markers and not (at and token[0][0].isupper() and not token[0].isupper())
        if not marked and not (re.search(r"n['’]t\Z", token[0]) and "not" in markers):
            continue
        last = next(
            (i for i in range(at + 1, min(at + 1 + _REACH, len(tokens))) if _parted(text, tokens[i - 1], tokens[i])),
            at + 1 + _REACH,
        )
        bears = tuple(w for w in words[at + 1 : last] if not is_common(w))
        found.append(Scope(words[at], bears))
    return found


def _parted(text: str, one: re.Match[str], other: re.Match[str]) -> bool:
    return any(mark in ",;:()–—" for mark in text[one.end() : other.start()])


def _shared(one: Sequence[str], other: Sequence[str]) -> bool:
    return any(a == b or kin(a, b) for a in one for b in other)
