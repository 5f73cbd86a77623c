"""Reads hostile HTML into a tree, without recursion and without loading anything."""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

MAX_CHARACTERS = 2_000_000
"""More of a page than this (code points) is cut off: no article is that long."""

_MAX_DEPTH = 250  # libxml2 itself stops at 256 and drops what follows
_DEEP = etree.XPath(f"boolean({'/*' * _MAX_DEPTH})")
_SPACE = re.compile(r"[\s\u00a0\u200b\ufeff\u2060]+")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_NESTED = re.compile(r"</?(?!(?:p|br|h[1-6]|img|hr)\b)[a-zA-Z][^<>]*>")


def parse(html: str) -> HtmlElement | None:
    """The document's root element, or None when there is nothing to read.

    NULs, controls and lone surrogates are dropped; markup nested deeper than the parser goes is flattened to
    its paragraphs. Nothing is loaded and no DTD is read.
    """
    clean = without_controls(html)
    root = _parse(clean)
    if root is not None and clean.count("<") > _MAX_DEPTH and _too_deep(root):
        root = _parse(_NESTED.sub(" ", clean))
    return root


def without_controls(html: str) -> str:
    """`html` up to `MAX_CHARACTERS` without NULs, control characters and lone surrogates."""
    return _CONTROLS.sub("", html[:MAX_CHARACTERS])


def _parse(html: str) -> HtmlElement | None:
    if not html.strip():
        return None
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=False, no_network=True)
    try:
        return document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def _too_deep(root: HtmlElement) -> bool:
    return bool(_DEEP(root))


def tidy(text: str) -> str:
    """`text` on one line: every run of white space is one space."""
    return _SPACE.sub(" ", text).strip()
