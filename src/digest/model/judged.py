"""What the content engine makes of articles: tags, stories, ranks, a choice, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from digest.model.source import Article

PASSING = 0.25
"""The strength below which a tag is mentioned in passing: two words deep in a text that is about something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TagRule:
    """One entry of the vocabulary.

    Attributes:
        key: the tag's slug, its identity ("islamic-state").
        name: as readers see it.
        name_is_spelling: whether the name is looked for in texts too, as its aliases are.
        aliases: other spellings that mean the same; matched at word boundaries. All-capital aliases match case.
        parents: keys of wider tags that this one implies.
        patterns: regular expressions, matched at word boundaries.
        unless: phrases; a match inside one does not count, nor near one that does not hold the spelling itself.
        implies: keys of other tags that come with this one.
        exact: capitals and small letters of aliases and patterns must stand as they are written.
        transliterate: match other Latin spellings of Arabic names; None: of names that hold an Arabic article.
        sensitive: no appeal beside a story so tagged.
    """

    key: str
    name: str
    name_is_spelling: bool = True
    aliases: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    implies: tuple[str, ...] = ()
    exact: bool = False
    transliterate: bool | None = None
    sensitive: bool = False


Origin = Literal[
    "alias", "pattern", "publisher", "category", "metadata", "feed", "parent", "implied", "editor", "learner"
]
"""Where a tag comes from: words of the article that are a spelling or fit a pattern of the vocabulary; the publisher's
tags on the page, the feed's categories, the page's keywords; the feed's configuration; another tag, as its parent or
by `implies`; an editor's word; what was learnt of editors' words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """A tag on an article, and the words that put it there.

    Attributes:
        tag: the tag's key.
        strength: 0 to 1.
        why: in words ("“ISIS” 3 times, first in the headline").
        place: where it was found first; "title", "deck" and "text" have a span.
        start, end: the first match in the title, the deck or the text; None for tags that come from elsewhere.
        origin: what made it a tag; None where an older edition does not say.
    """

    tag: str
    strength: float
    why: str
    place: Literal[
        "title", "deck", "text", "publisher", "category", "metadata", "feed", "parent", "editor", "learner"
    ] = "text"
    start: int | None = None
    end: int | None = None
    origin: Origin | None = None

    @property
    def passing(self) -> bool:
        """Whether it is only mentioned: enough to be found by, too little to file the story under it."""
        return self.strength < PASSING


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of a summary.

    Attributes:
        start, end: its place in the text; None for a model's or a deck's own words.
        bound: whether the next one doubts or denies it, so that it is shown nowhere without it.
    """

    text: str
    start: int | None = None
    end: int | None = None
    bound: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One term of a score: its signal's name and the points it gave."""

    signal: str
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Articles on one event.

    Attributes:
        story: the stable id: that of the first member that already had one, else new ("" until stored).
        lead: the id of the article that tells it best.
        members: ids of all its articles, lead first.
        duplicates: (copy, original) pairs among the members: the same text in several homes.
        why: the words and names the members share.
    """

    story: str
    lead: str
    members: tuple[str, ...]
    duplicates: tuple[tuple[str, str], ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What is new in a story that this newsletter carried before.

    Attributes:
        since: the slot of the edition that carried it last, aware UTC.
        new: sentences of the lead that say what was not said then, at their places in its text.
        why: the new figures and names, in words.
    """

    since: datetime
    new: tuple[Sentence, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One event as the edition's choice sees it: its lead article, the others, its tags.

    `tags` are those of the lead together with those the others agree on, strongest first. `update` says what is new
    in a story that was carried before.
    """

    id: str
    lead: Article
    others: tuple[Article, ...] = ()
    tags: tuple[Tagged, ...] = ()
    why: str = ""
    update: Update | None = None

    @property
    def outlets(self) -> int:
        """How many different sources tell it in words of their own: one outlet, one vote, and one text, one vote."""
        told = (self.lead, *self.others)
        there = {a.id for a in told}
        return max(1, len({a.source for a in told if a.copy_of not in there}))


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionRule:
    """What a section of a newsletter takes. `tag` "*" takes what no other section took.

    Attributes:
        half_life: hours in which recency loses half its weight.
        share: its part of the edition's places beside the other sections', where the edition has a maximum.
    """

    tag: str
    title: str
    minimum: int = 0
    maximum: int = 5
    half_life: float = 18.0
    share: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A story's place in one section, with every term of its score."""

    story: Story
    section: str
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A story that was considered and left out, and why in words.

    Attributes:
        rule: the rule's name ("cap", "likeness", "place" ...), the same in every language.
        needed: what it would have needed, in words; empty where nothing would have helped.
        section: the tag of the section where it scored best; empty where no section takes it.
        score, reasons: its points there, less what likeness costs; the terms for the first ones left out alone.
    """

    story: str
    headline: str
    why: str
    rule: str = ""
    needed: str = ""
    section: str = ""
    score: float = 0.0
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What an edition takes: sections in configured order with their stories best first, and what it left out."""

    sections: tuple[tuple[SectionRule, tuple[Ranked, ...]], ...]
    skipped: tuple[Skipped, ...] = ()
