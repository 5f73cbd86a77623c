"""Reads hostile HTML into flat paragraphs with what surrounds them, without recursion."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from digest.content.regions import is_hidden, region_of
from digest.model import Label

MAX_CHARACTERS = 2_000_000
"""More of a page than this (code points) is cut off: no article is that long."""

MAX_PIECES = 4_000
"""More paragraphs than this are not looked at."""

_MAX_DEPTH = 250  # libxml2 itself stops at 256 and drops what follows
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
_EMPHASIS = frozenset({"em", "i", "strong", "b"})
_SLANTED = frozenset({"em", "i"})
_INLINE_REGIONS = frozenset({"span", "small", "time", "cite", "em", "i"})
_INLINE_LABELS = frozenset({"byline", "date", "credit", "caption", "other", "appeal", "related"})
_SPACE = re.compile(r"[\s\u00a0\u200b\ufeff\u2060]+")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_NESTED = re.compile(r"</?(?!(?:p|br|h[1-6]|img|hr)\b)[a-zA-Z][^<>]*>")
_SMALL = re.compile(r"emoji|smiley|latex|math|icon|avatar")
_TINY = 40  # pixels: smaller pictures are emoji, icons and counters


@dataclass(slots=True)
class Piece:
    """One line or paragraph of a page with what is known of its surroundings.

    Attributes:
        tag: the nearest block element's name.
        inside: those elements around it that tell something: blockquote, li, figure, table.
        regions: the labelled elements around it, outermost first, each with a number of its own.
        after_picture: a picture stands before it in the same paragraph.
        after_figure: the paragraph before it holds a picture and no words.
        broken: one line break, not a paragraph's end, parts it from the piece before it.
        alt: the alternative text of the picture before it.
        linked, stressed, slanted: code points of its text in links, in bold or italics, and in italics.
    """

    text: str
    tag: str
    inside: frozenset[str] = frozenset()
    regions: tuple[tuple[int, Label], ...] = ()
    after_picture: bool = False
    after_figure: bool = False
    broken: bool = False
    alt: str = ""
    linked: int = 0
    stressed: int = 0
    slanted: int = 0


def parse(html: str) -> HtmlElement | None:
    """The document's root element, or None when there is nothing to read.

    NULs, controls and lone surrogates are dropped; markup nested deeper than the parser goes is flattened to
    its paragraphs. Nothing is loaded and no DTD is read.
    """
    clean = without_controls(html)
    root = _parse(clean)
    if root is not None and clean.count("<") > _MAX_DEPTH and _too_deep(root):
        root = _parse(_NESTED.sub(" ", clean))
    return root


def without_controls(html: str) -> str:
    """`html` up to `MAX_CHARACTERS` without NULs, control characters and lone surrogates."""
    return _CONTROLS.sub("", html[:MAX_CHARACTERS])


def _parse(html: str) -> HtmlElement | None:
    if not html.strip():
        return None
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=False, no_network=True)
    try:
        return document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def _too_deep(root: HtmlElement) -> bool:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth >= _MAX_DEPTH:
            return True
    return False


def tidy(text: str) -> str:
    """`text` on one line: every run of white space is one space."""
    return _SPACE.sub(" ", text).strip()


def pieces(root: HtmlElement) -> list[Piece]:
    """The paragraphs and broken lines under `root` in document order, at most `MAX_PIECES`."""
    walker = _Walker()
    skip: HtmlElement | None = None
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if skip is not None:
            if event == "end" and element is skip:
                skip = None
                walker.words(element.tail)
        elif event == "start":
            if element.tag in _SKIPPED or is_hidden(element):
                skip = element
            else:
                walker.start(element)
        else:
            walker.end(element)
            if element is not root:
                walker.words(element.tail)
        if len(walker.found) >= MAX_PIECES:
            break
    walker.flush()
    return walker.found


class _Walker:
    """What has been met on the way down and up the tree since the last piece."""

    def __init__(self) -> None:
        self.found: list[Piece] = []
        self.run: list[str] = []
        self.linked = self.stressed = self.slanted = self.links = self.stresses = self.slants = 0
        self.blocks: list[str] = []
        self.regions: list[tuple[int, Label]] = []
        self.opened: list[bool] = []
        self.number = self.breaks = 0
        self.picture = self.figure = self.inline = False
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
        linked, stressed, slanted = self.linked, self.stressed, self.slanted
        self.run, self.linked, self.stressed, self.slanted = [], 0, 0, 0
        if not text:
            return
        self.found.append(
            Piece(
                text, self.blocks[-1] if self.blocks else "div", frozenset(_TELLING.intersection(self.blocks)),
                tuple(self.regions), self.picture, self.figure, self.breaks == 1, self.alt, linked, stressed, slanted,
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
        region = region_of(element)
        opens = False
        if tag in _BLOCKS:
            self.boundary()
            self.blocks.append(tag)
            opens = region is not None
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
        self.links += tag == "a"
        self.stresses += tag in _EMPHASIS
        self.slants += tag in _SLANTED
        if opens and region is not None:
            self.number += 1
            self.regions.append((self.number, region))
        self.opened.append(opens)
        self.words(element.text)

    def end(self, element: HtmlElement) -> None:
        """Comes out of an element."""
        tag = element.tag
        if tag in _BLOCKS:
            self.boundary()
            self.blocks.pop()
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
        self.alt = tidy(element.get("alt") or "")
        if "".join(self.run).strip():
            self.inline = True
        else:
            self.picture = True
