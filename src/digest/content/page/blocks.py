"""Labels every paragraph of an article: body, caption, bio, appeal, comment and so on."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from digest.content.page import wording
from digest.content.page.clusters import boxes, is_list_of_links, repeats
from digest.content.page.dom import parse, tidy
from digest.content.page.walk import HEADINGS, Piece, Walk, walk
from digest.model import Block, Label

_WORD = re.compile(r"\w+")
_RUNNING = 250  # code points: so long a piece is running text, whatever a doubtful name around it says
_PROSE = 60  # code points: shorter blocks do not count as running text
_LONGEST_CAPTION = 60
_DECKS = 8  # pieces after the title among which a deck stands before the byline
_LONGEST_DECK = 500  # code points
_SHORT = 1_200  # code points: longer blocks are not judged by their words
_WHOLE = 0.55  # a labelled element with more of the prose than this is the article's own wrapper
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
    links: bool
    led: bool


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
    page = walk(root)
    return join(page.pieces, label_pieces(page, title=title, authors=authors, url=url))


def key(text: str) -> str:
    """What two spellings of one text have in common: its letters and digits, without case."""
    return "".join(_WORD.findall(text)).casefold()


def label_pieces(
    page: Walk,
    *,
    title: str = "",
    authors: tuple[str, ...] = (),
    url: str = "",
    kept: list[bool] | None = None,
    inside: int = -1,
) -> list[Label]:
    """A label for each piece, by its surroundings first and then by its place and words.

    Args:
        page: the page's pieces in document order, and its block elements.
        title: the article's title.
        authors: the article's authors.
        url: the article's address.
        kept: for each piece, whether it is thought to be the article's; all are where it is None.
        inside: the number of the element that holds the article; -1 for all of the page.
    """
    found = page.pieces
    kept = kept or [True] * len(found)
    # Labelled elements around the one that holds the article say nothing of what is in it.
    places = by_place(found, kept, page.nodes[inside].regions if inside >= 0 else 0)
    free_here = [keep and place is None for keep, place in zip(kept, places, strict=True)]
    links = is_list_of_links(found, free_here)
    boxed = boxes(page, inside, free_here)
    places = [place or box for place, box in zip(places, boxed, strict=True)]
    keys = [key(piece.text) for piece in found]
    said_before = repeats(found, keys, free_here)
    title_key = key(title)
    free = [i for i, place in enumerate(places) if place is None and kept[i]]
    prose = [i for i in free if len(found[i].text) >= _PROSE]
    first = prose[0] if prose else 0
    total = sum(len(found[i].text) for i in free)
    labels: list[Label] = []
    seen = 0
    rank = {i: len(free) - n for n, i in enumerate(free)}
    first_inside = next((i for i, piece in enumerate(found) if inside in piece.path), 0)
    section: Label | None = None
    for i, piece in enumerate(found):
        place = places[i]
        if section == "comment" or (section and piece.tag not in HEADINGS and place is None):
            labels.append(section)
            continue
        if place is not None:
            labels.append(place)
            continue
        section = None
        context = _Context(
            title=title_key, authors=authors, head=i <= first + 1 and seen < 400,
            tail=seen * 2 >= total or rank.get(i, 0) <= 4, last=rank.get(i, 0) <= 4, links=links,
            led=inside >= 0 and i < first_inside and kept[i],
        )  # fmt: skip
        seen += len(piece.text) if kept[i] else 0
        if said_before[i]:
            labels.append("other")
        elif i > first and (section := _opens(piece, context)):
            labels.append(section)
        elif (i < first and _is_menu(piece)) or (url and piece.text.rstrip("/") == url.rstrip("/")):
            labels.append("other")
        else:
            labels.append(_by_words(piece, context))
    _name_decks(found, labels)
    return labels


def _is_menu(piece: Piece) -> bool:
    """Whether the piece, before any text, is a point of a menu rather than of a list."""
    return "li" in piece.inside and piece.text.count(" ") < 4 and not _SENTENCE_END.search(piece.text)


def _opens(piece: Piece, context: _Context) -> Label | None:
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


def _name_decks(found: list[Piece], labels: list[Label]) -> None:
    """What stands between the title and the byline or date is the deck."""
    title = next((i for i, name in enumerate(labels) if name == "title"), -1)
    if title < 0:
        return
    # The last title before any text: pages repeat it above their menus.
    after = range(title + 1, min(len(labels), title + 40))
    body = next((i for i in after if labels[i] == "body" and len(found[i].text) >= _PROSE), -1)
    title = max((i for i in after if i < body and labels[i] == "title"), default=title)
    end = next((i for i in range(title + 1, min(len(labels), title + _DECKS)) if labels[i] in ("byline", "date")), -1)
    between = [i for i in range(title + 1, end) if labels[i] in ("body", "list")]
    if sum(len(found[i].text) for i in between) <= _LONGEST_DECK:
        for i in between:
            labels[i] = "deck" if found[i].text.count(" ") >= 3 else "other"


def join(found: list[Piece], labels: list[Label]) -> tuple[Block, ...]:
    """The blocks: lines parted by single breaks are put together where they have one label."""
    blocks: list[Block] = []
    for piece, name in zip(found, labels, strict=True):
        if piece.broken and blocks and blocks[-1].label == name:
            blocks[-1] = Block(label=name, text=f"{blocks[-1].text} {piece.text}")
        else:
            blocks.append(Block(label=name, text=piece.text))
    return tuple(blocks)


def by_place(found: list[Piece], kept: list[bool] | None = None, floor: int = 0) -> list[Label | None]:
    """What the elements around each piece say, leaving out those that wrap the whole article.

    Args:
        found: the pieces in document order.
        kept: for each piece, whether it stands in the element that holds the article.
        floor: labelled elements up to this number say nothing of the pieces that are kept.
    """
    held: Counter[int] = Counter()
    total = 0
    for number, piece in enumerate(found):
        if len(piece.text) < _PROSE or (kept and not kept[number]):
            continue
        total += len(piece.text)
        for region, _, _ in piece.regions:
            held[region] += len(piece.text)
    return [
        _place(piece, held, total * _WHOLE, total * _WHOLE_COMMENTS, floor if kept and kept[n] else 0)
        for n, piece in enumerate(found)
    ]


def _place(piece: Piece, held: Counter[int], most: float, most_comments: float, floor: int) -> Label | None:
    said: Label | None = None
    prose = len(piece.text) > _RUNNING and piece.linked * 5 < len(piece.text) and piece.tag not in HEADINGS
    for number, name, clear in piece.regions:
        if prose and not clear and name in ("related", "other"):
            continue
        if number <= floor or (most and held[number] > (most_comments if name == "comment" else most)):
            continue
        if said is None or said == "other" or (said == "caption" and name == "credit"):
            said = name
    words = len(piece.text.split())
    if said in ("date", "byline") and words > 14 and _SENTENCE_END.search(piece.text):
        return "bio" if said == "byline" and words > 40 else None
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
        return "related" if _is_link(piece) and words > 2 and not context.links else "list"
    if piece.inside & {"td", "th"} and words < 20:
        return "other"
    if _is_link(piece) and piece.tag not in HEADINGS and not context.links and len(text) < 200:
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
    sentence = bool(_SENTENCE_END.search(piece.text))
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
    return piece.linked * 3 >= len(text) or not _SENTENCE_END.search(text) or ":" in text[:30]
