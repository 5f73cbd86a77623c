"""Reads a feed of any format into clean entries; the only home of feedparser. Pure.

A malformed feed gives what can be saved. Nothing here fetches anything: the parser is given bytes, never a name.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import feedparser
import feedparser.api

from digest.content.text.language import normal
from digest.feeds import expat, jsonfeed
from digest.feeds.clean import title_text
from digest.feeds.dates import from_text, from_tuple
from digest.feeds.entries import Context, Raw, entries_of, is_whole
from digest.feeds.repair import prepare, repaired, too_much
from digest.model import Entry, Picture

MOST_ENTRIES: Final = 500
"""Entries read of one feed: the newest, where it has more."""

# feedparser looks for its XML parser in this list of SAX drivers first.
if expat.__name__ not in feedparser.api.PREFERRED_XML_PARSERS:
    feedparser.api.PREFERRED_XML_PARSERS.insert(0, expat.__name__)

# feedparser lets what goes wrong inside its handlers through: on hostile input any of these.
_FAULTS: Final = (
    ArithmeticError, AssertionError, AttributeError, LookupError, OSError, RecursionError, TypeError, ValueError,
)  # fmt: skip
_MARKUP_TYPES: Final = ("text/html", "application/xhtml+xml", "html", "xhtml")
_PICTURE_NAME: Final = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:[?#]|\Z)", re.IGNORECASE)
_CHARSET: Final = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
# RSS titles may be HTML or text and do not say so: an end tag or a reference to a character is HTML.
_SAYS_MARKUP: Final = re.compile(
    r"</[a-zA-Z][a-zA-Z0-9]*\s*>|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
)
_LONG_AGO: Final = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A feed as it was read.

    Attributes:
        title: its own title, plain text.
        language: the language it declares, as a lower-case BCP 47 tag; empty when it does not.
        entries: in its own order.
        problem: why nothing could be read, in an editor's words; empty otherwise, also for a feed without entries.
    """

    title: str = ""
    language: str = ""
    entries: tuple[Entry, ...] = ()
    problem: str = ""


def parse(
    body: bytes,
    *,
    address: str,
    content_type: str = "",
    language: str = "",
    now: datetime,
) -> Parsed:
    """Read a feed: RSS 0.90 to 2.0, RDF, Atom 0.3 and 1.0, CDF, JSON Feed. Never raises on a body.

    Args:
        body: the document.
        address: where it came from; what relative links are relative to.
        content_type: the Content-Type header; only its charset is believed.
        language: what the newsroom says the feed is written in; wins over what the feed says.
        now: the latest date an entry may have, UTC.
    """
    if not body.strip():
        return Parsed(problem="is empty")
    if jsonfeed.looks_like_json(body):
        try:
            feed = jsonfeed.read(body, most=MOST_ENTRIES)
        except ValueError as reason:
            return Parsed(problem=str(reason))
        title, declared = title_text(feed.title, markup=False), feed.language
        raws: Iterable[Raw] = feed.items
    else:
        body = prepare(body)
        if too_much(body):
            return Parsed(problem="holds more tags than any feed does")
        found = _best(body, content_type)
        if found is None:
            return Parsed(problem=_why_nothing(body))
        title, declared, raws = _title(found["feed"]), _text(found["feed"], "language"), _raws(found)
    context = Context(address=address, language=language, declared=declared, now=now)
    entries = entries_of(raws, context)
    return Parsed(title=title, language=normal(declared), entries=entries)


def _best(body: bytes, content_type: str) -> Mapping[str, Any] | None:
    """Parse; where that gives nothing, mend the body and parse again. None when it is no feed."""
    first = _feedparser(body, content_type)
    if first is not None and first["entries"]:
        return first
    mended = repaired(body)
    second = _feedparser(mended, content_type) if mended != body else None
    return next((f for f in (second, first) if f is not None and (f["entries"] or f.get("version"))), None)


def _feedparser(body: bytes, content_type: str) -> Mapping[str, Any] | None:
    """Run feedparser over bytes; None when it fails on them."""
    charset = _CHARSET.search(content_type)
    # It is not told the address: it would make every guid an address, and each move of the feed would change them.
    headers = {"content-type": f"application/xml; charset={charset[1]}" if charset else "application/xml"}
    try:
        # A stream, because a bare string or bytes would be tried as the name of a file.
        found: Mapping[str, Any] = feedparser.parse(
            io.BytesIO(body), response_headers=headers, resolve_relative_uris=False, sanitize_html=False
        )
    except _FAULTS:
        return None
    return found


def _why_nothing(body: bytes) -> str:
    """Say what the body is instead of a feed."""
    start = body[:4096].lower()
    if b"<html" in start or b"<!doctype html" in start:
        return "is a web page, not a feed; look for the feed's own address on it"
    if start.lstrip()[:1] != b"<" and b"<rss" not in start and b"<feed" not in start:
        return "is not a feed"
    return "is damaged beyond reading, or not a feed"


