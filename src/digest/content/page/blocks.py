"""Labels every paragraph of an article: body, caption, bio, appeal, comment and so on."""

from __future__ import annotations

from collections import Counter

from digest.content.page.by_words import SENTENCE_END, Context, by_words, is_menu, opens
from digest.content.page.clusters import boxes, is_list_of_links, repeats
from digest.content.page.dom import parse
from digest.content.page.walk import HEADINGS, Piece, Walk, walk
from digest.content.text.words import key
from digest.model import Block, Label

_RUNNING = 250  # code points: so long a piece is running text, whatever a doubtful name around it says
_PROSE = 60  # code points: shorter blocks do not count as running text
_DECKS = 8  # pieces after the title among which a deck stands before the byline
_LONGEST_DECK = 500  # code points
_WHOLE = 0.55  # a labelled element with more of the prose than this is the article's own wrapper
_WHOLE_COMMENTS = 0.95


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
        context = Context(
            title=title_key, authors=authors, head=i <= first + 1 and seen < 400,
            tail=seen * 2 >= total or rank.get(i, 0) <= 4, last=rank.get(i, 0) <= 4, links=links,
            led=inside >= 0 and i < first_inside and kept[i],
        )  # fmt: skip
        seen += len(piece.text) if kept[i] else 0
        if said_before[i]:
            labels.append("other")
        elif i > first and (section := opens(piece, context)):
            labels.append(section)
        elif (i < first and is_menu(piece)) or (url and piece.text.rstrip("/") == url.rstrip("/")):
            labels.append("other")
        else:
            labels.append(by_words(piece, context))
    _name_decks(found, labels)
    return labels


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
    if said in ("date", "byline") and words > 14 and SENTENCE_END.search(piece.text):
        return "bio" if said == "byline" and words > 40 else None
    if said == "deck" and words < 4:
        return "other"
    if said == "related" and words > 60 and piece.linked * 4 < len(piece.text):
        return None
    return said
