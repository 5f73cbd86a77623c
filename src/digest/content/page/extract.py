"""Reads a page, or a feed's full content, into a Page of labelled blocks."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from lxml.html import HtmlElement

from digest.content.page.blocks import by_place, join, label_pieces
from digest.content.page.container import Found, find, keep
from digest.content.page.dates import written_date
from digest.content.page.deck import clean_deck
from digest.content.page.dom import parse
from digest.content.page.metadata import Head, read_head
from digest.content.page.opinion import as_pieces, confirmed, lines_by_metadata, lines_by_trafilatura
from digest.content.page.people import names
from digest.content.page.pictures import picture
from digest.content.page.walk import Walk, walk
from digest.content.text.language import detect
from digest.content.text.words import key
from digest.model import Block, Label, Page, Picture

_BODY: tuple[Label, ...] = ("body", "quotation", "list")
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_TINY = 60  # code points
_DATELINE = 200
_BEFORE, _AFTER = 8, 12  # pieces around the article that are kept with it, if they are its own
_TITLE = 40  # pieces before the text among which its title stands
_NOT_AROUND: tuple[Label, ...] = (*_BODY, "related", "other")
_POOR = 1_000  # code points: an article with less may be hidden in part
_RICHER = 2.5  # so much more text must be hidden before hidden text is believed
_TOLD = 500  # code points: less of an article's text in the page's metadata is an excerpt


def read_content(html: str, *, title: str, url: str, language: str = "", authors: tuple[str, ...] = ()) -> Page:
    """The Page in a feed's full content (`content:encoded`, Atom content), without trafilatura.

    Args:
        html: the content as the feed gives it.
        title: the entry's title, so that its repetition is not body text.
        url: the entry's absolute address, from which pictures are resolved.
        language: the entry's or feed's declared language; believed unless the script contradicts it.
        authors: the entry's authors, where the feed names them.
    """
    root = parse(html)
    if root is None:
        return Page(title=title, authors=authors, language=detect(title, language))
    shown = walk(root)
    labels = label_pieces(shown, title=title, authors=authors, url=url)
    blocks = join(shown.pieces, labels)
    page = Page(
        title=title,
        authors=authors,
        blocks=blocks,
        picture=picture(shown, labels, url),
        deck=clean_deck(next((b.text for b in blocks if b.label == "deck"), ""), title=title),
    )
    return replace(page, language=detect(page.text or title, language))


def read_page(html: str | bytes, url: str) -> Page:
    """The Page in one HTML page, fetched elsewhere; nothing is loaded here.

    The text stands in one element, found by where the page's running text is (`container.py`). Where that leaves
    doubt, trafilatura and the page's metadata are asked (`opinion.py`).

    Args:
        html: the page; bytes are decoded by byte order mark, UTF-8 if it fits, else the page's own word.
        url: the page's address, for relative links and a date in the path.
    """
    source = html if isinstance(html, str) else decode(html)
    root = parse(source)
    if root is None:
        return Page()
    head = read_head(root, url)
    blocks, shown = _article(source, root, head, url)
    page = Page(
        title=head.title,
        authors=head.authors or _named(blocks),
        published=head.published or _dated(blocks),
        blocks=blocks,
        picture=shown,
        tags=head.tags,
        elsewhere=head.elsewhere,
        keywords=head.keywords,
    )
    marked = (b.text for b in blocks if b.label == "deck")
    decks = (clean_deck(said, title=head.title, text=page.text) for said in (head.deck, *marked))
    return replace(
        page, deck=next((d for d in decks if d), ""), language=detect(page.text or page.title, head.language)
    )


def _named(blocks: tuple[Block, ...]) -> tuple[str, ...]:
    """The people the first byline names."""
    return next((people for b in blocks if b.label == "byline" and (people := names(b.text.partition("|")[0]))), ())


def _dated(blocks: tuple[Block, ...]) -> datetime | None:
    """The first date that stands in a date line or a byline."""
    said = (written_date(b.text) for b in blocks if b.label in ("date", "byline") and len(b.text) < _DATELINE)
    return next((when for when in said if when), None)


def decode(page: bytes) -> str:
    """The text of a page's bytes; never raises."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if page.startswith(mark):
            return page[len(mark) :].decode(name, "replace")
    said = _CHARSET.search(page[:4096])
    name = said.group(1).decode("ascii").lower() if said else ""
    if not name.startswith(("iso-2022", "hz")):
        try:
            return page.decode("utf-8")
        except UnicodeDecodeError:
            pass
    western = ("", "utf-8", "utf8", "iso-8859-1", "latin-1", "us-ascii")  # browsers read these as windows-1252
    try:
        return page.decode("windows-1252" if name in western else name, "replace")
    except LookupError:
        return page.decode("windows-1252", "replace")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where on a page its article is; which pieces are doubtful, and which one is its title."""

    page: Walk
    where: Found
    doubtful: Sequence[bool]
    title: int


def _article(source: str, root: HtmlElement, head: Head, url: str) -> tuple[tuple[Block, ...], Picture | None]:
    """The article's blocks and its picture."""
    place = _place(walk(root), head)
    if place.where.held < _POOR:
        # Some pages keep their text hidden until a script has run.
        hidden = _place(walk(root, hidden=True), head)
        if hidden.where.sure and hidden.where.held > place.where.held * _RICHER:
            place = hidden
    page, inside = place.page, place.where.node
    if place.where.sure and place.where.held * 2 >= len(head.body):
        kept = keep(page, place.where, place.doubtful, place.title)
    else:
        inside = -1
        lines = lines_by_trafilatura(source)
        told = lines_by_metadata(head.body) if len(head.body) > _TOLD else []
        if sum(map(len, told)) > 2 * sum(map(len, lines)):
            lines = told
        given = confirmed(page.pieces, lines)
        if given is None and lines:
            page = Walk(pieces=as_pieces(lines))
            return join(page.pieces, label_pieces(page, title=head.title, authors=head.authors)), head.picture
        kept = given or [len(p.text) >= _TINY and p.linked * 2 < len(p.text) for p in page.pieces]
    labels = label_pieces(page, title=head.title, authors=head.authors, url=url, kept=kept, inside=inside)
    shown = picture(page, labels, url, named=head.picture, inside=inside)
    return _with_what_is_around(page, labels, kept), shown


def _place(page: Walk, head: Head) -> _Place:
    found = page.pieces
    doubtful = [name not in (None, "quotation", "deck") for name in by_place(found)]
    said = key(head.title)
    title = next((i for i, p in enumerate(found) if len(p.text) < 400 and key(p.text) == said), -1)
    body = key(head.body) if len(head.body) > _TOLD else ""
    told = [len(p.text) >= _TINY and key(p.text) in body for p in found] if body else ()
    return _Place(page=page, where=find(page, doubtful, title, told), doubtful=doubtful, title=title)


def _with_what_is_around(page: Walk, labels: Sequence[Label], kept: Sequence[bool]) -> tuple[Block, ...]:
    """The article's pieces as blocks, and what stands next to it that is no text: title, byline, bio, comments."""
    chosen = [i for i, keep in enumerate(kept) if keep and labels[i] in _BODY]
    if not chosen:
        return ()
    first, last = chosen[0], chosen[-1]
    begin = max((i for i in range(max(0, first - _TITLE), first) if labels[i] == "title"), default=first - _BEFORE)
    taken = [i for i, name in enumerate(labels) if kept[i] or (name not in _NOT_AROUND and begin <= i <= last + _AFTER)]
    return join([page.pieces[i] for i in taken], [labels[i] for i in taken])
