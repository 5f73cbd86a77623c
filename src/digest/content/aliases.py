"""Finds the spellings of a vocabulary in a text, in one pass over its words.

Hyphens, spaces and apostrophes are one ("al-Nusrah", "al Nusrah"; "Da'esh", "Daesh"), accents and case do not
count, and an alias in capitals wants capitals. Scripts without spaces are searched as they stand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, TypeVar

from digest.content.words import HANGUL, UNSPACED, WORD, fold

T = TypeVar("T")

_APOSTROPHES = "'’‘ʼʻ`´"
_HYPHENS = "-\u2010\u2011\u2012\u2013"
_INNER = re.compile(rf"(?<=\w)[{_APOSTROPHES}](?=\w)")
_GAP = re.compile(rf"[^\S\n]*(?:[{_APOSTROPHES}{_HYPHENS}]|\n)?[^\S\n]*")
_CLITICS = ("وال", "بال", "فال", "كال", "لل", "ال", "و", "ف", "ب", "ل", "ك", "ו", "ה", "ב", "ל", "מ", "ש", "כ")
_STEM = 4  # letters that must be left when a glued-on Arabic or Hebrew particle is taken off
_SHORT = 4  # capitals; shorter ones mean nothing in a headline that is all capitals


@dataclass(frozen=True, slots=True)
class _Alias(Generic[T]):
    words: tuple[str, ...]
    gaps: tuple[str, ...]
    capitals: bool
    before: str
    after: str
    owner: T


@dataclass(frozen=True, slots=True)
class _Token:
    form: str
    start: int
    end: int


class Aliases(Generic[T]):
    """Spellings and whom each belongs to, compiled once.

    Args:
        pairs: (spelling, owner); an owner is anything, and may have many spellings.
    """

    def __init__(self, pairs: Iterable[tuple[str, T]]) -> None:
        self._first: dict[str, list[_Alias[T]]] = {}
        self._whole: dict[str, list[T]] = {}
        unspaced: dict[str, list[T]] = {}
        for spelling, owner in pairs:
            name = unicodedata.normalize("NFC", spelling.strip())
            if not name:
                continue
            self._whole.setdefault(_joined(name), []).append(owner)
            if UNSPACED.search(name) or HANGUL.search(name):
                unspaced.setdefault(name.casefold(), []).append(owner)
                continue
            for alias in _forms(name, owner):
                self._add(alias)
        self._unspaced = unspaced
        self._search = re.compile("|".join(map(_unspaced, sorted(unspaced, key=_longest))), re.IGNORECASE)

    def _add(self, alias: _Alias[T]) -> None:
        first = alias.words[0]
        keys = {first}
        if first.startswith("ال") and len(first) - 2 >= _STEM:
            keys.add(first[2:])
        for key in sorted(keys):
            bucket = self._first.setdefault(key, [])
            if alias not in bucket:
                bucket.append(alias)

    def find(self, text: str) -> list[tuple[int, int, T]]:
        """All matches as (start, end, owner), offsets in code points, in order of place; they may overlap."""
        tokens = [_Token(fold(m[0]), m.start(), m.end()) for m in WORD.finditer(text.replace("_", " "))]
        loud = text.upper() == text and len(tokens) > 1
        found: list[tuple[int, int, T]] = []
        for at, token in enumerate(tokens):
            heads = [(form, at + 1) for form in _stems(token.form)]
            if at + 1 < len(tokens) and _glued(text, token, tokens[at + 1]):
                heads.append((token.form + tokens[at + 1].form, at + 2))
            for form, then in heads:
                for alias in self._first.get(form, ()):
                    end = _match(alias, text, tokens, at, then, loud=loud)
                    if end is not None:
                        found.append((token.start, end, alias.owner))
        if self._unspaced:
            for m in self._search.finditer(text):
                found += [(m.start(), m.end(), owner) for owner in self._unspaced.get(m[0].casefold(), ())]
        return sorted(found, key=lambda hit: hit[:2])

    def whole(self, text: str) -> list[T]:
        """The owners of a spelling that is all of the text, whatever its case: for feed categories."""
        return self._whole.get(_joined(text.replace("_", " ")), [])


def _longest(name: str) -> tuple[int, str]:
    return -len(name), name


def _joined(name: str) -> str:
    plain = unicodedata.normalize("NFC", name)
    return " ".join(fold(w) for w in WORD.findall(_INNER.sub("", plain)))


def _forms(name: str, owner: T) -> list[_Alias[T]]:
    """An alias as it is written, and with its hyphens closed up ("cease-fire", "ceasefire")."""
    closed = re.sub(rf"(?<=\w)[{_HYPHENS}](?=\w)", "", name)
    return [alias for form in dict.fromkeys((name, closed)) if (alias := _parse(form, owner))]


def _parse(name: str, owner: T) -> _Alias[T] | None:
    plain = _INNER.sub("", name)
    found = list(WORD.finditer(plain))
    if not found:
        return None
    letters = [c for c in plain if c.isalpha()]
    return _Alias(
        words=tuple(fold(m[0]) for m in found),
        gaps=tuple(plain[a.end() : b.start()] for a, b in pairwise(found)),
        capitals=len(letters) > 1 and all(c.isupper() for c in letters),
        before="".join(c for c in plain[: found[0].start()] if c in ".#@$"),
        after="".join(c for c in plain[found[-1].end() :] if c in "+#"),
        owner=owner,
    )


def _unspaced(name: str) -> str:
    """A pattern for a name of an unspaced script: kana not inside longer kana, Korean from a word's start."""
    kana = "\u30a1-\u30fa\u30fc"
    before = f"(?<![{kana}])" if re.match(f"[{kana}]", name) else ""
    before = "(?<![\uac00-\ud7a3])" if HANGUL.match(name) else before
    after = f"(?![{kana}])" if re.match(f"[{kana}]", name[-1]) else ""
    return before + re.escape(name) + after


def _stems(form: str) -> list[str]:
    """A word, and what is left of it without the particles that Arabic and Hebrew glue to its front."""
    if not "\u0590" <= form[0] <= "\u06ff":
        return [form]
    return [form, *(form[len(p) :] for p in _CLITICS if form.startswith(p) and len(form) - len(p) >= _STEM)]


def _glued(text: str, left: _Token, right: _Token) -> bool:
    return right.start - left.end == 1 and text[left.end] in _APOSTROPHES + _HYPHENS


def _match(alias: _Alias[T], text: str, tokens: list[_Token], at: int, then: int, *, loud: bool) -> int | None:
    """Where the alias ends if it stands at token `at`, its first word ending before token `then`; else None."""
    for word, gap in zip(alias.words[1:], alias.gaps, strict=True):
        if then >= len(tokens):
            return None
        token = tokens[then]
        between = text[tokens[then - 1].end : token.start]
        if between != gap and not (len(between) <= 3 and _GAP.fullmatch(between)):
            return None
        if token.form == word:
            then += 1
        elif (
            then + 1 < len(tokens)
            and _glued(text, token, tokens[then + 1])
            and token.form + tokens[then + 1].form == word
        ):
            then += 2
        else:
            return None
    start, end = tokens[at].start, tokens[then - 1].end
    if alias.capitals:
        body = text[start:end]
        if body != body.upper() or (loud and len(body) <= _SHORT):
            return None
    if alias.before and not text[:start].endswith(alias.before):
        return None
    if alias.after and not text.startswith(alias.after, end):
        return None
    return end + len(alias.after)
