"""Tells link boxes, stray fragments and repeats from running text by their structure alone, without any words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from digest.content.page.walk import HEADINGS, Node, Piece, Walk
from digest.model import Label

_SENTENCE_END = re.compile(r"[.!?…。！？؟۔।][\"'”’»)\]」』]*\Z")
_KEPT_TAGS = frozenset({"p", "li", "blockquote", "pre", "td", "th", "tr", "dt", "dd", "figcaption"}) | HEADINGS
_WORDS = 8  # a piece of more words outside links is running text
_FRAGMENT = 5  # a piece of fewer words, outside any paragraph, is a control or a label
_LINKS = 0.5  # the part of a box's text in links that makes it a link box
_LIST_PAGE = 0.35  # an article with this part of its text in links is a list of links itself
_DENSE = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(slots=True)
class _Box:
    """What an element holds: code points in all and in links, and whether any of it is running text."""

    chars: int = 0
    linked: int = 0
    pieces: int = 0
    prose: bool = False
    listed: bool = False


def boxes(page: Walk, inside: int, kept: Sequence[bool]) -> list[Label | None]:
    """For each piece of the article what the box around it makes it: "related", "other", or None.

    A box is an element without any running text. One whose text stands mostly in links leads elsewhere; one of stray
    words is a control, a price or a label. In an article that is itself a list of links, link boxes are its text.

    Args:
        page: the page's pieces and block elements.
        inside: the number of the element that holds the article; -1 for all of the page.
        kept: for each piece, whether it stands in that element.
    """
    found = page.pieces
    held: dict[int, _Box] = {}
    for piece, keep in zip(found, kept, strict=True):
        if not keep:
            continue
        prose = is_prose(piece)
        for node in reversed(piece.path):
            if node == inside:
                break
            box = held.setdefault(node, _Box())
            box.chars += len(piece.text)
            box.linked += piece.linked
            box.pieces += 1
            box.prose = box.prose or prose
            box.listed = box.listed or ("li" in piece.inside and piece.linked * 2 < len(piece.text))
    list_page = is_list_of_links(found, kept)
    return [
        _of(piece, page.nodes, held, inside, list_page) if keep else None
        for piece, keep in zip(found, kept, strict=True)
    ]


def is_list_of_links(found: Sequence[Piece], kept: Sequence[bool]) -> bool:
    """Whether so much of the article's text stands in links that it is a list of links itself."""
    article = [piece for piece, keep in zip(found, kept, strict=True) if keep]
    return sum(p.linked for p in article) > _LIST_PAGE * sum(len(p.text) for p in article)


def is_prose(piece: Piece) -> bool:
    """Whether the piece is running text: sentences that stand mostly outside links."""
    text = piece.text
    if piece.linked * 2 > len(text) or piece.tag in HEADINGS:
        return False
    if len(text) > 30 and _DENSE.search(text):
        return True
    words = text.count(" ") + 1
    return words > _WORDS or (piece.tag in ("p", "blockquote", "pre") and bool(_SENTENCE_END.search(text)))


def _of(piece: Piece, nodes: Sequence[Node], held: dict[int, _Box], inside: int, list_page: bool) -> Label | None:
    around = piece.path[piece.path.index(inside) + 1 :] if inside in piece.path else piece.path
    poor = next((n for n in around if not held[n].prose), -1)
    if poor < 0:
        return None
    box = held[poor]
    if box.linked >= box.chars * _LINKS and nodes[poor].tag not in _KEPT_TAGS:
        return None if list_page else "related"
    if box.listed or piece.tag in _KEPT_TAGS or nodes[poor].tag in _KEPT_TAGS or piece.stressed * 2 > len(piece.text):
        return None
    fragment = piece.text.count(" ") + 1 < _FRAGMENT and not _SENTENCE_END.search(piece.text)
    return "other" if fragment and not _DENSE.search(piece.text) and not piece.broken else None


def repeats(found: Sequence[Piece], keys: Sequence[str], kept: Sequence[bool]) -> list[bool]:
    """For each piece whether the article says the same before it, or whether it is pulled out of a paragraph.

    Args:
        found: the page's pieces.
        keys: their letters and digits, without case.
        kept: for each piece, whether it stands in the element that holds the article.
    """
    seen: set[str] = set()
    whole = "\n".join(k for piece, k, keep in zip(found, keys, kept, strict=True) if keep and "blockquote" not in
                      piece.inside)  # fmt: skip
    answer: list[bool] = []
    for piece, k, keep in zip(found, keys, kept, strict=True):
        again = keep and len(k) > 40 and (k in seen or ("blockquote" in piece.inside and k in whole))
        answer.append(again)
        if keep:
            seen.add(k)
    return answer
