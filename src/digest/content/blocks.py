"""Labels every paragraph of an article: body, caption, bio, appeal, comment and so on."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from digest.content import wording
from digest.content.dom import Piece, parse, pieces, tidy
from digest.model import Block, Label

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_WORD = re.compile(r"\w+")
_PROSE = 60  # code points: shorter blocks do not count as running text
_LONGEST_CAPTION = 60
_SHORT = 1_200  # code points: longer blocks are not judged by their words
_WHOLE = 0.55  # a labelled element with more of the prose than this is the article's own wrapper
_WHOLE_KEPT = 0.4
_WHOLE_COMMENTS = 0.95
_SENTENCE_END = re.compile(r"[.!?…。！？؟۔।][\"'”’»)\]」』]*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    """What the wording rules may know about a piece's place."""

    title: str
    authors: tuple[str, ...]
    head: bool
    tail: bool
    last: bool


def label(html: str, *, title: str = "", url: str = "", authors: tuple[str, ...] = ()) -> tuple[Block, ...]:
    """The blocks of `html` in their order, each with its label; nothing is deleted.

    Args:
        html: a feed's `content:encoded`, or the main part of a page; any markup, however broken.
        title: the article's title, so that its repetition is not body text.
        url: the article's address; a line that is nothing but it is not body text.
        authors: the article's authors, which make their bios and bylines certain.
    """
    root = parse(html)
    if root is None:
        return ()
    found = pieces(root)
    return join(found, label_pieces(found, title=title, authors=authors, url=url))


def key(text: str) -> str:
    """What two spellings of one text have in common: its letters and digits, without case."""
    return "".join(_WORD.findall(text)).casefold()


def label_pieces(
    found: list[Piece],
    *,
    title: str = "",
    authors: tuple[str, ...] = (),
    url: str = "",
    kept: list[bool] | None = None,
) -> list[Label]:
    """A label for each piece, by its surroundings first and then by its place and words.

    Args:
        found: the pieces in document order.
        title: the article's title.
        authors: the article's authors.
        url: the article's address.
        kept: for each piece, whether it is thought to be the article's; a part of the page that holds most of
            those is the article's wrapper, whatever its name.
    """
    places = _by_place(found, kept or [True] * len(found), _WHOLE_KEPT if kept else _WHOLE)
    title_key = key(title)
    free = [i for i, place in enumerate(places) if place is None]
    prose = [i for i in free if len(found[i].text) >= _PROSE]
    first = prose[0] if prose else 0
    total = sum(len(found[i].text) for i in free)
    labels: list[Label] = []
    seen = 0
    rank = {i: len(free) - n for n, i in enumerate(free)}
    comments = False
    for i, piece in enumerate(found):
        place = places[i]
        if comments:
            labels.append("comment")
            continue
        if place is not None:
            labels.append(place)
            continue
        context = _Context(
            title=title_key, authors=authors, head=i <= first + 1 and seen < 400,
            tail=seen * 2 >= total or rank[i] <= 4, last=rank[i] <= 4,
        )  # fmt: skip
        seen += len(piece.text)
        if i > first and wording.begins_comments(piece.text, heading=piece.tag in _HEADINGS):
            comments = True
            labels.append("comment")
        elif url and piece.text.rstrip("/") == url.rstrip("/"):
            labels.append("other")
        else:
            labels.append(_by_words(piece, context))
    return labels


def join(found: list[Piece], labels: list[Label]) -> tuple[Block, ...]:
    """The blocks: lines parted by single breaks are put together where they have one label."""
    blocks: list[Block] = []
    for piece, name in zip(found, labels, strict=True):
        if piece.broken and blocks and blocks[-1].label == name:
            blocks[-1] = Block(label=name, text=f"{blocks[-1].text} {piece.text}")
        else:
            blocks.append(Block(label=name, text=piece.text))
    return tuple(blocks)


def _by_place(found: list[Piece], kept: list[bool], most: float) -> list[Label | None]:
    """What the elements around each piece say, leaving out those that wrap the whole article."""
    held: Counter[int] = Counter()
    total = 0
    for piece, keep in zip(found, kept, strict=True):
        if len(piece.text) < _PROSE or not keep:
            continue
        total += len(piece.text)
        for number, _ in piece.regions:
            held[number] += len(piece.text)
    return [_place(piece, held, total * most, total * _WHOLE_COMMENTS) for piece in found]


def _place(piece: Piece, held: Counter[int], most: float, most_comments: float) -> Label | None:
    said: Label | None = None
    for number, name in piece.regions:
        if most and held[number] > (most_comments if name == "comment" else most):
            continue
        if said is None or said == "other" or (said == "caption" and name == "credit"):
            said = name
    words = len(piece.text.split())
    if said in ("date", "byline") and words > 40:
        return "bio" if said == "byline" else None
    if said == "deck" and words < 4:
        return "other"
    if said == "related" and words > 60 and piece.linked * 4 < len(piece.text):
        return None
    return said


def _by_words(piece: Piece, context: _Context) -> Label:
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
        return "related" if _is_link(piece) and words > 2 else "list"
    if piece.inside & {"td", "th"} and words < 20:
        return "other"
    if _is_link(piece) and piece.tag not in _HEADINGS and words > 2 and len(text) < 200:
        return "related"
    return "body"


def _short(piece: Piece, words: int, context: _Context) -> Label | None:
    """The label that a short block's own words give it, or None."""
    text = piece.text
    stressed = piece.stressed * 5 >= len(text) * 4
    if wording.is_correction(text):
        return "correction"
    if wording.is_other(text, tail=context.tail):
        return "other"
    if context.tail and wording.is_bio(text, authors=context.authors, stressed=stressed, last=context.last):
        return "bio"
    if wording.is_appeal(text, tail=context.tail and (words <= 80 or stressed)):
        return "appeal"
    if wording.is_byline(text, authors=context.authors, head=context.head):
        return "byline"
    if context.head and wording.is_date(text):
        return "date"
    if words <= 40 and wording.is_tags(text):
        return "tags"
    if wording.is_credit(text):
        return "credit"
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
    sentence = bool(_SENTENCE_END.search(piece.text))
    if piece.after_picture and piece.tag not in _HEADINGS:
        # On the picture's own line stands a caption or the paragraph that the picture illustrates.
        if piece.broken:
            return "caption" if words <= 40 or not sentence else None
        return "caption" if words <= (15 if sentence else 40) and not piece.text[0].islower() else None
    whole = piece.slanted * 5 >= len(piece.text) * 4
    if piece.after_figure and whole and words <= 45 and piece.tag not in _HEADINGS:
        return "caption"
    return None


def _is_link(piece: Piece) -> bool:
    return piece.linked * 10 >= len(piece.text) * 9


def _points(piece: Piece) -> bool:
    """Whether a block that opens like a pointer is one: linked, or not a sentence, or "Related: ..."."""
    text = tidy(piece.text)
    return piece.linked * 3 >= len(text) or not _SENTENCE_END.search(text) or ":" in text[:30]
