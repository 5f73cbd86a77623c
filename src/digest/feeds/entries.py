"""Makes a clean entry from what a feed says about one item, whatever the feed's format. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parseaddr
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

from digest.content.page.people import names
from digest.content.text.language import normal
from digest.feeds.address import canonical, http_address, title_key
from digest.feeds.clean import (
    SENTENCE_END,
    clean_picture,
    looks_like_markup,
    mark_of,
    one_line,
    plain,
    shorten,
    title_text,
)
from digest.feeds.dates import sensible
from digest.model import Entry, Picture

MOST_CATEGORIES: Final = 50
LONGEST_CATEGORY: Final = 100
"""Characters of a category."""
LONGEST_GUID: Final = 500
"""Characters of a guid; a longer one is known by its hash."""
LONGEST_SAID: Final = 400_000
"""Characters kept of an item's content, and of its summary; no article is as long, and what is longer is cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """What a feed says about one item, nothing cleaned yet.

    Attributes:
        guid_may_lead: the guid may be the address of the item's page; not with `isPermaLink="false"` (RSS 2.0).
        base: what relative addresses in the content are relative to, when the feed says so (xml:base).
        title_markup: the title is HTML; otherwise text.
        summary, content: HTML, or text where the matching `..._markup` is False.
        people: the authors as written, one or several in each.
        language: the item's own language, as written.
    """

    guid: str = ""
    guid_may_lead: bool = True
    link: str = ""
    base: str = ""
    title: str = ""
    title_markup: bool = False
    summary: str = ""
    summary_markup: bool = True
    content: str = ""
    content_markup: bool = True
    published: datetime | None = None
    updated: datetime | None = None
    people: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    language: str = ""
    comments: int | None = None
    picture: Picture | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What holds for all items of a feed.

    Attributes:
        address: the feed's address, to resolve relative links.
        language: what the newsroom says the feed is written in; wins when not empty.
        declared: what the feed says it is written in.
        now: the latest date an entry may have.
    """

    address: str
    language: str
    declared: str
    now: datetime


class Said(NamedTuple):
    """What a feed says of an item in words, nothing cleaned; fields as in `Raw`, the base absolute."""

    base: str
    summary: str
    summary_markup: bool
    content: str
    content_markup: bool


def entries_of(raws: Iterable[Raw], context: Context) -> tuple[Entry, ...]:
    """Make the entries of a feed: empty ones left out, of two with the same guid and address the first kept."""
    seen: set[object] = set()
    kept: list[Entry] = []
    for raw in raws:
        entry = entry_of(raw, context)
        named = bool(entry.guid and entry.canonical)
        key = (
            (entry.guid, entry.canonical) if named else (entry.guid, entry.url, title_key(entry.title), entry.published)
        )
        if key not in seen and entry.title:
            seen.add(key)
            kept.append(entry)
    return _without_shared_pages(kept)


def is_whole(text: str) -> bool:
    """Say whether text begins as a whole web address does."""
    return text[:8].lower().startswith(("http://", "https://"))


def entry_of(raw: Raw, context: Context) -> Entry:
    """Make one entry; its text is kept as it came, for `feeds/reading.py`."""
    base = http_address(raw.base, base=context.address)
    link = http_address(raw.link, base=base or context.address)
    guid = one_line(raw.guid)
    url = link or (http_address(guid) if raw.guid_may_lead and is_whole(guid) else "")
    title = title_text(raw.title, markup=raw.title_markup)
    title = title or _title_from(plain(raw.summary or raw.content), url)
    published, updated = sensible(raw.published, now=context.now), sensible(raw.updated, now=context.now)
    return Entry(
        guid=guid if len(guid) <= LONGEST_GUID else "sha256:" + hashlib.sha256(guid.encode()).hexdigest(),
        url=url,
        canonical=canonical(url),
        title=title,
        published=published or updated,
        updated=updated,
        authors=_people(raw.people),
        categories=_categories(raw.categories),
        language=normal(context.language) or normal(raw.language) or normal(context.declared),
        comments=raw.comments if raw.comments is not None and 0 <= raw.comments < 10**7 else None,
        picture=_picture(raw.picture, base or url or context.address),
        mark=mark_of(title, raw.summary, raw.content),
        said=packed(raw, base or url or context.address),
    )


def packed(raw: Raw, base: str) -> bytes:
    """Give what a feed says in words as bytes that nobody takes for text; `unpacked` gives it back.

    Args:
        raw: the item.
        base: the absolute address that those in its content are relative to.
    """
    content, markup = raw.content[:LONGEST_SAID], raw.content_markup
    summary = "" if (raw.summary, raw.summary_markup) == (raw.content, markup) else raw.summary[:LONGEST_SAID]
    said = Said(base, summary, raw.summary_markup, content, markup)
    return json.dumps(said, ensure_ascii=False).encode("utf-8", "surrogatepass")


def unpacked(said: bytes) -> Said:
    """Give back what was packed."""
    return Said(*json.loads(said.decode("utf-8", "surrogatepass")))


def _title_from(text: str, url: str) -> str:
    """Make a title where the feed gives none: the first words, else the address's last part."""
    if text:
        return shorten(re.split(SENTENCE_END, text, maxsplit=1)[0].strip(), 100)
    slug = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2].rpartition(".")
    words = one_line(re.sub(r"[-_+]+", " ", slug[0] or slug[2]))
    return shorten(words[:1].upper() + words[1:], 100) if re.search(r"[^\W\d_]", words) else ""


def _people(written: tuple[str, ...]) -> tuple[str, ...]:
    """Read the names out of bylines such as "jo@example.org (Jo Doe)" or "By Jo Doe and Kim Roe"."""
    found: dict[str, str] = {}
    for text in written:
        line = plain(text) if looks_like_markup(text) else one_line(text)
        if "@" in line:
            shown, mail = parseaddr(line[:300])
            line = shown if shown and "@" not in shown else re.sub(r"\S+@\S+|[()<>]", " ", line if not mail else "")
        for name in names(line[:300]):
            found.setdefault(name.casefold(), shorten(name, 100))
    return tuple(found.values())[:12]


def _categories(terms: tuple[str, ...]) -> tuple[str, ...]:
    """Keep categories as their publisher writes them, each once."""
    clean = (plain(term) if looks_like_markup(term) else one_line(term) for term in terms[: 4 * MOST_CATEGORIES])
    return tuple(dict.fromkeys(term for term in clean if term and len(term) <= LONGEST_CATEGORY))[:MOST_CATEGORIES]


def _picture(given: Picture | None, base: str) -> Picture | None:
    """Give the picture the feed names, its words clean."""
    if given is None or not (address := http_address(given.url, base=base)):
        return None
    return clean_picture(replace(given, url=address))


def _without_shared_pages(entries: list[Entry]) -> tuple[Entry, ...]:
    """Forget an address that several entries of one feed give: it names the site, not an article."""
    times = Counter(entry.canonical for entry in entries if entry.canonical)
    return tuple(replace(e, canonical="") if times[e.canonical] > 1 else e for e in entries)
