"""Makes a clean entry from what a feed says about one item, whatever the feed's format. Pure."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parseaddr
from typing import Final
from urllib.parse import unquote, urlsplit

from digest.content.deck import clean_deck
from digest.content.extract import read_content
from digest.content.language import detect, normal
from digest.content.people import names
from digest.feeds.address import canonical, http_address, title_key
from digest.feeds.clean import (
    clean_page,
    clean_picture,
    looks_like_markup,
    mark_of,
    one_line,
    plain,
    shorten,
    title_text,
)
from digest.feeds.dates import sensible
from digest.model import Entry, Page, Picture

MOST_CATEGORIES: Final = 50
LONGEST_CATEGORY: Final = 100
"""Characters of a category."""
LONGEST_GUID: Final = 500
"""Characters of a guid; a longer one is known by its hash."""

_ENOUGH_WORDS: Final = 60  # a description this long is the article rather than a description of it
_DENSE: Final = 6  # characters that count as a word where words are not parted by spaces
_CUT: Final = re.compile(
    r"\s*(?:\[?\s*(?:…|\.\.\.)\s*\]?|\((?:more|mehr|suite)\)|(?:read|continue) (?:more|reading)\b.*)\W*\Z",
    re.IGNORECASE,
)
_SENTENCE_END: Final = re.compile(r"(?:(?<=[a-zà-ÿ\d)”\"’][.!?])(?=\s+[\"“‘(¿¡]?[^\sa-z])|(?<=[。！？؟۔]))")


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
        full: says whether an entry's text is to be read.
    """

    address: str
    language: str
    declared: str
    now: datetime
    full: Callable[[Entry], bool]


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
    """Make one entry; its text is read only where `context.full` asks for it."""
    entry = _outline(raw, context)
    if not context.full(entry):
        return entry
    base = http_address(raw.base, base=context.address) or entry.url or context.address
    page, deck = _body_and_deck(raw, entry, base)
    spoken = page.language if page and page.text else detect(f"{entry.title}. {deck}", entry.language)
    return replace(entry, page=page, deck=deck, language=spoken, picture=_picture(raw.picture, page, base))


def _outline(raw: Raw, context: Context) -> Entry:
    """Make an entry of all but the text."""
    link = http_address(raw.link, base=http_address(raw.base, base=context.address) or context.address)
    guid = one_line(raw.guid)
    url = link or (http_address(guid) if raw.guid_may_lead and is_whole(guid) else "")
    title = title_text(raw.title, markup=raw.title_markup)
    title = title or _title_from(_words(raw.summary or raw.content, markup=True), url)
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
        picture=_picture(raw.picture, None, url or context.address),
        mark=mark_of(title, raw.summary, raw.content),
    )


def _body_and_deck(raw: Raw, entry: Entry, base: str) -> tuple[Page | None, str]:
    """Tell the full text from the description; a feed may put either in either place."""
    words = _words(raw.summary, markup=raw.summary_markup)
    text = _words(raw.content, markup=raw.content_markup)
    if _count(text) >= _ENOUGH_WORDS or (text and words not in ("", text) and _count(text) >= _count(words)):
        content = raw.content if raw.content_markup else _paragraphs(raw.content)
        page = _page(content, entry, base)
        return page, "" if words in ("", text) else _deck(words, entry.title, page.text)
    if _count(words) >= _ENOUGH_WORDS and not _CUT.search(words):
        return _page(raw.summary if raw.summary_markup else _paragraphs(raw.summary), entry, base), ""
    return None, _deck(words or text, entry.title)


def _words(text: str, *, markup: bool) -> str:
    """Give what a feed says as one line of plain text."""
    return plain(text) if markup else one_line(text)


def _page(markup: str, entry: Entry, base: str) -> Page:
    """Read the full text into labelled blocks, and drop what could deceive from each."""
    page = read_content(markup, title=entry.title, url=base, language=entry.language, authors=entry.authors)
    return replace(clean_page(page), title=entry.title)


def _deck(words: str, title: str, body: str = "") -> str:
    """Give the description when it can be shown; a cut-off one loses its last, broken sentence."""
    cut = _CUT.search(words)
    if cut and not body:
        ends = [found.end() for found in _SENTENCE_END.finditer(words, 0, cut.start())]
        words = words[: ends[-1]] if ends else ""
    deck = clean_deck(words, title=title, text=body)
    return "" if deck and body and title_key(deck) in title_key(body[: 2 * len(deck) + 200]) else deck


def _count(text: str) -> int:
    """Count words, also in scripts that do not part them."""
    dense = sum(1 for char in text if char >= "\u3000")
    return len(text.split()) + dense // _DENSE


def _paragraphs(text: str) -> str:
    """Write plain text as HTML."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f"<p>{part}</p>" for part in re.split(r"\n\s*\n", escaped) if part.strip())


def _title_from(text: str, url: str) -> str:
    """Make a title where the feed gives none: the first words, else the address's last part."""
    if text:
        return shorten(re.split(_SENTENCE_END, text, maxsplit=1)[0].strip(), 100)
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


def _picture(given: Picture | None, page: Page | None, base: str) -> Picture | None:
    """Choose the picture the feed names, with the words the text has for the same picture; else the text's first."""
    inner = page.picture if page else None
    if given is None or not (address := http_address(given.url, base=base)):
        return clean_picture(inner) if inner else None
    twin = inner if inner and canonical(inner.url).partition("?")[0] == canonical(address).partition("?")[0] else None
    alt = given.alt or (twin.alt if twin else "")
    return clean_picture(replace(given, url=address, alt=alt, credit=given.credit or (twin.credit if twin else "")))


def _without_shared_pages(entries: list[Entry]) -> tuple[Entry, ...]:
    """Forget an address that several entries of one feed give: it names the site, not an article."""
    times = Counter(entry.canonical for entry in entries if entry.canonical)
    return tuple(replace(e, canonical="") if times[e.canonical] > 1 else e for e in entries)
