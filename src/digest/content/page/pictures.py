"""Finds an article's picture with its own caption, credit and alternative text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from digest.content.page.dom import tidy
from digest.content.page.metadata import web_address
from digest.content.page.walk import Shown, Walk
from digest.model import Label, Picture

_SOURCES = ("src", "data-src", "data-lazy-src", "data-original", "data-image", "data-full-src")
_SETS = ("srcset", "data-srcset", "data-lazy-srcset")
_NOT_THE_ARTICLES: frozenset[Label] = frozenset({"other", "related", "bio", "appeal", "comment", "byline", "tags"})
_TINY = 60  # pixels: smaller ones are icons and faces
_NEXT = 3  # pieces after a picture among which its words stand
_LONGEST_CAPTION = 1_000
_SIZE = re.compile(r"(?:[-_.@](?:\d{2,4}x\d{2,4}|\d{2,4}w?|\d?x|scaled|large|medium|small|thumb|web|hd|full))+\Z")
_CANDIDATE = re.compile(r"(\S+)\s+(\d{1,5})w")


def picture(
    page: Walk, labels: Sequence[Label], url: str, *, named: Picture | None = None, inside: int = -1
) -> Picture | None:
    """The article's picture: the one its page names, with the words beside it in the article; else the first.

    Args:
        page: the page.
        labels: the labels of its pieces.
        url: the page's address, from which pictures' addresses are resolved.
        named: the picture that the page's head or the feed names.
        inside: the number of the element that holds the article; -1 for all of the page.
    """
    found = _found(page, labels, url, inside)
    if named is None:
        return next(found, None)
    name = _name(named.url)
    twin = next((each for each in found if _name(each.url) == name), None) if name else None
    if twin is None:
        return named
    return replace(named, alt=twin.alt or named.alt, caption=twin.caption, credit=twin.credit or named.credit)


def _found(page: Walk, labels: Sequence[Label], url: str, inside: int) -> Iterator[Picture]:
    title = next((i for i, name in enumerate(labels) if name == "title"), -1)
    for shown in page.pictures:
        if shown.part in _NOT_THE_ARTICLES or (inside >= 0 and inside not in shown.path and shown.before <= title):
            continue
        address = _address(shown.element, url)
        sizes = [_pixels(shown.element.get(side)) for side in ("width", "height")]
        if not address or 0 < min(sizes) < _TINY:
            continue
        caption, credit = _words(page, labels, shown)
        alt = tidy(shown.element.get("alt") or "")[:500]
        yield Picture(url=address, alt=alt, caption=caption, credit=credit[:200], width=sizes[0], height=sizes[1])


def _words(page: Walk, labels: Sequence[Label], shown: Shown) -> tuple[str, str]:
    """The caption and the credit of a picture: those in its own figure, else those right after it."""
    figure = next((n for n in reversed(shown.path) if page.nodes[n].tag == "figure"), -1)
    caption: list[str] = []
    credit: list[str] = []
    for i in range(max(0, shown.before - _NEXT), min(len(labels), shown.before + _NEXT)):
        piece = page.pieces[i]
        if (figure not in piece.path) if figure >= 0 else i < shown.before:
            continue
        if labels[i] == "caption":
            caption.append(piece.text)
        elif labels[i] == "credit":
            credit.append(piece.text)
        elif figure < 0:
            break
    return " ".join(caption)[:_LONGEST_CAPTION], " ".join(credit)


def _address(element: HtmlElement, url: str) -> str:
    """The picture's address; that of a lazy one stands elsewhere; only in a set of sizes, the widest."""
    sets = " ".join((element.get(name) or "")[:5_000] for name in _SETS)
    wide = max(((int(width), link) for link, width in _CANDIDATE.findall(sets)), default=(0, ""))[1]
    links = (element.get(name) or "" for name in _SOURCES)
    return next((found for link in (*links, wide) if link and (found := web_address(link, url))), "")


def _pixels(value: str | None) -> int:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 6 else 0


def _name(url: str) -> str:
    """A picture's file name without what tells its sizes apart."""
    file = urlsplit(url).path.rstrip("/").rpartition("/")[2]
    return _SIZE.sub("", file.rpartition(".")[0] or file).casefold()
