"""What is shown: an edition, its stories, its appeal, its posts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from digest.model.judged import Reason, Sentence, Skipped, Tagged, Update
from digest.model.source import Direction, Rights


@dataclass(frozen=True, slots=True, kw_only=True)
class Also:
    """Another outlet's account of the same story."""

    source: str
    url: str
    headline: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """A sentence of another outlet that tells more than the lead. `start`, `end`: its place in that account's text."""

    source: str
    url: str
    text: str
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure in one outlet's own words ("at least 14 people were killed"), and its place in that account's text."""

    source: str
    url: str
    text: str
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """A thing that outlets count differently, such as "killed", with what each of them says; never merged."""

    what: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture as an edition shows it: from our own address, re-encoded. `width`, `height` in pixels."""

    url: str
    alt: str
    width: int = 0
    height: int = 0
    credit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What a language model had to do with a summary.

    Attributes:
        model: its name.
        why: why its words are not shown; empty when the summary is its own.
        shown: whether readers are told that a machine wrote the summary.
        places: for each sentence, where in the text the sentences stand that it rests on, in code points.
    """

    model: str
    why: str = ""
    shown: bool = False
    places: tuple[tuple[tuple[int, int], ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A summary that a language model wrote; no sentences where its words cannot be shown (`machine.why`)."""

    summary: tuple[Sentence, ...]
    machine: Machine


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
    update: Update | None = None
    machine: Machine | None = None
    adds: tuple[Addition, ...] = ()
    differ: tuple[Differing, ...] = ()
    corrected: bool = False
    corrections: tuple[str, ...] = ()

    @property
    def opening(self) -> str:
        """The summary's first sentence, with the doubts it is bound to; "" when there is no summary."""
        last = next((at for at, sentence in enumerate(self.summary) if not sentence.bound), len(self.summary) - 1)
        return " ".join(sentence.text for sentence in self.summary[: last + 1])

    @property
    def paragraphs(self) -> tuple[tuple[Sentence, ...], ...]:
        """The summary as it is read: of an update first what is new, and apart from it what was known."""
        new = self.update.new if self.update else ()
        parts = tuple(s for s in self.summary if s in new), tuple(s for s in self.summary if s not in new)
        return tuple(part for part in parts if part)


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

    @property
    def stories(self) -> tuple[EditionStory, ...]:
        """All stories in reading order."""
        return tuple(story for section in self.sections for story in section.stories)

    @property
    def lead(self) -> EditionStory | None:
        """The first story, which opens the letter."""
        return next(iter(self.stories), None)
