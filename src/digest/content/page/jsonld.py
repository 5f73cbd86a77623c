"""Reads what a page says of its article in JSON-LD: hostile, nested and often wrong."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator
from html import unescape
from typing import Any

from lxml.html import HtmlElement

from digest.content.page.people import names

_ARTICLE_TYPES = re.compile(r"(?:Article|BlogPosting|Report|Posting|Review|WebPage|VideoObject)\Z")
_MAX_JSON = 1_000_000
_MAX_NODES = 5_000


def articles(root: HtmlElement) -> list[dict[str, Any]]:
    """The page's nodes that speak of an article; those that speak of the page or a video come last."""
    found = [n for n in _nodes(root) if _is_article(n)]
    return sorted(found, key=lambda n: "WebPage" in str(n.get("@type")) or "Video" in str(n.get("@type")))


def text(nodes: list[dict[str, Any]], name: str) -> str:
    """The first text that a node has under this name, or ""."""
    for node in nodes:
        value = node.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return ""


def publisher(node: dict[str, Any]) -> str:
    """The outlet's name, without case, or ""."""
    said = node.get("publisher")
    name = said.get("name") if isinstance(said, dict) else said
    return name.casefold() if isinstance(name, str) else ""


def people(value: Any) -> tuple[str, ...]:
    """The persons in JSON-LD's author: a name, an object with one, or a list of either."""
    found: list[str] = []
    waiting: deque[Any] = deque([value])
    for _ in range(100):
        if not waiting:
            break
        value = waiting.popleft()
        if isinstance(value, list):
            waiting.extend(value[:20])
        elif isinstance(value, dict) and "Organization" not in str(value.get("@type")):
            waiting.append(value.get("name"))
        elif isinstance(value, str):
            found.extend(names(unescape(value)))
    return tuple(dict.fromkeys(found))[:12]


def _nodes(root: HtmlElement) -> Iterator[dict[str, Any]]:
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or ""):
            continue
        source = (script.text or "").strip()
        if not source or len(source) > _MAX_JSON:
            continue
        try:
            waiting: deque[Any] = deque([json.loads(source, strict=False)])
        except (ValueError, RecursionError):
            continue
        for _ in range(_MAX_NODES):
            if not waiting:
                break
            node = waiting.popleft()
            if isinstance(node, list):
                waiting.extend(node)
            elif isinstance(node, dict):
                yield node
                waiting.extend(
                    node[k]
                    for k in ("@graph", "mainEntity", "mainEntityOfPage")
                    if isinstance(node.get(k), dict | list)
                )


def _is_article(node: dict[str, Any]) -> bool:
    kinds = node.get("@type")
    return any(isinstance(k, str) and _ARTICLE_TYPES.search(k) for k in (kinds if isinstance(kinds, list) else [kinds]))
