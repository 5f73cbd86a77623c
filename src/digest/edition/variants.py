"""Which letter a reader's wish leads to: readers are many, letters are few.

A variant is what is *shown*: the furniture's language and the sections left after the reader's topics. Wishes that
show the same share one letter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from digest.errors import RefusedError
from digest.model import Edition

LIMIT = 200
"""More letters than this for one edition means topics and languages that nobody can check."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Wish:
    """What a reader asked for. No topics means everything; an empty language means the newsletter's."""

    topics: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Shown:
    """What a letter shows: its furniture's language and the tags of its sections, in the edition's order."""

    language: str
    sections: tuple[str, ...]

    @property
    def key(self) -> str:
        """Its name in the store."""
        return f"{self.language}|{','.join(self.sections)}"


def whole(edition: Edition) -> Shown:
    """The letter with everything in it."""
    return Shown(language=edition.language, sections=tuple(s.tag for s in edition.sections if s.stories))


def shown(edition: Edition, wish: Wish, languages: Iterable[str]) -> Shown | None:
    """What this wish shows of this edition; None when its topics yield nothing today.

    Args:
        edition: the edition.
        wish: the reader's.
        languages: those the furniture speaks; another one gets the newsletter's.
    """
    everything = whole(edition)
    sections = tuple(tag for tag in everything.sections if not wish.topics or tag in wish.topics)
    if not sections:
        return None
    main = wish.language.split("-")[0].lower()
    return Shown(language=main if main in languages else edition.language, sections=sections)


def plan(edition: Edition, wishes: Iterable[Wish], languages: Iterable[str]) -> dict[Wish, Shown | None]:
    """Decide every wish.

    Raises:
        RefusedError: there would be more than 200 different letters.
    """
    speaks = frozenset(languages)
    decided = {wish: shown(edition, wish, speaks) for wish in wishes}
    count = len({letter for letter in decided.values() if letter})
    if count > LIMIT:
        raise RefusedError(
            f"{edition.id} would be {count} different letters and at most {LIMIT} are allowed; "
            "give the newsletter fewer sections or split it into two"
        )
    return decided
