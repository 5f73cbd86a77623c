"""Walks a tree into flat pieces, a line or paragraph each, with what surrounds them; no recursion."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree
from lxml.html import HtmlElement

from digest.content.page.dom import tidy
from digest.content.page.regions import is_hidden, is_main, region_of
from digest.model import Label

MAX_PIECES = 4_000
"""More paragraphs than this are not looked at."""

_SKIPPED = frozenset(
    ["script", "style", "noscript", "template", "svg", "math", "iframe", "object", "embed", "audio", "video", "canvas",
     "map", "select", "textarea", "input", "button", "head", "title", "dialog", "datalist", "progress", "meter"]
)  # fmt: skip
_BLOCKS = frozenset(
    ["p", "div", "section", "article", "main", "header", "footer", "aside", "nav", "form", "fieldset", "h1", "h2", "h3",
     "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre", "figure", "figcaption", "table",
     "caption", "thead", "tbody", "tfoot", "tr", "td", "th", "hr", "address", "details", "summary", "center", "body",
     "html", "hgroup", "legend"]
)  # fmt: skip
_TELLING = frozenset({"blockquote", "li", "figure", "table", "td", "th", "pre"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_EMPHASIS = frozenset({"em", "i", "strong", "b"})
_SLANTED = frozenset({"em", "i"})
_INLINE_REGIONS = frozenset({"span", "small", "time", "cite", "em", "i"})
_INLINE_LABELS = frozenset({"byline", "date", "credit", "caption", "other", "appeal", "related"})
_DROP_CAP = re.compile(r"(?:\A|[\s_-])drop-?_?(?:cap|letter)|\b(?:lettrine|initiale|capitular)\b", re.IGNORECASE)
_PARTED = re.compile(r"\A(\W?[^\W\d_AIO]) (?=[^\W\d_]{2})")
_SMALL = re.compile(r"emoji|smiley|latex|math|icon|avatar")
_TINY = 40  # pixels: smaller pictures are emoji, icons and counters


@dataclass(slots=True)
class Node:
    """One block element of the page.

    Attributes:
        parent: the number of the block element around it; -1 for the outermost.
        main: its name, class or properties say that it holds an article's text.
        kind: tag and class, alike for elements that play one part.
        regions: how many labelled elements had been opened when it was, itself included.
    """

    parent: int
    tag: str
    main: bool
    kind: str
    regions: int


@dataclass(slots=True)
class Shown:
    """A picture as it stands in the page.

    Attributes:
        before: how many pieces stand before it.
        part: what part of the page it stands in, where an element around it says so.
        path: the numbers of the block elements around it, outermost first.
    """

    element: HtmlElement
    before: int
    part: Label | None
    path: tuple[int, ...]


@dataclass(slots=True)
class Walk:
    """A page as a walk through it finds it: its pieces, block elements and pictures, in document order."""

    pieces: list[Piece] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    pictures: list[Shown] = field(default_factory=list)


@dataclass(slots=True)
class Piece:
    """One line or paragraph of a page with what is known of its surroundings.

    Attributes:
        tag: the nearest block element's name.
        inside: those elements around it that tell something: blockquote, li, figure, table.
        regions: the labelled elements around it, outermost first, each with a number of its own, and whether
            it says clearly what it is.
        after_picture: a picture stands before it in the same paragraph.
        after_figure: the paragraph before it holds a picture and no words.
        broken: one line break, not a paragraph's end, parts it from the piece before it.
        alt: the alternative text of the picture before it.
        linked, stressed, slanted: code points of its text in links, in bold or italics, and in italics.
        path: the numbers of the block elements around it, outermost first (`Walk.nodes`).
    """

    text: str
    tag: str
    inside: frozenset[str] = frozenset()
    regions: tuple[tuple[int, Label, bool], ...] = ()
    after_picture: bool = False
    after_figure: bool = False
    broken: bool = False
    alt: str = ""
    linked: int = 0
    stressed: int = 0
    slanted: int = 0
    path: tuple[int, ...] = ()


def walk(root: HtmlElement, *, hidden: bool = False) -> Walk:
    """What a walk through the elements under `root` finds.

    Args:
        root: the page's outermost element.
        hidden: also look into what the page keeps from readers' eyes until its scripts have run.
    """
    walker = _Walker()
    skip: HtmlElement | None = None
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if skip is not None:
            if event == "end" and element is skip:
                skip = None
                walker.words(element.tail)
        elif event == "start":
            if element.tag in _SKIPPED or (not hidden and is_hidden(element)):
                skip = element
            else:
                walker.start(element)
        else:
            walker.end(element)
            if element is not root:
                walker.words(element.tail)
        if len(walker.found.pieces) >= MAX_PIECES:
            break
    walker.flush()
    return walker.found


class _Walker:
    """What has been met on the way down and up the tree since the last piece."""

    def __init__(self) -> None:
        self.found = Walk()
        self.path: tuple[int, ...] = ()
        self.run: list[str] = []
        self.linked = self.stressed = self.slanted = self.links = self.stresses = self.slants = 0
        self.blocks: list[str] = []
        self.regions: list[tuple[int, Label, bool]] = []
        self.opened: list[bool] = []
        self.number = self.breaks = 0
        self.picture = self.figure = self.inline = self.large = False
        self.alt = ""

    def words(self, text: str | None) -> None:
        """Takes text as it stands in the page."""
        if not text:
            return
        self.run.append(text)
        if self.inline and not text.isspace():
            self.inline = False
        if self.links or self.stresses:
            length = len(text.strip())
            self.linked += length if self.links else 0
            self.stressed += length if self.stresses else 0
            self.slanted += length if self.slants else 0

    def flush(self) -> None:
        """Ends the piece being gathered."""
        if not self.run:
            return
        text = tidy("".join(self.run))
        if self.large:
            # A large first letter stands apart in the markup alone; A, I and O may be words.
            text, self.large = _PARTED.sub(r"\1", text), False
        linked, stressed, slanted = self.linked, self.stressed, self.slanted
        self.run, self.linked, self.stressed, self.slanted = [], 0, 0, 0
        if not text:
            return
        self.found.pieces.append(
            Piece(
                text, self.blocks[-1] if self.blocks else "div", frozenset(_TELLING.intersection(self.blocks)),
                tuple(self.regions), self.picture, self.figure, self.breaks == 1, self.alt, linked, stressed, slanted,
                self.path,
            )
        )  # fmt: skip
        self.picture = self.figure = self.inline = False
        self.alt, self.breaks = "", 0

    def boundary(self) -> None:
        """Ends a paragraph."""
        self.flush()
        if self.picture:
            self.figure, self.picture = True, False
        self.breaks = 0

    def start(self, element: HtmlElement) -> None:
        """Goes into an element."""
        tag = element.tag
        told = region_of(element)
        region = told[0] if told else None
        opens = False
        if tag in _BLOCKS:
            self.boundary()
            self.blocks.append(tag)
            opens = region is not None
            names = element.get("class") or ""
            node = Node(self.path[-1] if self.path else -1, tag, is_main(element), names[:60], self.number + opens)
            self.path += (len(self.found.nodes),)
            self.found.nodes.append(node)
        elif tag == "br":
            # A picture at a line's end opens the next line, which may be its caption; inside a line it is a sign.
            shown, alt = self.inline, self.alt
            self.flush()
            self.breaks += 1
            if shown:
                self.picture, self.alt = True, alt
        elif tag == "img":
            self._picture(element)
        elif region in _INLINE_LABELS and tag in _INLINE_REGIONS and "pre" not in self.blocks:
            # Marked words inside a running sentence stay part of it; beside a picture they are its credit.
            opens = not "".join(self.run).strip() or (region == "credit" and bool(self.regions))
            if opens:
                self.flush()
        elif tag == "span" and _DROP_CAP.search(element.get("class") or ""):
            self.large = True
        self.links += tag == "a"
        self.stresses += tag in _EMPHASIS
        self.slants += tag in _SLANTED
        if opens and told is not None:
            self.number += 1
            self.regions.append((self.number, *told))
        self.opened.append(opens)
        self.words(element.text)

    def end(self, element: HtmlElement) -> None:
        """Comes out of an element."""
        tag = element.tag
        if tag in _BLOCKS:
            self.boundary()
            self.blocks.pop()
            self.path = self.path[:-1]
        self.links -= tag == "a"
        self.stresses -= tag in _EMPHASIS
        self.slants -= tag in _SLANTED
        if self.opened.pop():
            self.flush()
            self.regions.pop()

    def _picture(self, element: HtmlElement) -> None:
        sizes = [int(v) for v in (element.get("width"), element.get("height")) if v and v.isdecimal() and len(v) < 6]
        if (sizes and min(sizes) < _TINY) or _SMALL.search(element.get("class") or ""):
            return
        part = self.regions[-1][1] if self.regions else None
        self.found.pictures.append(Shown(element, len(self.found.pieces), part, self.path))
        self.alt = tidy(element.get("alt") or "")
        if "".join(self.run).strip():
            self.inline = True
        else:
            self.picture = True
