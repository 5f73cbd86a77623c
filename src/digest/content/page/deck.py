"""Tells a publisher's own summary from a cut-off copy of the body, a slogan or a request."""

from __future__ import annotations

import re

from digest.content.page.dom import tidy
from digest.content.page.wording import is_foreign
from digest.content.text import guards
from digest.content.text.sentences import split
from digest.content.text.words import key

_CUT = re.compile(
    r"(?:\.{3,}|…|\[…\]|\[\.{3}\]|\[&hellip;\]|&hellip;|\(more\)|(?:read|learn|find out|see|continue) more\W*|"
    r"continue reading.*|→|»)\W*\Z",
    re.IGNORECASE,
)
_STOP = re.compile(r"[.!?。！？؟۔।][\"'”’»)\]」』]*\Z")
_PITCH = re.compile(
    r"^(?:get|find|read|discover|explore|browse|watch|check out|stay up|latest|breaking|the latest|"
    r"all the latest|news,|your|welcome to)\b"
    r".{0,120}\b(?:news|latest|updates?|headlines|more|website|blog|stories|coverage)\b|\b(?:news, (?:sport|"
    r"video|analysis)|breaking news and)\b|"
    r"^(?:posted|published|by)\b.{0,60}\d{4}|\bappeared first on\b|^(?:advertisement|photo)\b|"
    r"\bcookies?\b.*\b(?:site|browser)\b|"
    r"\benable javascript\b",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"<[a-z/!][^>]*>|\{\{|\[/?[a-z_]+[ \]]|https?://", re.IGNORECASE)
_WORDS = re.compile(r"[^\W_]+")
_ENDED = re.compile(r"[\"'”’»)\]]*(?:[.!?。！？؟۔।]|[^\S\n]*(?:\n|\Z))")
_TAIL = 5
_LOOKED_AT = 2_000
_CUT_FROM = 140
_MOST = 100
_LEAST = 5


def clean_deck(deck: str, *, title: str = "", text: str = "") -> str:
    """`deck` on one line when it is a summary a reader can be shown, else "".

    Refused are: cut-off texts ("…", "Read more", a copy of the body that stops inside a sentence), repetitions of
    the title, slogans of the site, appeals, remains of markup, and anything under 5 or over 100 words. A long deck
    whose last sentence does not end goes without it.

    Args:
        deck: what the page or feed offers as its description.
        title: the article's title.
        text: the article's body, where known; without it only the deck's own end tells that it was cut.
    """
    plain = tidy(deck)
    words = len(plain.split())
    dense = sum(1 for c in plain if c >= "\u3000")
    if (words < _LEAST and dense < 12) or words > _MOST or len(plain) > 900:
        return ""
    if _CUT.search(plain) or _MARKUP.search(plain) or _PITCH.search(plain) or is_foreign(plain):
        return ""
    if guards.quoted_whole(plain) or (title and key(plain) == key(title)):
        return ""
    return "" if _is_cut_copy(plain, text) else _without_stump(plain)


def _is_cut_copy(plain: str, text: str) -> bool:
    """Whether the deck's last words stand in the body inside a sentence: it was copied and cut off."""
    if _STOP.search(plain):
        return False
    last = [re.escape(word) for word in _WORDS.findall(plain)[-_TAIL:]]
    head = text[: len(plain) * 3 + _LOOKED_AT]
    if len(last) < _TAIL or (
        len(plain) < _CUT_FROM and key(plain) not in key(head)
    ):  # a short one may be an own phrase
        return False
    found = re.search(r"\b" + r"[\W_]+".join(last), head, re.IGNORECASE)
    return bool(found) and not _ENDED.match(head, found.end() if found else 0)


def _without_stump(plain: str) -> str:
    """A long deck of several sentences without the last one, where that does not end: machines cut at 150 signs."""
    if _STOP.search(plain) or len(plain) < _CUT_FROM:
        return plain
    ends = [end for _, end in split(plain)[:-1]]
    return plain[: ends[-1]] if ends else plain
