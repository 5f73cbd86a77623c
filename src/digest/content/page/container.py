"""Finds the element of a page that holds its article, by where the running text stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digest.content.page.walk import HEADINGS, Node, Piece, Walk

_PROSE = 60
"""Code points: shorter pieces are no running text."""
_DENSE = 25
"""The same, in scripts that do not part words."""
_LEAST = 200
"""Code points of running text below which nothing is an article."""
_MOST_OF = 0.8
"""An element that holds this part of what its parent holds is where to look further."""
_RIVAL = 0.25
"""An article with less than this part of the longest one's text is a teaser."""
_LEADS_UP = 6
"""Pieces before the article's element that are looked at for its first paragraphs."""
_ENOUGH = 3
"""Pieces that a page's metadata must repeat before they are believed."""
_MOST_TOLD = 0.7
"""The part of an element's running text that they must repeat."""
_MORE = 1.15
"""How much more an element must hold before it is preferred to one inside it."""
_ALL = 0.9
"""The same for an element that nothing marks."""
_SURE = 0.6
"""The part of a page's running text that an article holds where nothing else is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Where the article is.

    Attributes:
        node: the number of the element that holds it; -1 for all of the page.
        scope: the number of the element in which it was looked for.
        parts: the numbers of further elements of the same kind that hold parts of it.
        held: code points of running text in it.
        sure: the page's structure leaves no doubt.
    """

    node: int
    held: int
    sure: bool
    scope: int = 0
    parts: frozenset[int] = frozenset()


def find(page: Walk, doubtful: Sequence[bool], title: int, told: Sequence[bool] = ()) -> Found:
    """The innermost element that holds the running text of the page's article.

    Where a page holds several articles, as endless pages do, it is the one under the page's title.

    Args:
        page: the page.
        doubtful: for each piece, whether the elements around it say that it is no article's text.
        title: the number of the piece that repeats the page's title; -1 if none does.
        told: for each piece, whether the page's own metadata repeat it as the article's text.
    """
    nodes = page.nodes
    if not nodes:
        return Found(node=-1, held=0, sure=False)
    held, first = _weigh(page, doubtful)
    total = max(held)
    if total < _LEAST:
        return Found(node=-1, held=total, sure=False)
    scope = _article(nodes, held, first, title)
    main = _marked(nodes, held, first, title, scope)
    start = main if main >= 0 else scope
    node = _descend(nodes, held, start)
    by_word = _told(page, held, told)
    if by_word >= 0 and (_within(nodes, by_word, node) or held[by_word] > held[node] * _MORE):
        return Found(node=by_word, held=held[by_word], sure=True, scope=by_word)
    titled = scope > 0 and title >= 0 and scope in page.pieces[title].path
    return Found(
        node=node,
        held=held[node],
        # Beside its own title an article needs no comparison with the rest of an endless page.
        sure=held[node] >= (held[scope] if titled else total) * (_SURE if main >= 0 or scope > 0 else _ALL),
        scope=scope,
        parts=_alike(page, held, node, scope),
    )


def _told(page: Walk, held: Sequence[int], told: Sequence[bool]) -> int:
    """The element around all that the page's metadata call the article's text, if they call most of it so; else -1."""
    pieces = [piece for piece, said in zip(page.pieces, told, strict=False) if said and _is_prose(piece) and piece.path]
    if len(pieces) < _ENOUGH:
        return -1
    around = 0
    for step in zip(*(piece.path for piece in pieces), strict=False):
        if len(set(step)) > 1:
            break
        around = step[0]
    return around if sum(len(piece.text) for piece in pieces) >= held[around] * _MOST_TOLD else -1


def keep(page: Walk, where: Found, doubtful: Sequence[bool], title: int) -> list[bool]:
    """For each piece whether it is the article's: in its element, in one of its parts, or leading up to it.

    Args:
        page: the page.
        where: what `find` found.
        doubtful: for each piece, whether the elements around it say that it is no article's text.
        title: the number of the piece that repeats the page's title; -1 if none does.
    """
    kept = [where.node in p.path or not where.parts.isdisjoint(p.path) for p in page.pieces]
    first = next((i for i, k in enumerate(kept) if k), 0)
    prose = (p for p, k, d in zip(page.pieces, kept, doubtful, strict=True) if k and not d and _is_prose(p))
    styles = {_style(page, piece) for piece in prose}
    for i in range(first - 1, max(title, first - _LEADS_UP, -1), -1):
        piece = page.pieces[i]
        if doubtful[i] or where.scope not in piece.path or not _is_prose(piece) or piece.tag in HEADINGS:
            continue
        if _style(page, piece) in styles:
            kept[i] = True
    return kept