def _raws(found: Mapping[str, Any]) -> Iterable[Raw]:
    """Give what the feed says about its items, the newest where there are too many."""
    items = [dict(item) for item in found["entries"] if isinstance(item, dict)]
    if len(items) > MOST_ENTRIES:
        ranked = sorted(range(len(items)), key=lambda at: _stamp(items[at]), reverse=True)
        items = [items[at] for at in sorted(ranked[:MOST_ENTRIES])]
    atom = _text(found, "version").startswith("atom")
    return (_raw(item, found["feed"], atom=atom) for item in items)


def _stamp(item: Mapping[str, Any]) -> datetime:
    return _date(item, "published") or _date(item, "updated") or _LONG_AGO


def _raw(item: Mapping[str, Any], feed: Mapping[str, Any], *, atom: bool) -> Raw:
    """Read one of feedparser's entries, trusting the type of nothing in it."""
    title, summary = _part(item, "title_detail"), _part(item, "summary_detail")
    contents = sorted(_parts(item, "content"), key=lambda part: len(_text(part, "value")))
    content = contents[-1] if contents else {}
    text = _text(item, "summary") or _text(item, "media_caption")
    return Raw(
        guid=_text(item, "id"),
        guid_may_lead=item.get("guidislink") is not False or "link" in item,
        link=_link(item),
        base=_text(content or summary, "base"),
        title=_text(item, "title"),
        title_markup=_is_markup(title) or (not atom and bool(_SAYS_MARKUP.search(_text(item, "title")))),
        summary=text,
        summary_markup=not atom or not summary or _is_markup(summary),
        content=_text(content, "value"),
        content_markup=not atom or _is_markup(content),
        published=_date(item, "published") or _date(item, "created"),
        updated=_date(item, "updated"),
        people=_people(item, feed),
        categories=tuple(_text(tag, "term") or _text(tag, "label") for tag in _parts(item, "tags")),
        language=_text(content or title, "language"),
        comments=_number(_text(item, "slash_comments") or _text(item, "thr_total")),
        picture=_picture(item),
    )


def _link(item: Mapping[str, Any]) -> str:
    """Give the item's page: its own address before a counter's, an alternate before anything else."""
    if origin := _text(item, "feedburner_origlink"):
        return origin
    links = [link for link in _parts(item, "links") if _text(link, "rel") == "alternate" and _text(link, "href")]
    pages = [link for link in links if _text(link, "type") in ("", "text/html", "application/xhtml+xml")]
    if found := _text((pages or links or [{}])[0], "href"):
        return found
    # Without a <link> feedparser gives the guid as one; a guid that is no whole address names no page.
    written = _text(item, "link")
    return "" if written == _text(item, "id") and not is_whole(written) else written


def _people(item: Mapping[str, Any], feed: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the authors as written; an Atom feed's author stands for entries without one (RFC 4287, 4.2.1)."""
    for holder in (item, feed):
        if len(_parts(holder, "authors")) == 1 and "@" in (text := _text(holder, "author")):
            return (text,)  # feedparser takes an address with a long ending apart in the wrong place
        names = [_text(one, "name") or _text(one, "email") for one in _parts(holder, "authors")]
        if any(names):
            return tuple(name for name in names if name)
        if text := _text(holder, "author"):
            return (text,)
    return ()


def _picture(item: Mapping[str, Any]) -> Picture | None:
    """Choose the largest picture the item names: Media RSS, an enclosure, or a thumbnail."""
    caption = _text(item, "media_caption")
    credit = next((_text(part, "content") for part in _parts(item, "media_credit")), "")
    best: Picture | None = None
    for part in (*_parts(item, "media_content"), *_enclosures(item), *_parts(item, "media_thumbnail")):
        url = _text(part, "url") or _text(part, "href")
        kind = _text(part, "medium") or _text(part, "type")
        if not url or (kind and not kind.startswith("image")) or not (kind or _is_picture(part, url, item)):
            continue
        width, height = _number(_text(part, "width")) or 0, _number(_text(part, "height")) or 0
        if best is None or width > best.width:
            best = Picture(url=url, alt=caption, credit=credit, width=width, height=height)
    return best


def _is_picture(part: Mapping[str, Any], url: str, item: Mapping[str, Any]) -> bool:
    """Say whether something that does not say what it is, is a picture."""
    return bool(_PICTURE_NAME.search(url)) or part in _parts(item, "media_thumbnail")


def _enclosures(item: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [link for link in _parts(item, "links") if _text(link, "rel") == "enclosure"]


def _title(feed: Mapping[str, Any]) -> str:
    return title_text(_text(feed, "title"), markup=_is_markup(_part(feed, "title_detail")))


def _is_markup(detail: Mapping[str, Any]) -> bool:
    return _text(detail, "type") in _MARKUP_TYPES


def _date(item: Mapping[str, Any], name: str) -> datetime | None:
    return from_tuple(item.get(f"{name}_parsed")) or from_text(_text(item, name))


def _number(text: str) -> int | None:
    digits = text.strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def _text(of: Mapping[str, Any], key: str) -> str:
    """Give a value that is text. Read as a plain dict: feedparser's own look-up guesses and warns."""
    value = dict.get(of, key) if isinstance(of, dict) else None
    return value if isinstance(value, str) else ""


def _part(of: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = dict.get(of, key) if isinstance(of, dict) else None
    return value if isinstance(value, dict) else {}


def _parts(of: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    value = dict.get(of, key) if isinstance(of, dict) else None
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []
