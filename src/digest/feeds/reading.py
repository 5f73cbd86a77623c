"""Reads what a feed said of an article into labelled blocks, a deck, its language and a picture. Pure.

The only reader of what is kept as it came (`Entry.said`): nothing of it is shown that did not pass here.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from digest.content.page.deck import clean_deck
from digest.content.page.extract import read_content
from digest.content.text.language import detect
from digest.feeds.address import canonical, title_key
from digest.feeds.clean import SENTENCE_END, clean_page, clean_picture, one_line, plain
from digest.feeds.entries import Said, unpacked
from digest.model import Entry, Page, Picture

_ENOUGH_WORDS: Final = 60  # a description this long is the article rather than a description of it
_DENSE: Final = 6  # characters that count as a word where words are not parted by spaces
_CUT: Final = re.compile(
    r"\s*(?:\[?\s*(?:…|\.\.\.)\s*\]?|\((?:more|mehr|suite)\)|(?:read|continue) (?:more|reading)\b.*)\W*\Z",
    re.IGNORECASE,
)


def read(entry: Entry) -> Entry:
    """Give an entry its page, deck, language and picture, from what its feed said of it in words."""
    page, deck = _page_and_deck(unpacked(entry.said), entry)
    spoken = page.language if page and page.text else detect(f"{entry.title}. {deck}", entry.language)
    picture = _picture(entry.picture, page.picture if page else None)
    return replace(entry, page=page, deck=deck, language=spoken, picture=picture, said=b"")


def _page_and_deck(said: Said, entry: Entry) -> tuple[Page | None, str]:
    """Tell the full text from the description; a feed may put either in either place."""
    words = _words(said.summary, markup=said.summary_markup)
    text = _words(said.content, markup=said.content_markup)
    if _count(text) >= _ENOUGH_WORDS or (text and words not in ("", text) and _count(text) >= _count(words)):
        content = said.content if said.content_markup else _paragraphs(said.content)
        page = _page(content, entry, said.base)
        return page, "" if words in ("", text) else _deck(words, entry.title, page.text)
    if _count(words) >= _ENOUGH_WORDS and not _CUT.search(words):
        return _page(said.summary if said.summary_markup else _paragraphs(said.summary), entry, said.base), ""
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
        ends = [found.end() for found in SENTENCE_END.finditer(words, 0, cut.start())]
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


def _picture(given: Picture | None, inner: Picture | None) -> Picture | None:
    """Choose the picture the feed names, with the words the text has for the same picture; else the text's first."""
    if given is None:
        return inner and clean_picture(inner)
    twin = inner if inner and canonical(inner.url).partition("?")[0] == canonical(given.url).partition("?")[0] else None
    alt = given.alt or (twin.alt if twin else "")
    caption = given.caption or (twin.caption if twin else "")
    credit = given.credit or (twin.credit if twin else "")
    return clean_picture(replace(given, alt=alt, caption=caption, credit=credit))
