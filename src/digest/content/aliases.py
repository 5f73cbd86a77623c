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
_HYPHENS = "\u2010\u2011\u2012\u2013-"  # the last one last: these stand in character classes
_INNER = re.compile(rf"(?<=\w)[{_APOSTROPHES}](?=\w)")
_GAP = re.compile(rf"[^\S\n]*(?:[{_APOSTROPHES}{_HYPHENS}]|\n)?[^\S\n]*")
_GLUE = re.compile(rf"[{_APOSTROPHES}{_HYPHENS}]")
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


class _Text:
    """A text's words, folded, with their places, and where an apostrophe or a hyphen glues two of them."""

    __slots__ = ("ends", "forms", "glue", "starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        spaced = text.replace("_", " ")
        if text.isascii():
            found = [(m[0], *m.span()) for m in WORD.finditer(spaced.lower())]
        else:
            found = [(form, *m.span()) for m in WORD.finditer(spaced) if (form := fold(m[0]))]
        self.forms = [form for form, _, _ in found]
        self.starts = [start for _, start, _ in found]
        self.ends = [end for _, _, end in found]
        self.glue = {m.start() for m in _GLUE.finditer(text)}

    def joined(self, at: int) -> str:
        """Word `at` and the next as one, where they are glued; else empty."""
        return self.forms[at] + self.forms[at + 1] if self.glued(at) else ""

    def glued(self, at: int) -> bool:
        """Whether only an apostrophe or a hyphen stands between word `at` and the next."""
        return self.ends[at] in self.glue and at + 1 < len(self.forms) and self.starts[at + 1] == self.ends[at] + 1


class Aliases(Generic[T]):
    """Spellings and whom each belongs to, compiled once.

    Args:
        pairs: (spelling, owner); an owner is anything, and may have many spellings.
    """

    def __init__(self, pairs: Iterable[tuple[str, T]]) -> None:
        self._first: dict[str, dict[str, list[_Alias[T]]]] = {}  # by first word, then by second
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
            bucket = self._first.setdefault(key, {}).setdefault(alias.words[1] if alias.words[1:] else "", [])
            if alias not in bucket:
                bucket.append(alias)

    def find(self, text: str) -> list[tuple[int, int, T]]:
        """All matches as (start, end, owner), offsets in code points, in order of place; they may overlap."""
        words = _Text(text)
        loud = text.upper() == text and len(words.forms) > 1
        found: list[tuple[int, int, T]] = []
        for at, form in enumerate(words.forms):
            heads = [(form, at + 1)] if form in self._first else []
            if not form.isascii():
                heads += [(stem, at + 1) for stem in _stems(form) if stem in self._first]
            if words.ends[at] in words.glue and (joined := words.joined(at)) in self._first:
                heads.append((joined, at + 2))
            for head, then in heads:
                seconds = self._first[head]
                following = ["", words.forms[then], words.joined(then)] if then < len(words.forms) else [""]
                for alias in (a for word in dict.fromkeys(following) for a in seconds.get(word, ())):
                    end = _match(alias, words, at, then, loud=loud)
                    if end is not None:
                        found.append((words.starts[at], end, alias.owner))
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
    """What is left of a word without the particles that Arabic and Hebrew glue to its front."""
    if not "\u0590" <= form[0] <= "\u06ff":
        return []
    return [form[len(p) :] for p in _CLITICS if form.startswith(p) and len(form) - len(p) >= _STEM]


def _match(alias: _Alias[T], words: _Text, at: int, then: int, *, loud: bool) -> int | None:
    """Where the alias ends if it stands at word `at`, its first word ending before word `then`; else None."""
    for wanted, gap in zip(alias.words[1:], alias.gaps, strict=True):
        if then >= len(words.forms):
            return None
        between = words.text[words.ends[then - 1] : words.starts[then]]
        if between != gap and not (len(between) <= 3 and _GAP.fullmatch(between)):
            return None
        if words.forms[then] == wanted:
            then += 1
        elif words.joined(then) == wanted:
            then += 2
        else:
            return None
    start, end = words.starts[at], words.ends[then - 1]
    body = words.text[start:end]
    if alias.capitals and (body != body.upper() or (loud and len(body) <= _SHORT)):
        return None
    if alias.before and not words.text.endswith(alias.before, 0, start):
        return None
    if alias.after and not words.text.startswith(alias.after, end):
        return None
    return end + len(alias.after)