def _weigh(page: Walk, doubtful: Sequence[bool]) -> tuple[list[int], list[int]]:
    """For each element the running text in it, and the number of the first piece that is some."""
    held = [0] * len(page.nodes)
    first = [-1] * len(page.nodes)
    for number, (piece, doubt) in enumerate(zip(page.pieces, doubtful, strict=True)):
        if doubt or not _is_prose(piece):
            continue
        length = len(piece.text)
        for node in piece.path:
            held[node] += length
            if first[node] < 0:
                first[node] = number
    return held, first


def _style(page: Walk, piece: Piece) -> tuple[str, str]:
    """What the article's paragraphs look like: their element and its class."""
    return (piece.tag, page.nodes[piece.path[-1]].kind) if piece.path else (piece.tag, "")


def _is_prose(piece: Piece) -> bool:
    length = len(piece.text)
    return piece.linked * 2 <= length and length >= (_DENSE if piece.text[0] > "\u0900" else _PROSE)


def _alike(page: Walk, held: Sequence[int], chosen: int, scope: int) -> frozenset[int]:
    """Other elements of the chosen one's kind in the scope, up to the next main heading."""
    nodes = page.nodes
    kind, tag = nodes[chosen].kind, nodes[chosen].tag
    if not kind:
        return frozenset()
    parts: list[int] = []
    for n in range(chosen + 1, len(nodes)):
        if nodes[n].tag == "h1":
            break
        if (
            held[n]
            and nodes[n].kind == kind
            and nodes[n].tag == tag
            and not _within(nodes, n, chosen)
            and _within(nodes, n, scope)
        ):
            parts.append(n)
    return frozenset(parts)


def _article(nodes: Sequence[Node], held: Sequence[int], first: Sequence[int], title: int) -> int:
    """The `article` element to look in; the page where there is none, or where it holds little of the text."""
    found = [n for n, node in enumerate(nodes) if node.tag == "article" and held[n] >= _LEAST]
    found = _outermost(nodes, found)
    if not found:
        return 0
    most = max(held[n] for n in found)
    found = [n for n in found if held[n] >= most * _RIVAL]
    chosen = next((n for n in found if first[n] > title), found[0])
    if sum(held[n] for n in found) < held[0] * 0.5:
        return 0
    return chosen


def _marked(nodes: Sequence[Node], held: Sequence[int], first: Sequence[int], title: int, scope: int) -> int:
    """The element that says it holds the article's text, or what is around several that do; -1 if none does."""
    found = [n for n, node in enumerate(nodes) if node.main and held[n] >= _LEAST and _within(nodes, n, scope)]
    found = _outermost(nodes, found)
    if not found:
        return -1
    most = max(held[n] for n in found)
    found = [n for n in found if held[n] >= most * _RIVAL]
    if most < held[scope] * 0.35:
        return -1
    chosen = next((n for n in found if first[n] > title), found[0])
    if held[chosen] >= held[scope] * _SURE or len(found) == 1:
        return chosen
    alike = [n for n in found if nodes[n].kind == nodes[chosen].kind]
    return _around(nodes, alike) if len(alike) > 1 and scope > 0 else chosen


def _descend(nodes: Sequence[Node], held: Sequence[int], start: int) -> int:
    """Goes inwards from `start` while one element holds most of the text."""
    inside: dict[int, int] = {}
    for n, node in enumerate(nodes):
        best = inside.get(node.parent, -1)
        if best < 0 or held[n] > held[best]:
            inside[node.parent] = n
    at = start
    while (child := inside.get(at, -1)) >= 0 and held[child] >= held[at] * _MOST_OF:
        if nodes[child].tag in ("p", "li", "blockquote", "td", "h1", "h2", "h3", "pre", "ul", "ol", "tr", "dl"):
            break
        at = child
    return at


def _outermost(nodes: Sequence[Node], found: Sequence[int]) -> list[int]:
    """Those of the elements that are in none of the others."""
    chosen: set[int] = set()
    outer: list[int] = []
    for n in found:
        parent = nodes[n].parent
        while parent >= 0 and parent not in chosen:
            parent = nodes[parent].parent
        if parent < 0:
            chosen.add(n)
            outer.append(n)
    return outer


def _within(nodes: Sequence[Node], n: int, scope: int) -> bool:
    while n > scope:
        n = nodes[n].parent
    return n == scope


def _around(nodes: Sequence[Node], found: Sequence[int]) -> int:
    """The innermost element around all of these."""
    paths = [_path(nodes, n) for n in found]
    around = 0
    for step in zip(*paths, strict=False):
        if len(set(step)) > 1:
            break
        around = step[0]
    return around


def _path(nodes: Sequence[Node], n: int) -> list[int]:
    path: list[int] = []
    while n >= 0:
        path.append(n)
        n = nodes[n].parent
    return path[::-1]
