"""What publishers give: pages, entries of feeds, articles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Rights = Literal["own", "licensed", "excerpt"]
"""What the newsroom may do with a feed's text: all of it, all of it, or headline, source, link and one sentence."""


Direction = Literal["ltr", "rtl"]


Label = Literal[
    "title", "deck", "byline", "date", "caption", "credit", "body", "quotation", "list", "bio", "appeal",
    "correction", "related", "tags", "comment", "repeated", "other",
]  # fmt: skip
"""What a block of a page is; "repeated" is what its site says on many pages.

Only body, quotation and list make up `Article.text`.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One paragraph of a page, labelled rather than deleted. `why`: the reason for its label, where there is one."""

    label: Label
    text: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture as its publisher offers it.

    Attributes:
        alt: what a reader who does not see it is told.
        caption: the words under it.
        credit: who made it.
        width, height: in pixels, 0 when not said.
    """

    url: str
    alt: str = ""
    caption: str = ""
    credit: str = ""
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the engine reads out of one HTML page or one `content:encoded`.

    Attributes:
        elsewhere: the address of a barer version of it, for AMP or for print, where it names one.
        tags: what its publisher shows it under.
        keywords: what its head says to machines alone.
    """

    title: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    language: str = ""
    deck: str = ""
    blocks: tuple[Block, ...] = ()
    picture: Picture | None = None
    tags: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    elsewhere: str = ""

    @property
    def text(self) -> str:
        """The body's paragraphs joined by blank lines: what every offset points into."""
        return "\n\n".join(b.text for b in self.blocks if b.label in ("body", "quotation", "list"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item of a feed, sanitised, not yet compared with what is known; its text is read when it is wanted.

    Attributes:
        guid: the feed's own name for it; empty when it has none.
        url: the absolute http(s) address as given; empty when there is none.
        canonical: the address without tracking parameters, in one spelling; the identity of the page.
        title: plain text.
        deck: the feed's own short description as plain text; empty when it is a cut-off copy of the body.
        page: the labelled blocks of the feed's full content; None when the feed carries none.
        comments: readers' comments by `slash:comments`; None when not said.
        mark: a hash of all the feed says in words about it: title, description and content, markup and dates aside.
        said: description and content as they came, for `feeds/reading.py` alone, which makes deck and page of them.
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
    said: bytes = b""


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
        categories: the feed's categories of it.
        corrections: what its publisher corrected in it, in its own words.
        publisher_tags, keywords: the tags its page shows, and the keywords in the page's head.
        tags: tag keys that the feed's configuration gives to everything in it.
        story: the id of the story it already belongs to, or None.
        copy_of: the id of the article whose text it repeats, or None: a copy confirms nothing.
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
    corrections: tuple[str, ...] = ()
    publisher_tags: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    weight: float = 1.0
    comments: int | None = None
    picture: Picture | None = None
    story: str | None = None
    copy_of: str | None = None
    boost: float = 0.0
