"""Labels a piece by its own words and its place in the article, where its surroundings say nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from digest.content.page import wording
from digest.content.page.dom import tidy
from digest.content.page.walk import HEADINGS, Piece
from digest.content.text.words import key
from digest.model import Label

SENTENCE_END = re.compile(r"[.!?…。！？؟۔।][\"'”’»)\]」』]*\Z")
"""The end of a sentence, with what closes after it."""

_LONGEST_CAPTION = 60
_SHORT = 1_200  # code points: longer blocks are not judged by their words


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the wording rules may know about a piece's place."""

    title: str
    authors: tuple[str, ...]
    head: bool
    tail: bool
    last: bool
    links: bool
    led: bool


def is_menu(piece: Piece) -> bool:
    """Whether the piece, before any text, is a point of a menu rather than of a list."""
    return "li" in piece.inside and piece.text.count(" ") < 4 and not SENTENCE_END.search(piece.text)


def opens(piece: Piece, context: Context) -> Label | None:
    """What a heading, or a commenter's "James says:", says of everything after it."""
    heading = piece.tag in HEADINGS
    if wording.begins_comments(piece.text, heading=heading):
        return "comment"
    if (heading or piece.stressed == len(piece.text)) and context.tail:
        if wording.begins_credits(piece.text):
            return "credit"
        if wording.begins_notes(piece.text):
            return "other"
    return None


def by_words(piece: Piece, context: Context) -> Label:
    """The label of a piece whose surroundings say nothing."""
    text, words = piece.text, len(piece.text.split())
    if piece.tag == "h1" or (context.title and words < 60 and key(text) == context.title):
        return "title"
    picture = _caption(piece, words)
    if picture:
        return picture
    spoken = _short(piece, words, context) if words <= 120 and len(text) <= _SHORT else None
    if spoken:
        return spoken
    if "blockquote" in piece.inside:
        return "quotation"
    if "li" in piece.inside:
        return "related" if _is_link(piece) and words > 2 and not context.links else "list"
    if piece.inside & {"td", "th"} and words < 20:
        return "other"
    if _is_link(piece) and piece.tag not in HEADINGS and not context.links and len(text) < 200:
        return "related"
    return "body"


def _short(piece: Piece, words: int, context: Context) -> Label | None:
    """The label that a short block's own words give it, or None."""
    text = piece.text
    stressed = piece.stressed * 5 >= len(text) * 4
    if wording.is_correction(text):
        return "correction"
    if wording.is_other(text, tail=context.tail):
        return "other"
    if context.led and (
        wording.is_bio(text, authors=context.authors, stressed=True, last=True)
        or any(name in text[: len(name) + 30] for name in context.authors)
    ):
        return "bio"
    if context.tail and wording.is_bio(text, authors=context.authors, stressed=stressed, last=context.last):
        return "bio"
    if wording.is_appeal(text, tail=context.tail and (words <= 80 or stressed), last=context.last):
        return "appeal"
    if wording.is_byline(text, authors=context.authors, head=context.head):
        return "byline"
    if (context.head or wording.says_when(text)) and wording.is_date(text):
        return "date"
    if words <= 40 and wording.is_tags(text):
        return "tags"
    if wording.is_credit(text):
        return "credit"
    leads_away = words <= 30 and piece.linked * 2 >= len(text) and piece.tag not in HEADINGS and not context.links
    if leads_away and (wording.announces(text) or context.last):
        return "related"
    if words <= 30 and wording.opens_as_pointer(text) and _points(piece):
        return "related"
    return None


def _caption(piece: Piece, words: int) -> Label | None:
    """Whether the piece belongs to the picture before it."""
    if "figure" in piece.inside and words <= _LONGEST_CAPTION:
        return "credit" if wording.is_credit(piece.text) else "caption"
    if not (piece.after_picture or piece.after_figure) or words > _LONGEST_CAPTION:
        return None
    if wording.is_credit(piece.text):
        return "credit"
    if piece.alt and key(piece.alt) == key(piece.text):
        return "caption"
    sentence = bool(SENTENCE_END.search(piece.text))
    if piece.after_picture and piece.tag not in HEADINGS:
        # On the picture's own line stands a caption or the paragraph that the picture illustrates.
        if piece.broken:
            return "caption" if words <= 40 or not sentence else None
        return "caption" if words <= (15 if sentence else 40) and not piece.text[0].islower() else None
    whole = piece.slanted * 5 >= len(piece.text) * 4
    if piece.after_figure and whole and words <= 45 and piece.tag not in HEADINGS:
        return "caption"
    return None


def _is_link(piece: Piece) -> bool:
    return piece.linked * 10 >= len(piece.text) * 9


def _points(piece: Piece) -> bool:
    """Whether a block that opens like a pointer is one: linked, or not a sentence, or "Related: ..."."""
    text = tidy(piece.text)
    if wording.sends_away(text):
        return True
    return piece.linked * 3 >= len(text) or not SENTENCE_END.search(text) or ":" in text[:30]
