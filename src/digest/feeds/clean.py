"""Turns the hostile HTML and text of feeds into plain text. The only home of nh3."""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import replace
from typing import Final

import nh3

from digest.model import Page, Picture

LONGEST_TITLE: Final = 500
"""Characters of a title."""
LONGEST_HTML: Final = 500_000
"""Characters of one entry's HTML; what is longer is cut."""
SENTENCE_END: Final = re.compile(r"(?:(?<=[a-zà-ÿ\d)”\"’][.!?])(?=\s+[\"“‘(¿¡]?[^\sa-z])|(?<=[。！？؟۔]))")
"""Where one sentence of a feed's description ends and the next begins, roughly."""

_DROPPED: Final = frozenset(
    {"script", "style", "noscript", "iframe", "object", "embed", "form", "svg", "math", "template"}
)
_BREAKS: Final = re.compile(
    r"(?i)</?(?:p|div|br|hr|li|ul|ol|h[1-6]|tr|td|th|table|blockquote|figure|figcaption|section|article|pre|dt|dd)\b[^<>]*>"
)
# In plain text these are markup that somebody forgot; other names in angle brackets may be what is written about.
_FORGOTTEN: Final = re.compile(
    r"(?i)</?(?:a|b|i|u|em|strong|span|br|p|div|img|font|sub|sup|small|big|h[1-6])(?:\s[^<>]*)?/?>"
)
_REFERENCE: Final = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_BARE_AMPERSAND: Final = re.compile(r"&(?!#?[a-zA-Z0-9]{1,32};)")
_BARE_LESS: Final = re.compile(r"<(?![a-zA-Z/!?])")
# Controls, soft hyphens, direction overrides and isolates, tags, surrogates and private characters. What scripts
# need to be written stays: joiners, and the single direction marks.
_UNSEEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u202a-\u202e\u2060-\u206f"
    "\u3164\ud800-\udfff\ue000-\uf8ff\ufeff\uffa0\ufff0-\uffff\U000e0000-\U0010ffff]"
)
_ANY_TAG: Final = re.compile(r"<[^<>]*>")
_LINES: Final = re.compile(r"[\t\n\r\x0b\x0c\x1c-\x1f\x85\u2028\u2029]+")
_DEEPEST: Final = 400
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*?(/?)>")
_VOID: Final = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)


def plain(markup: str) -> str:
    """Give the words of HTML as one line of plain text, entities resolved once."""
    spaced = _BREAKS.sub(" ", _flat(_literal(markup)))
    bare = nh3.clean(spaced, tags=set(), clean_content_tags=set(_DROPPED))
    return one_line(html.unescape(bare))


def one_line(text: str) -> str:
    """Collapse white space, and drop control characters and invisible direction marks that could deceive."""
    return " ".join((text if text.isprintable() else _UNSEEN.sub("", _LINES.sub(" ", text))).split())


def clean_page(page: Page) -> Page:
    """Give a page whose every word is one line without what could deceive; blocks that become empty are dropped."""
    blocks = tuple(replace(block, text=text) for block in page.blocks if (text := one_line(block.text)))
    return replace(
        page,
        title=shorten(one_line(page.title), LONGEST_TITLE),
        authors=tuple(name for author in page.authors if (name := one_line(author))),
        deck=one_line(page.deck),
        blocks=blocks,
        picture=clean_picture(page.picture) if page.picture else None,
        tags=tuple(tag for each in page.tags if (tag := one_line(each))),
        keywords=tuple(word for each in page.keywords if (word := one_line(each))),
    )


def clean_picture(picture: Picture) -> Picture:
    """Give a picture whose words are clean, and no longer than a reader wants."""
    return replace(
        picture,
        alt=shorten(one_line(picture.alt), 500),
        caption=shorten(one_line(picture.caption), 1_000),
        credit=shorten(one_line(picture.credit), 200),
    )


def mark_of(*texts: str) -> str:
    """Name texts by a hash of their words, tags and spacing left out (32 hexadecimal digits)."""
    words = "\x1f".join(" ".join(_ANY_TAG.sub(" ", text).split()) for text in texts)
    return hashlib.blake2b(words.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def title_text(text: str, *, markup: bool) -> str:
    """Give a title as plain text of at most 500 characters.

    Args:
        text: the title as the feed gives it.
        markup: it is HTML; otherwise it is text, in which only forgotten formatting is dropped.
    """
    text = text[: 20 * LONGEST_TITLE]
    words = plain(text) if markup else one_line(_FORGOTTEN.sub("", text))
    return shorten(words, LONGEST_TITLE)


def shorten(text: str, longest: int) -> str:
    """Cut a text at a word's end so that with the ellipsis it has at most `longest` characters."""
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[longest // 2 :] else cut).rstrip(" ,;:–—-") + "…"


def looks_like_markup(text: str) -> bool:
    """Say whether text that does not say what it is holds HTML tags or entities."""
    return bool(_REFERENCE.search(text) or _FORGOTTEN.search(text) or _BREAKS.search(text))


def _literal(markup: str) -> str:
    """Escape the signs that begin nothing; a long run of them costs a parser dearly."""
    # Half a surrogate pair, as JSON may hold, is no text to nh3.
    whole = markup[:LONGEST_HTML].encode("utf-8", "ignore").decode()
    return _BARE_LESS.sub("&lt;", _BARE_AMPERSAND.sub("&amp;", whole))


def _flat(markup: str) -> str:
    """Drop the tags that nest deeper than any article does."""
    if markup.count("<") <= _DEEPEST:
        return markup
    depth = 0

    def keep(found: re.Match[str]) -> str:
        nonlocal depth
        if found[3] or found[2].lower() in _VOID:
            return found[0]
        if found[1]:
            depth = max(0, depth - 1)
            return found[0] if depth < _DEEPEST else ""
        depth += 1
        return found[0] if depth <= _DEEPEST else ""

    return _TAG.sub(keep, markup)
