"""Weighs what speaks for one tag of an article: where its words stand, how often, and what the publisher says."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from digest.content.tags.mentions import Mention
from digest.model import Tagged

OPENING = 400
"""Characters after which a first paragraph no longer counts as the opening."""

STUFFED = 15
"""Labels above which a publisher's list is written for search engines: then each needs words of the article too."""

_PARAGRAPH = re.compile(r"(\S)[^\S\n]*\n")
_ENDS = frozenset('.!?…"”»’。！？؟।')
_KICKER = {True: 20, False: 80}  # characters of what is too short for a first paragraph: a date line, a kicker
_PER_MENTION = 9_000  # characters of a long text that ask for one mention more
_USUAL = 3_000  # characters of a usual article; in a longer one each mention says less

# What each kind of evidence is worth; together they count as independent hints: 1 - (1-a)(1-b)...
_WORTH = {"title": 0.6, "deck": 0.4, "opening": 0.35}
_OFTEN, _GIVEN = 0.5, 0.6
_BELOW = 0.39
"""What being named often is worth at most where no name stands in title, deck or opening: of 434 tags that publishers'
articles name so, two or three times, 2 % were the publisher's; of 167 named more often, 11 % were. It keeps the first
under `PASSING`."""
_PART = 0.6  # of that, for a name inside a longer label ("Syria" in "Syria and the region")

Said = Literal["publisher", "category", "metadata"]
Place = Literal["title", "deck", "text"]
_SAYS = {
    "category": (0.5, "the feed's category"),
    "publisher": (0.5, "the publisher's tag"),
    "metadata": (0.4, "the page's keyword"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """That the publisher names the tag: by which label, in which list, and whether the label is nothing else."""

    said: Said
    label: str
    whole: bool
    stuffed: bool = False

    @property
    def worth(self) -> float:
        """What it counts for."""
        return _SAYS[self.said][0] * (1.0 if self.whole else _PART)


@dataclass(slots=True)
class Evidence:
    """All that speaks for one tag: mentions by place, each in order, and what was said of it elsewhere."""

    title: list[Mention] = field(default_factory=list)
    deck: list[Mention] = field(default_factory=list)
    text: list[Mention] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    given: bool = False


@dataclass(frozen=True, kw_only=True)
class Read:
    """The article's words, as evidence points into them."""

    title: str
    deck: str
    text: str

    @cached_property
    def opening(self) -> int:
        """Where the text's opening ends: with its first paragraph that is a sentence, after `OPENING` at the latest."""
        for end in _PARAGRAPH.finditer(self.text, 0, OPENING):
            if end.start() >= _KICKER[end[1] in _ENDS]:
                return end.start(1) + 1
        return min(len(self.text), OPENING)


def judge(key: str, e: Evidence, read: Read) -> Tagged | None:
    """Weigh what speaks for one tag; None when it is only a passing mention.

    One mention makes a tag in the title, the deck or the opening. Below, it takes two, and one more for every
    nine thousand characters.
    """
    early = bool(e.text) and e.text[0].start < read.opening
    mentioned = bool(e.title or e.deck or early) or len(e.text) >= 2 + len(read.text) // _PER_MENTION
    told = max((t for t in e.told if e.title or e.deck or e.text or not t.stuffed), key=_worth, default=None)
    if not (mentioned or told or e.given):
        return None
    doubt = 1.0
    for place, here in (("title", e.title), ("deck", e.deck), ("opening", early)):
        doubt *= 1 - (_WORTH[place] if here else 0.0)
    doubt *= 1 - (told.worth if told else 0.0)
    doubt *= 1 - (_GIVEN if e.given else 0.0)
    count = len(e.text) * min(1.0, math.sqrt(_USUAL / max(1, len(read.text))))
    doubt *= 1 - (_OFTEN if e.title or e.deck or early else _BELOW) * (1 - math.exp(-count / 3))
    why = _why(e, read, told, early=early)
    first = _first(e)
    if first and (mentioned or told):
        place, m = first
        return Tagged(
            tag=key, strength=_round(1 - doubt), why=why, place=place, start=m.start, end=m.end, origin=m.origin
        )
    said: Said | Literal["feed"] = told.said if told else "feed"
    return Tagged(tag=key, strength=_round(1 - doubt), why=why, place=said, origin=said)


def _worth(told: Told) -> tuple[float, str]:
    return told.worth, told.label


def _round(strength: float) -> float:
    return round(strength, 4)


def _first(e: Evidence) -> tuple[Place, Mention] | None:
    if e.title:
        return "title", e.title[0]
    if e.deck:
        return "deck", e.deck[0]
    return ("text", e.text[0]) if e.text else None


def _why(e: Evidence, read: Read, told: Told | None, *, early: bool) -> str:
    """The evidence in words: “ISIS”, “Islamic State” 3 times, first in the headline."""
    places = ((read.title, e.title), (read.deck, e.deck), (read.text, e.text))
    said = [(text[m.start : m.end], m.spelling) for text, mentions in places for m in mentions]
    parts = []
    if said:
        spellings = dict.fromkeys((" ".join(words.split()), spelling) for words, spelling in said)
        words = ", ".join(_quoted(*each) for each in list(spellings)[:3])
        times = f" {len(said)} times," if len(said) > 1 else ""
        where = "headline" if e.title else "deck" if e.deck else "opening" if early else "text"
        parts.append(f"{words}{times}{' first' if len(said) > 1 else ''} in the {where}")
    if told:
        parts.append(f"{_SAYS[told.said][1]} “{told.label}”")
    if e.given:
        parts.append("given to everything in this feed")
    return "; ".join(parts)


def _quoted(words: str, spelling: str) -> str:
    same = not spelling or spelling.casefold() == words.casefold()
    return f"“{words}”" if same else f"“{words}” (for “{spelling}”)"
