"""Which letter a reader's wish leads to: readers are many, letters are few.

A variant is what is *shown*: the furniture's language, the sections left after the reader's topics, and whether it is
text alone. Wishes that show the same share one letter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from babel import Locale, UnknownLocaleError

from digest.errors import RefusedError
from digest.model import Edition

LIMIT = 200
"""More letters than this for one edition means topics and languages that nobody can check."""


@dataclass(frozen=True, slots=True, order=True)
class Wish:
    """What decides which letter a reader gets.

    Attributes:
        topics: section tags, sorted; none means everything.
        language: empty means the newsletter's.
        text: the letter is to be text alone.
    """

    topics: tuple[str, ...] = ()
    language: str = ""
    text: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Shown:
    """What a letter shows: its furniture's language, the tags of its sections in the edition's order, text alone."""

    language: str
    sections: tuple[str, ...]
    text: bool = False

    def key(self, *, asks: bool) -> str:
        """The name of its variant in the store: "en|syria,*|appeal", "en|syria,*|plain|text"."""
        form = "appeal" if asks else "plain"
        return "|".join((self.language, ",".join(self.sections), form, *(["text"] if self.text else [])))


def words(key: str, titles: Mapping[str, str] | None = None) -> str:
    """A variant's name in words: "English: Syria and what else there was; with the appeal; text only".

    Args:
        key: as `Shown.key` makes it.
        titles: of the newsletter's sections, by their tags; a section without one is called by its tag.
    """
    language, sections, form, *text = key.split("|")
    named = {"*": "what else there was", **{tag: title for tag, title in (titles or {}).items() if title}}
    tags = [named.get(tag, tag) for tag in sections.split(",")]
    told = " and ".join(part for part in (", ".join(tags[:-1]), tags[-1]) if part)
    asked = "with the appeal" if form == "appeal" else "without an appeal"
    return "; ".join((f"{_language(language)}: {told}", asked, "text only" if text else "HTML and text"))


def _language(tag: str) -> str:
    """A language's name in English; the tag itself where nobody knows one."""
    try:
        return Locale.parse(tag, sep="-").get_display_name("en") or tag
    except (UnknownLocaleError, ValueError):
        return tag


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
    language = main if main in languages else edition.language
    return Shown(language=language, sections=sections, text=wish.text)


def plan(edition: Edition, wishes: Iterable[Wish], languages: Iterable[str]) -> set[Shown]:
    """The different letters that these wishes lead to; the wishes are not kept, for there may be very many.

    Raises:
        RefusedError: there would be more than 200.
    """
    speaks = frozenset(languages)
    found: set[Shown] = set()
    for wish in wishes:
        if letter := shown(edition, wish, speaks):
            found.add(letter)
        if len(found) > LIMIT:
            raise RefusedError(
                f"{edition.id} would be more than {LIMIT} different letters; "
                "give the newsletter fewer sections or split it into two"
            )
    return found
