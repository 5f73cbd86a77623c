"""Finds the spellings of a vocabulary in a text, in one pass over its words.

Hyphens, spaces and apostrophes are one ("al-Nusrah", "al Nusrah"; "Da'esh", "Daesh"), accents and case do not
count, and an alias in capitals wants capitals; one that is marked `exact` wants its own. Names with an Arabic article
are found in other Latin spellings too (`romanised.py`). Scripts without spaces are searched as they stand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, TypeVar

from digest.content.tags.romanised import Romanised
from digest.content.tags.transliteration import articled
from digest.content.text.tokens import HYPHENS, INNER, Tokens
from digest.content.text.words import HANGUL, UNSPACED, WORD, fold

T = TypeVar("T")

_CLITICS = ("وال", "بال", "فال", "كال", "لل", "ال", "و", "ف", "ب", "ل", "ك", "ו", "ה", "ב", "ל", "מ", "ש", "כ")
_STEM = 4  # letters that must be left when a glued-on Arabic or Hebrew particle is taken off
_SHORT = 4  # capitals; shorter ones mean nothing in a headline that is all capitals


@dataclass(frozen=True, slots=True)
class Spelling(Generic[T]):
    """One spelling and whom it belongs to.

    Attributes:
        text: as the vocabulary writes it.
        owner: anything; an owner may have many spellings.
        exact: capitals and small letters must stand as they do here.
        loose: look for other Latin spellings of an Arabic name; None: if it holds an Arabic article.
    """

    text: str
    owner: T
    exact: bool = False
    loose: bool | None = None


@dataclass(frozen=True, slots=True)
class Hit(Generic[T]):
    """A match: `text[start:end]` in code points, and the vocabulary's spelling where it is another one."""

    start: int
    end: int
    owner: T
    spelling: str = ""


@dataclass(frozen=True, slots=True)
class _Alias(Generic[T]):
    words: tuple[str, ...]
    gaps: tuple[str, ...]
    capitals: bool
    exact: str
    before: str
    after: str
    owner: T


class Aliases(Generic[T]):
    """Spellings and whom each belongs to, compiled once."""

    def __init__(self, spellings: Iterable[Spelling[T]]) -> None:
        self._first: dict[str, dict[str, list[_Alias[T]]]] = {}  # by first word, then by second
        self._whole: dict[str, list[T]] = {}
        self._romanised: Romanised[T] = Romanised()
        unspaced: dict[str, list[T]] = {}
        for spelling in spellings:
            name, owner = unicodedata.normalize("NFC", spelling.text.strip()), spelling.owner
            if not name:
                continue
            self._whole.setdefault(joined(name), []).append(owner)
            if UNSPACED.search(name) or HANGUL.search(name):
                unspaced.setdefault(name.casefold(), []).append(owner)
                continue
            for alias in _forms(name, owner, exact=spelling.exact):
                self._add(alias)
            folded = joined(name).split()
            if folded and (articled(folded) if spelling.loose is None else spelling.loose):
                self._romanised.add(folded, name, owner)
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

    def find(self, text: str) -> list[Hit[T]]:
        """All matches in order of place; they may overlap. Looser ones of the same place come last."""
        words = Tokens(text)
        loud = text.upper() == text and len(words.forms) > 1
        found: list[Hit[T]] = []
        for at, form in enumerate(words.forms):
            heads = [(seconds, at + 1)] if (seconds := self._first.get(form)) else []
            if not form.isascii():
                heads += [(seconds, at + 1) for stem in _stems(form) if (seconds := self._first.get(stem))]
            if words.ends[at] in words.glue and (seconds := self._first.get(words.joined(at))):
                heads.append((seconds, at + 2))
            for seconds, then in heads:
                for alias in _following(seconds, words, then):
                    end = _match(alias, words, at, then, loud=loud)
                    if end is not None:
                        found.append(Hit(words.starts[at], end, alias.owner))
        if self._unspaced and (UNSPACED.search(text) or HANGUL.search(text)):
            for m in self._search.finditer(text):
                found += [Hit(m.start(), m.end(), owner) for owner in self._unspaced.get(m[0].casefold(), ())]
        if self._romanised:
            found += [Hit(*match) for match in self._romanised.find(words)]
        return sorted(found, key=lambda hit: (hit.start, hit.end, hit.spelling != ""))

    def whole(self, text: str) -> list[T]:
        """The owners of a spelling that is all of the text, whatever its case: for feed categories."""
        name = joined(text.replace("_", " "))
        return self._whole.get(name) or self._romanised.whole(name.split())


def _longest(name: str) -> tuple[int, str]:
    return -len(name), name


def joined(name: str) -> str:
    """A name's words, folded, with single spaces."""
    plain = unicodedata.normalize("NFC", name)
    return " ".join(form for w in WORD.findall(INNER.sub("", plain)) if (form := fold(w)))


def _forms(name: str, owner: T, *, exact: bool) -> list[_Alias[T]]:
    """An alias as it is written, and with its hyphens closed up ("cease-fire", "ceasefire")."""
    closed = re.sub(rf"(?<=\w)[{HYPHENS}](?=\w)", "", name)
    return [alias for form in dict.fromkeys((name, closed)) if (alias := _parse(form, owner, exact=exact))]


def _parse(name: str, owner: T, *, exact: bool) -> _Alias[T] | None:
    plain = INNER.sub("", name)
    # A sign that folds to nothing is no word in a text either (`text/tokens.py`).
    found = [m for m in WORD.finditer(plain) if fold(m[0])]
    if not found:
        return None
    letters = [c for c in plain if c.isalpha()]
    return _Alias(
        words=tuple(fold(m[0]) for m in found),
        gaps=tuple(plain[a.end() : b.start()] for a, b in pairwise(found)),
        capitals=len(letters) > 1 and all(c.isupper() for c in letters),
        exact=_letters(plain) if exact else "",
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


def _following(seconds: dict[str, list[_Alias[T]]], words: Tokens, then: int) -> Iterator[_Alias[T]]:
    """The aliases whose second word, if they have one, stands at `then`."""
    yield from seconds.get("", ())
    if then < len(words.forms):
        second = words.forms[then]
        yield from seconds.get(second, ())
        if words.ends[then] in words.glue and (glued := words.joined(then)) != second:
            yield from seconds.get(glued, ()) if glued else ()


def _match(alias: _Alias[T], words: Tokens, at: int, then: int, *, loud: bool) -> int | None:
    """Where the alias ends if it stands at word `at`, its first word ending before word `then`; else None."""
    for wanted, gap in zip(alias.words[1:], alias.gaps, strict=True):
        if then >= len(words.forms):
            return None
        if words.text[words.ends[then - 1] : words.starts[then]] != gap and not words.near(then - 1):
            return None
        if words.forms[then] == wanted:
            then += 1
        elif words.joined(then) == wanted:
            then += 2
        else:
            return None
    start, end = words.starts[at], words.ends[then - 1]
    body = words.text[start:end]
    if alias.exact and _letters(body) != alias.exact and not (loud and body == body.upper() and len(body) > _SHORT):
        return None
    if alias.capitals and (body != body.upper() or (loud and len(body) <= _SHORT)):
        return None
    if alias.before and not words.text.endswith(alias.before, 0, start):
        return None
    if alias.after and not words.text.startswith(alias.after, end):
        return None
    return end + len(alias.after)


def _letters(name: str) -> str:
    """A name's letters and digits, case kept, accents dropped."""
    return "".join(c for c in unicodedata.normalize("NFKD", name) if c.isalnum())
