"""Reads people's names out of bylines."""

from __future__ import annotations

import re

from digest.content.page.dom import tidy

_LONGEST = 500  # code points of a byline that are looked at
_NOT_NAMES = re.compile(
    r"(?:staff|admin|administrator|editor|editors|editorial|guest|author|contributor|unknown|anonymous|"
    r"news ?desk|web ?desk|desk|by|and|"
    r"\d.*|.*@.*|https?:.*|www\..*|.*\.(?:com|org|net)|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|"
    r"dec)[a-z]*)\Z",
    re.IGNORECASE,
)
_BY = re.compile(
    r"^\W*(?:by|von|par|por|di|door|av|words by|written by|story by|posted by|reported by)\b[:\s]+", re.IGNORECASE
)
_BETWEEN = re.compile(r"\s*(?:,|;|&|\band\b|\bund\b|\bet\b|\by\b|\be\b(?=\s+[A-Z])|·|\|)\s*")
_ROLE_AFTER = re.compile(
    r"\b(?:reporter|editor|correspondent|writer|staff|journalist|news|press|desk|updated|published|"
    r"contributor)\b",
    re.IGNORECASE,
)
_NETWORK = re.compile(r"(?:\s+[A-Z]{2,}){2,}\Z")


def names(value: str) -> tuple[str, ...]:
    """The people a byline names, without "By", roles, addresses and dates."""
    found: list[str] = []
    for part in _BETWEEN.split(_BY.sub("", tidy(value[:_LONGEST]))):
        name = _BY.sub("", part).strip(" .,:;|–—-()")
        name = _NETWORK.sub("", name)
        words = name.split()
        if not 1 < len(words) <= 5 and not (len(words) == 1 and len(found) == 0 and len(name) > 3):
            continue
        if _NOT_NAMES.match(name) or re.search(r"\d|[/@:]", name) or (len(words) > 1 and _ROLE_AFTER.search(name)):
            continue
        if name.casefold() not in {f.casefold() for f in found}:
            found.append(name)
    return tuple(found[:12])
