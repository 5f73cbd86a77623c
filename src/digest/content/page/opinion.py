"""Gives a second opinion where a page's structure leaves doubt: the home of trafilatura."""

from __future__ import annotations

import logging
import re

from digest.content.page.dom import tidy, without_controls
from digest.content.page.walk import Piece
from digest.content.text.words import key

_MOSTLY = 0.6  # the part of a piece, or of all lines, that must be found again
_MOST_TAGS = 80_000  # beyond this trafilatura takes seconds
_PARAGRAPH = re.compile(r"\n+|</p>|<br\s*/?>\s*<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,500}>")


def lines_by_trafilatura(source: str) -> list[str]:
    """The lines trafilatura holds for the article's; none of a page with more markup than any article has."""
    if source.count("<") > _MOST_TAGS:
        return []
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    document = trafilatura.bare_extraction(
        without_controls(source), favor_precision=True, include_comments=False, with_metadata=False
    )
    text = getattr(document, "text", None) or ""
    return [tidy(line) for line in text.split("\n") if tidy(line)]


def lines_by_metadata(body: str) -> list[str]:
    """The paragraphs of an article's text as a page's metadata carry it (`articleBody`), tags dropped."""
    return [line for part in _PARAGRAPH.split(body) if (line := tidy(_TAG.sub(" ", part)))]


def confirmed(found: list[Piece], lines: list[str]) -> list[bool] | None:
    """For each piece whether it stands in these lines; None when too few of the lines are the page's."""
    keys = [key(piece.text) for piece in found]
    whole, starts = "", []
    for k in keys:
        starts.append(len(whole))
        whole += k
    marks = bytearray(len(whole))
    mapped = total = position = 0
    for line in lines:
        k = key(line)
        if not k:
            continue
        total += len(k)
        at = whole.find(k, position)
        if at < 0:
            at = whole.find(k)
        if at >= 0:
            marks[at : at + len(k)] = b"\1" * len(k)
            mapped += len(k)
            position = at + len(k)
    if not total or mapped < total * _MOSTLY:
        return None
    return [bool(k) and marks.count(1, s, s + len(k)) >= len(k) * _MOSTLY for k, s in zip(keys, starts, strict=True)]


def as_pieces(lines: list[str]) -> list[Piece]:
    """Lines as pieces without surroundings."""
    return [Piece(line.removeprefix("- "), "li" if line.startswith("- ") else "p") for line in lines]
