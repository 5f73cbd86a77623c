"""Learns the lines that a site repeats on its pages, whatever they say: appeals, bios, notices without a known word."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from digest.content.text.words import is_common, words
from digest.model import Block, Page

PAGES = 3
"""Pages of one site that must repeat a line before it is held for boilerplate."""
PAGES_ON_ONE_TOPIC = 8
"""The same where the pages' titles share a word: a paragraph of background is carried from one report to the next."""
FIRST, LAST = 3, 9
"""Paragraphs from a text's beginning and end that are looked at: that is where such lines stand."""
SAMPLE = 200
"""Code points of a line that are kept, to be shown."""

_TEXT = ("body", "quotation", "list")
_LEAST = 12  # letters and digits of a line
_MOST = 900  # code points: longer paragraphs are somebody's own words
_SAME = 0.5  # a page on a known topic with this part of its lines known, by length, was read before
_ALL = 0.9  # the same whatever its topic
_SHARED = 12  # words kept of what the titles have in common


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is known of one line of one site.

    Attributes:
        name: a hash of the site and of the line's letters, digits as one (32 hexadecimal digits).
        sample: how it begins.
        pages: how many pages had it; re-slugged copies of one page count once.
        shared: the words that the titles of all these pages have in common.
        first, last: when the first and the last of them were seen, aware UTC.
    """

    name: str
    site: str
    sample: str
    pages: int
    shared: tuple[str, ...]
    first: datetime
    last: datetime

    @property
    def learned(self) -> bool:
        """Whether it is boilerplate."""
        return self.pages >= (PAGES_ON_ONE_TOPIC if self.shared else PAGES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A page that was read: of which site, when, and whether its lines are to be learned from (not so a revision)."""

    site: str
    page: Page
    seen: datetime
    new: bool = True


def names(read: Read) -> list[str]:
    """The names of the lines of a page that may be boilerplate, in order, "" for those that may not."""
    text = [n for n, block in enumerate(read.page.blocks) if block.label in _TEXT]
    edge = {*text[:FIRST], *text[-LAST:]}
    return [_name(read.site, b.text) if n in edge else "" for n, b in enumerate(read.page.blocks)]


def learn(pages: Sequence[Read], known: Mapping[str, Line]) -> dict[str, Line]:
    """What is known after these pages, of their lines alone.

    A page most of whose lines are known, boilerplate aside, is a page that was read before under another address: it
    teaches nothing, so that no line of it is held for boilerplate because it came three times.

    Args:
        pages: pages in the order they were seen.
        known: what is known of their lines, by name; lines of which nothing is known may be missing.
    """
    lines = dict(known)
    changed: dict[str, Line] = {}
    for read in pages:
        said = {name: block.text for name, block in zip(names(read), read.page.blocks, strict=True) if name}
        fresh = {name: text for name, text in said.items() if not (name in lines and lines[name].learned)}
        title = _topic(read.page.title)
        if not read.new or _is_copy(fresh, lines, title):
            continue
        for name, text in said.items():
            was = lines.get(name)
            shared = tuple(w for w in was.shared if w in title) if was else tuple(sorted(title)[:_SHARED])
            lines[name] = changed[name] = Line(
                name=name,
                site=read.site,
                sample=text[:SAMPLE],
                pages=was.pages + 1 if was else 1,
                shared=shared,
                first=was.first if was else read.seen,
                last=max(was.last, read.seen) if was else read.seen,
            )
    return changed


def apart(read: Read, lines: Mapping[str, Line]) -> Page:
    """The page with its learned lines labelled as such, each with its reason.

    A page that would lose most of its text keeps it: what it shares with others is then its own.

    Args:
        read: the page.
        lines: what is known of its lines, by name.
    """
    found = [lines.get(name) if name else None for name in names(read)]
    learned = [line if line and line.learned else None for line in found]
    lost = sum(len(b.text) for b, line in zip(read.page.blocks, learned, strict=True) if line)
    if not lost or lost > _SAME * len(read.page.text):
        return read.page
    return replace(
        read.page,
        blocks=tuple(
            Block(label="repeated", text=b.text, why=why(line)) if line else b
            for b, line in zip(read.page.blocks, learned, strict=True)
        ),
    )


def _is_copy(said: Mapping[str, str], lines: Mapping[str, Line], title: set[str]) -> bool:
    """Whether a page with these lines was read before: most are known, and from pages on the same topic."""
    again = [name for name in said if name in lines]
    part = sum(len(said[name]) for name in again) / max(1, sum(map(len, said.values())))
    one_topic = any(not title.isdisjoint(lines[name].shared) for name in again)
    return part > (_SAME if one_topic else _ALL)


def why(line: Line) -> str:
    """In words, why the line is left out."""
    return f"seen on {line.pages} pages of {line.site} since {line.first:%-d %B %Y}"


def _name(site: str, text: str) -> str:
    if len(text) > _MOST:
        return ""
    folded = "".join("0" if c.isdigit() else c for c in text.casefold() if c.isalnum())
    if len(folded) < _LEAST:
        return ""
    return hashlib.blake2b(f"{site} {folded}".encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _topic(title: str) -> set[str]:
    return {word for word in words(title) if not is_common(word) and not word.isdigit()}
