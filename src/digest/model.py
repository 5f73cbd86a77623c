"""The values that flow through the house: frozen, typed, without behaviour that needs a database.

    Entry ─► Article ─► Story ─► Ranked ─► EditionStory ─► Edition ─► letter, posts, page

All instants are aware datetimes in UTC. All offsets are code points into `Article.text`. Languages are
BCP 47 tags, lower case ("en", "pt-br"); the empty string means unknown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Rights = Literal["own", "licensed", "excerpt"]
"""What the newsroom may do with a feed's text: all of it, all of it, or headline, source, link and one sentence."""

Direction = Literal["ltr", "rtl"]

Label = Literal[
    "title", "deck", "byline", "date", "caption", "credit", "body", "quotation", "list", "bio", "appeal",
    "correction", "related", "tags", "comment", "other",
]  # fmt: skip
"""What a block of a page is. Only body, quotation and list make up `Article.text`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One paragraph of a page, labelled rather than deleted."""

    label: Label
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture as its publisher offers it. `width` and `height` in pixels, 0 when not said."""

    url: str
    alt: str = ""
    credit: str = ""
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the engine reads out of one HTML page or one `content:encoded`."""

    title: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    language: str = ""
    deck: str = ""
    blocks: tuple[Block, ...] = ()
    picture: Picture | None = None
    tags: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The body's paragraphs joined by blank lines: what every offset points into."""
        return "\n\n".join(b.text for b in self.blocks if b.label in ("body", "quotation", "list"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item of a feed, read and sanitised, not yet compared with what is known.

    Attributes:
        guid: the feed's own name for it; empty when it has none.
        url: the absolute http(s) address as given; empty when there is none.
        canonical: the address without tracking parameters, in one spelling; the identity of the page.
        title: plain text.
        deck: the feed's own short description as plain text; empty when it is a cut-off copy of the body.
        page: the labelled blocks of the feed's full content; None when the feed carries none.
        comments: readers' comments by `slash:comments`; None when not said.
        mark: a hash of all the feed says in words about it: title, description and content, markup and dates aside.
    """

    guid: str
    url: str
    canonical: str
    title: str
    deck: str = ""
    page: Page | None = None
    published: datetime | None = None
    updated: datetime | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    language: str = ""
    comments: int | None = None
    picture: Picture | None = None
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article of one source, as the content engine sees it.

    Attributes:
        id: the store's id, or the caller's on JSON lines.
        source: the outlet's name; two feeds of one name are one outlet.
        published: the publisher's date, else the instant it was first seen.
        text: the body alone, paragraphs joined by blank lines; may be empty.
        deck: the publisher's own summary, clean, or empty.
        weight: the source's weight from configuration, 1.0 being usual.
        tags: tag keys that the feed's configuration gives to everything in it.
        story: the id of the story it already belongs to, or None.
    """

    id: str
    source: str
    url: str
    title: str
    published: datetime
    text: str = ""
    deck: str = ""
    language: str = ""
    direction: Direction = "ltr"
    rights: Rights = "excerpt"
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    weight: float = 1.0
    comments: int | None = None
    picture: Picture | None = None
    story: str | None = None
    boost: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TagRule:
    """One entry of the vocabulary.

    Attributes:
        key: the tag's slug, its identity ("islamic-state").
        name: as readers see it.
        aliases: other spellings that mean the same; matched at word boundaries. All-capital aliases match case.
        parents: keys of wider tags that this one implies.
        patterns: regular expressions, matched at word boundaries.
        unless: phrases; a match inside one of them does not count.
        sensitive: no appeal beside a story so tagged.
    """

    key: str
    name: str
    aliases: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    sensitive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """A tag on an article, and the words that put it there.

    Attributes:
        tag: the tag's key.
        strength: 0 to 1.
        why: in words ("“ISIS” 3 times, first in the headline").
        start, end: the first match in `title` (where `place` is "title") or `text`; None for given tags.
    """

    tag: str
    strength: float
    why: str
    place: Literal["title", "text", "category", "feed", "parent"] = "text"
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of a summary. `start`, `end`: its place in the text; None for a model's or a deck's own words."""

    text: str
    start: int | None = None
    end: int | None = None


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
class Story:
    """One event as the edition's choice sees it: its lead article, the others, its tags.

    `tags` are those of the lead together with those the others agree on, strongest first.
    """

    id: str
    lead: Article
    others: tuple[Article, ...] = ()
    tags: tuple[Tagged, ...] = ()
    why: str = ""

    @property
    def outlets(self) -> int:
        """How many different sources tell it: one outlet, one vote."""
        return len({a.source for a in (self.lead, *self.others)})


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionRule:
    """What a section of a newsletter takes. `tag` "*" takes what no other section took.

    Attributes:
        half_life: hours in which recency loses half its weight.
    """

    tag: str
    title: str
    minimum: int = 0
    maximum: int = 5
    half_life: float = 18.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A story's place in one section, with every term of its score."""

    story: Story
    section: str
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A story that was considered and left out, and why in words."""

    story: str
    headline: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What an edition takes: sections in configured order with their stories best first, and what it left out."""

    sections: tuple[tuple[SectionRule, tuple[Ranked, ...]], ...]
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Also:
    """Another outlet's account of the same story."""

    source: str
    url: str
    headline: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture as an edition shows it: from our own address, re-encoded. `width`, `height` in pixels."""

    url: str
    alt: str
    width: int = 0
    height: int = 0
    credit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionStory:
    """A story as it stands in an edition; everything that is shown of it, and why it is there."""

    id: str
    headline: str
    url: str
    source: str
    rights: Rights
    published: datetime
    authors: tuple[str, ...] = ()
    language: str = ""
    direction: Direction = "ltr"
    image: Image | None = None
    tags: tuple[Tagged, ...] = ()
    summary: tuple[Sentence, ...] = ()
    score: float = 0.0
    reasons: tuple[Reason, ...] = ()
    also: tuple[Also, ...] = ()
    minutes: int = 0
    sensitive: bool = False
    articles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A titled run of stories under one tag ("*" for the general section)."""

    tag: str
    title: str
    stories: tuple[EditionStory, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """One way to give: what the link says, and where it leads."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A campaign's state. `raised` and `total` in whole units of `currency`; `as_of` a civil date in ISO form."""

    raised: int
    total: int
    currency: str
    as_of: str = ""

    @property
    def percent(self) -> int:
        """The part of the goal that is reached, 0 to 100."""
        return max(0, min(100, self.raised * 100 // self.total)) if self.total else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """A request for support, as it is shown.

    Attributes:
        after: the tag of the section it stands after in the full letter; "" when it is not shown.
        why: the rule that placed it, or that kept it out.
    """

    name: str
    headline: str
    reason: str
    once: tuple[Amount, ...] = ()
    monthly: tuple[Amount, ...] = ()
    link: str = ""
    note: str = ""
    goal: Goal | None = None
    after: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One message for one social account.

    Attributes:
        account: the account's name as configured ("x:newsroom").
        kind: what it is about: a story, the edition, or an appeal.
        item: the story's id, or the appeal's name.
        text: the exact text that is sent.
        link: the address in the text, empty for none.
        length: the text's length by the network's own count.
    """

    account: str
    kind: Literal["story", "edition", "appeal"]
    item: str
    text: str
    link: str = ""
    language: str = ""
    length: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The span of gathering an edition draws on."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One issue of one newsletter: everything that is shown, nothing about who receives it.

    Attributes:
        id: "daily/2026-11-24" (newsletter and slot key).
        number: the count of this newsletter's issues, from 1.
        slot: when its letters leave.
        language: the furniture's language.
    """

    id: str
    newsletter: str
    title: str
    number: int
    slot: datetime
    window: Window
    language: str
    direction: Direction
    subject: str
    preheader: str
    sections: tuple[Section, ...]
    appeal: Appeal | None = None
    posts: tuple[Post, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def stories(self) -> tuple[EditionStory, ...]:
        """All stories in reading order."""
        return tuple(story for section in self.sections for story in section.stories)

    @property
    def lead(self) -> EditionStory | None:
        """The first story, which opens the letter."""
        return next(iter(self.stories), None)
