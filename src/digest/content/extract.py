"""Reads a page, or a feed's full content, into a Page of labelled blocks; the home of trafilatura."""

from __future__ import annotations

import codecs
import logging
import re
from dataclasses import replace
from datetime import datetime

from lxml.html import HtmlElement

from digest.content import blocks as labelling
from digest.content.dates import written_date
from digest.content.deck import clean_deck
from digest.content.dom import Piece, parse, pieces, tidy, without_controls
from digest.content.language import detect
from digest.content.metadata import Head, read_head, web_address
from digest.content.people import names
from digest.model import Block, Label, Page, Picture

_BODY: tuple[Label, ...] = ("body", "quotation", "list")
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_MOSTLY = 0.6
_TINY = 60
_DATELINE = 200
_MOST_TAGS = 80_000  # beyond this trafilatura takes seconds


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
    found = pieces(root)
    labels = labelling.label_pieces(found, title=title, authors=authors, url=url)
    blocks = labelling.join(found, labels)
    page = Page(
        title=title,
        authors=authors,
        blocks=blocks,
        picture=_first_picture(root, found, labels, url),
        deck=clean_deck(next((b.text for b in blocks if b.label == "deck"), ""), title=title),
    )
    return replace(page, language=detect(page.text or title, language))


def read_page(html: str | bytes, url: str) -> Page:
    """The Page in one HTML page, fetched elsewhere; nothing is loaded here.

    What is article comes from trafilatura (favouring precision); what kind of block it is comes from the labeller.

    Args:
        html: the page; bytes are decoded by byte order mark, UTF-8 if it fits, else the page's own word.
        url: the page's address, for relative links and a date in the path.
    """
    source = html if isinstance(html, str) else decode(html)
    root = parse(source)
    if root is None:
        return Page()
    head = read_head(root, url)
    found = pieces(root)
    blocks = _article(source, found, head, url) or _without_map([], found, head, url)
    page = Page(
        title=head.title,
        authors=head.authors or _named(blocks),
        published=head.published or _dated(blocks),
        blocks=blocks,
        picture=head.picture,
        tags=head.tags,
    )
    shown = (b.text for b in blocks if b.label == "deck")
    decks = (clean_deck(said, title=head.title, text=page.text) for said in (head.deck, *shown))
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


def _article(source: str, found: list[Piece], head: Head, url: str) -> tuple[Block, ...]:
    """The article's blocks: trafilatura's choice among the page's pieces, under the labeller's names."""
    lines = _main_lines(source)
    keys = [labelling.key(p.text) for p in found]
    whole, starts = "", []
    for k in keys:
        starts.append(len(whole))
        whole += k
    marks = bytearray(len(whole))
    mapped = total = position = 0
    for line in lines:
        k = labelling.key(line)
        if not k:
            continue
        total += len(k)
        at = whole.find(k, position)
        if at < 0:
            at = whole.find(k)
        if at >= 0:
            marks[at : at + len(k)] = b"\1" * len(k)
            mapped += len(k)
            position = at + len(k)
    if not lines or mapped < total * _MOSTLY:
        return _without_map(lines, found, head, url)
    kept = [bool(k) and marks.count(1, s, s + len(k)) >= len(k) * _MOSTLY for k, s in zip(keys, starts, strict=True)]
    labels = labelling.label_pieces(found, title=head.title, authors=head.authors, url=url, kept=kept)
    return _select(found, labels, kept, head)


def _select(found: list[Piece], labels: list[Label], kept: list[bool], head: Head) -> tuple[Block, ...]:
    """The kept pieces, and what stands among and next to them that is no body text."""
    chosen = [i for i, keep in enumerate(kept) if keep and labels[i] in _BODY]
    if not chosen:
        return ()
    first, last = chosen[0], chosen[-1]
    selected: list[Piece] = []
    names: list[Label] = []
    for i, piece in enumerate(found):
        name = labels[i]
        if name in _BODY:
            if not kept[i]:
                continue
        elif not (kept[i] or first - 6 <= i <= last + 12):
            continue
        selected.append(piece)
        names.append(name)
    # Seen without the page around them, the blocks' places are truer: the tail is the article's, not the page's.
    again = labelling.label_pieces(
        [p for p, n in zip(selected, names, strict=True) if n in _BODY], title=head.title, authors=head.authors
    )
    fresh = iter(again)
    names = [next(fresh) if n in _BODY else n for n in names]
    return labelling.join(selected, names)


def _without_map(lines: list[str], found: list[Piece], head: Head, url: str) -> tuple[Block, ...]:
    """The article's blocks where trafilatura's lines are not the page's: its own, JSON-LD's, or the page's prose."""
    if not lines and len(head.body) > 3 * _TINY:
        lines = [tidy(line) for line in re.split(r"\n+|</p>", head.body) if tidy(line)]
    if lines:
        found = [Piece(line.removeprefix("- "), "li" if line.startswith("- ") else "p") for line in lines]
        return labelling.join(found, labelling.label_pieces(found, title=head.title, authors=head.authors))
    labels = labelling.label_pieces(found, title=head.title, authors=head.authors, url=url)
    kept = [len(p.text) >= _TINY and p.linked * 2 < len(p.text) for p in found]
    return _select(found, labels, kept, head)


def _main_lines(source: str) -> list[str]:
    """The lines trafilatura holds for the article's; none of a page with more markup than any article has."""
    if source.count("<") > _MOST_TAGS:
        return []
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    document = trafilatura.bare_extraction(
        without_controls(source), favor_precision=True, include_comments=False, with_metadata=False
    )
    text = getattr(document, "text", None) or ""
    return [tidy(line) for line in text.split("\n") if tidy(line)]


def _first_picture(root: HtmlElement, found: list[Piece], labels: list[Label], url: str) -> Picture | None:
    for element in root.iter("img"):
        address = web_address(element.get("src") or element.get("data-src") or "", url)
        sizes = [
            int(v) if (v := element.get(side) or "").isdecimal() and len(v) < 6 else 0 for side in ("width", "height")
        ]
        if not address or 0 < min(sizes, default=0) < _TINY or "emoji" in (element.get("class") or ""):
            continue
        credit = next((p.text for p, n in zip(found, labels, strict=True) if n == "credit"), "")
        return Picture(
            url=address, alt=tidy(element.get("alt") or "")[:500], credit=credit[:200], width=sizes[0], height=sizes[1]
        )
    return None
