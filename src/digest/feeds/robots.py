"""Says whether a page may be read: robots.txt before it is fetched, its own marks after. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, unquote_to_bytes, urlsplit

from digest.content.page.dom import parse

LONGEST: Final = 500_000
"""Characters of robots.txt that are read (RFC 9309, 2.5 asks for at least 500 KiB)."""

_ROBOTS_NAMES: Final = frozenset({"robots", "digest"})
_UNESCAPED: Final = "!$&'()*+,;=:@/-._~?"


@dataclass(frozen=True, slots=True)
class _Rule:
    """One line: a path pattern and what it says."""

    pattern: str
    allows: bool


def may_read(robots_txt: str, address: str, agent: str) -> bool:
    """Say whether a site's robots.txt lets us read an address (RFC 9309).

    The groups that name us count, else those for everybody; the longest matching pattern decides, and of two equally
    long ones the one that allows.

    Args:
        robots_txt: the file's text; empty when the site has none.
        address: the page's address.
        agent: our User-Agent; its first word, up to a slash, is the name the file may use.
    """
    parts = urlsplit(address)
    path = _spelled((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
    best = _Rule("", allows=True)
    for rule in _rules(robots_txt[:LONGEST].removeprefix("\ufeff"), re.split(r"[/\s]", agent.strip())[0].lower()):
        longer = len(rule.pattern) > len(best.pattern) or (len(rule.pattern) == len(best.pattern) and rule.allows)
        if longer and _matches(rule.pattern, path):
            best = rule
    return best.allows


def withheld(html: str) -> str:
    """Say in words why a page's text may not be used although it was served; empty when it may.

    The marks are `noarchive` in a robots meta element, and `isAccessibleForFree: false` in its structured data
    (schema.org; publishers use it for pages behind a paywall).
    """
    root = parse(html)
    if root is None:
        return ""
    for meta in root.iter("meta"):
        named = (meta.get("name") or "").strip().lower() in _ROBOTS_NAMES
        if named and "noarchive" in re.split(r"[\s,]+", (meta.get("content") or "").lower()):
            return "the page asks not to be kept (noarchive)"
    for script in root.iter("script"):
        if "ld+json" in (script.get("type") or "").lower() and _paid(script.text or ""):
            return "the page says that it is not free to read"
    free = (e.get("content") or e.text or "" for e in root.xpath("//*[@itemprop='isAccessibleForFree']"))
    return "the page says that it is not free to read" if any(_is_false(word) for word in free) else ""


def _rules(text: str, name: str) -> list[_Rule]:
    """Collect the rules of the groups that name us, or else of those for everybody."""
    ours: list[_Rule] = []
    everybodys: list[_Rule] = []
    agents: list[str] = []
    named, in_rules = False, False
    for line in text.splitlines():
        key, colon, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if not colon:
            continue
        if key == "user-agent":
            if in_rules:
                agents, in_rules = [], False
            agents.append(value.lower())
            named = named or value.lower() == name
        elif key in ("allow", "disallow"):
            in_rules = True
            if value:
                rule = _Rule(_spelled(value), allows=key == "allow")
                ours += [rule] if name in agents else []
                everybodys += [rule] if "*" in agents else []
    return ours if named else everybodys


def _matches(pattern: str, path: str) -> bool:
    """Match a path from its start; `*` stands for anything and a final `$` for the end. Never backtracks."""
    anchored = pattern.endswith("$")
    first, *rest = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    for number, part in enumerate(rest):
        if anchored and number == len(rest) - 1:
            return path.endswith(part) and len(path) - len(part) >= at
        found = path.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return not anchored or at == len(path)


def _spelled(path: str) -> str:
    """Spell escapes in one way, so that "%7E" and "~" are the same (RFC 9309, 2.2.2); `*` and `$` stay."""
    return quote(unquote_to_bytes(path), safe=_UNESCAPED)


def _paid(text: str) -> bool:
    """Say whether structured data says of the page, or of a part of it, that it is not free to read."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return any(_is_false(node.get("isAccessibleForFree")) for node in _nodes(data))


def _nodes(data: Any) -> Iterator[dict[str, Any]]:
    """Give every object in structured data, without recursion."""
    left = [data]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            yield one
            left += one.values()
        elif isinstance(one, list):
            left += one


def _is_false(value: object) -> bool:
    """Say whether a value means no: false, "False", "http://schema.org/False"."""
    return value is False or (isinstance(value, str) and value.strip().lower().rpartition("/")[2] == "false")
