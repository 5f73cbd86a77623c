"""Finds names with an Arabic article in a text's words, however they are spelt in Latin letters.

Only names that a vocabulary holds are looked for, and only between word boundaries; the rules of what is equal stand
in `transliteration.py`. The article of a name of one word must be there ("Qaeda" alone is left to an alias), that of a
longer name may be missing ("Nusra Front"), and some letter must be a capital.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from digest.content.tags.transliteration import families, is_article, joined, skeletons
from digest.content.text.tokens import Tokens

T = TypeVar("T")

_SHORTEST = 4
"""Letters of a name, articles apart, below which only the spellings of the vocabulary count."""

_WORDS = 50_000  # words that are kept with the names they may begin


@dataclass(frozen=True, slots=True)
class _Name(Generic[T]):
    parts: tuple[frozenset[str], ...]
    article: bool
    spelling: str
    owner: T


class Romanised(Generic[T]):
    """Names and whom each belongs to, by the skeleton of their first word."""

    def __init__(self) -> None:
        self._first: dict[str, list[_Name[T]]] = {}
        self._joined: dict[str, list[_Name[T]]] = {}
        self._whole: dict[tuple[str, ...], list[T]] = {}
        self._of_word: dict[str, list[tuple[_Name[T], bool]]] = {}

    def __bool__(self) -> bool:
        return bool(self._first)

    def add(self, words: Sequence[str], spelling: str, owner: T) -> None:
        """Look for this name from now on.

        Args:
            words: its words, folded, articles among them.
            spelling: as the vocabulary writes it.
            owner: anything.
        """
        for variant in [tuple(words), *families(tuple(words))]:
            bare, article = _bare(variant)
            if not bare or sum(map(len, bare)) < _SHORTEST or not all(word.isascii() for word in bare):
                continue
            name = _Name(tuple(frozenset(skeletons(word)) for word in bare), article, spelling, owner)
            for skeleton in skeletons(bare[0]):
                self._first.setdefault(skeleton, []).append(name)
            if article:
                for skeleton in dict.fromkeys(joined(bare[0])):
                    self._joined.setdefault(skeleton, []).append(name)
            for key in _keys(bare):
                self._whole.setdefault(key, []).append(owner)

    def find(self, words: Tokens) -> Iterator[tuple[int, int, T, str]]:
        """Yield all matches as (start, end, owner, the vocabulary's spelling), offsets in code points."""
        for at, form in enumerate(words.forms):
            heads = [(form, at + 1)]
            if glued := _glued(words, at):
                heads.append((glued, at + 2))
            for head, then in heads:
                names = self._of_word.get(head)
                for name, whole in self._beginning(head) if names is None else names:
                    yield from self._match(name, words, at, then, joined=whole)

    def whole(self, words: Sequence[str]) -> list[T]:
        """The owners of a name that is all of these folded words."""
        bare, article = _bare(tuple(words))
        if not article and len(bare) < 2:
            return []
        return [owner for key in _keys(bare) for owner in self._whole.get(key, ())]

    def _beginning(self, word: str) -> list[tuple[_Name[T], bool]]:
        """The names that a folded word may begin, and whether their article is in it; kept, since words recur."""
        if len(self._of_word) >= _WORDS:
            self._of_word.clear()
        found = [(name, False) for key in skeletons(word) for name in self._first.get(key, ())]
        found += [(name, True) for key in skeletons(word) for name in self._joined.get(key, ())]
        return self._of_word.setdefault(word, found)

    def _match(
        self, name: _Name[T], words: Tokens, at: int, then: int, *, joined: bool
    ) -> Iterator[tuple[int, int, T, str]]:
        leads = not joined and at > 0 and words.near(at - 1) and is_article(words.forms[at - 1], words.forms[at])
        if name.article and len(name.parts) == 1 and not (leads or joined):
            return
        for part in name.parts[1:]:
            if then < len(words.forms) - 1 and is_article(words.forms[then], words.forms[then + 1]):
                if not words.near(then - 1):
                    return
                then += 1
            if then >= len(words.forms) or not words.near(then - 1):
                return
            if part.isdisjoint(skeletons(words.forms[then])):
                whole = _glued(words, then)
                if not whole or part.isdisjoint(skeletons(whole)):
                    return
                then += 1
            then += 1
        start = words.starts[at - 1 if leads and name.article else at]
        end = words.ends[then - 1]
        if any(c.isupper() for c in words.text[start:end]):
            yield start, end, name.owner, name.spelling


def _glued(words: Tokens, at: int) -> str:
    """Word `at` and the next as one ("Qa'ida"), unless that is a genitive ("Hamas's")."""
    return words.joined(at) if words.ends[at] in words.glue and words.forms[at + 1 : at + 2] != ["s"] else ""


def _bare(words: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
    """The words without articles, and whether the first of them had one."""
    kept = [at for at, word in enumerate(words) if not (at + 1 < len(words) and is_article(word, words[at + 1]))]
    return tuple(words[at] for at in kept), bool(kept) and kept[0] > 0


def _keys(bare: tuple[str, ...]) -> list[tuple[str, ...]]:
    found = (tuple(skeletons(word)[at] for word in bare) for at in (0, -1))
    return list(dict.fromkeys(found))
