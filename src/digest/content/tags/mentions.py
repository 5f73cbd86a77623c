"""Finds where a text speaks of a vocabulary's tags, and leaves out what an `unless` phrase forbids."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from digest.content.tags.aliases import Aliases, Spelling
from digest.content.tags.patterns import Pattern, Scan, check_pattern, compile_pattern, spans
from digest.errors import InputError
from digest.model import TagRule

NEAR = 150
"""Characters on either side of a match in which an `unless` phrase forbids it, within the same paragraph."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One place where a text speaks of a tag: `text[start:end]`, in code points.

    Attributes:
        origin: whether a spelling matched or a pattern.
        spelling: the vocabulary's spelling, where a transliteration of it was found.
    """

    tag: str
    start: int
    end: int
    origin: Literal["alias", "pattern"] = "alias"
    spelling: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What stands in one text: the mentions that count, those that a phrase near them forbids, and such phrases."""

    text: str
    kept: list[Mention]
    barred: list[Mention]
    phrases: dict[str, list[Mention]]


_FEW = 8  # phrases of one tag that may overlap at one place; more are no vocabulary

_Owner = tuple[str, str]
"""A tag's key, and the `unless` phrase where it is one."""


class Finder:
    """The spellings and patterns of a vocabulary, compiled once.

    Raises:
        InputError: a pattern is wrong; the message names the tag and the pattern.
    """

    def __init__(self, rules: Mapping[str, TagRule]) -> None:
        self._patterns = [(key, pattern) for key, rule in rules.items() for pattern in _compiled(rule)]
        names = [_spelling(rule, text, "") for rule in rules.values() for text in _spellings(rule)]
        barring = [_spelling(rule, phrase, phrase) for rule in rules.values() for phrase in rule.unless]
        self.aliases: Aliases[_Owner] = Aliases([*names, *barring])
        # A phrase that holds the spelling bars what stands inside it; any other bars what stands near.
        self._near = {
            (rule.key, phrase)
            for rule in rules.values()
            for phrase in rule.unless
            if not any(m.tag == rule.key for m, bars in self._hits(phrase) if not bars)
        }

    def find(self, text: str) -> Found:
        """The mentions of a text in order of place, and those that a phrase near them forbids.

        A mention inside a longer one of another tag does not count ("Sudan" in "South Sudan", where both are tags),
        nor one inside an `unless` phrase of its own tag.
        """
        hits = self._hits(text)
        inside: dict[str, list[Mention]] = {}  # in order of place, as the hits are
        near: dict[str, list[Mention]] = {}
        for mention, bars in hits:
            if bars:
                (near if (mention.tag, bars) in self._near else inside).setdefault(mention.tag, []).append(mention)
        kept: list[Mention] = []
        barred: list[Mention] = []
        widest = (0, 0)
        for mention, bars in hits:
            if bars or any(mention.end <= p.end for p in _before(inside.get(mention.tag, []), mention)):
                continue
            span = (mention.start, mention.end)
            if mention.end <= widest[1]:
                # Another tag with the very same words counts too, but a transliteration yields to a spelling.
                if span != widest or mention.spelling:
                    continue
                if any(m.tag == mention.tag and (m.start, m.end) == span for m in (*kept[-9:], *barred[-9:])):
                    continue
            else:
                widest = span
            close = any(_close(text, mention, phrase) for phrase in _around(near.get(mention.tag, []), mention))
            (barred if close else kept).append(mention)
        return Found(text, kept, barred, near)

    def _hits(self, text: str) -> list[tuple[Mention, str]]:
        """All matches with the `unless` phrase they are, if they are one; longer ones of a place come first."""
        found = [
            (Mention(tag=hit.owner[0], start=hit.start, end=hit.end, spelling=hit.spelling), hit.owner[1])
            for hit in self.aliases.find(text)
        ]
        if self._patterns:
            scan = Scan(text)
            found += [
                (Mention(tag=key, start=start, end=end, origin="pattern"), "")
                for key, pattern in self._patterns
                for start, end in spans(pattern, scan)
            ]
        return sorted(found, key=_place)


def one_sense(title: Found, *parts: Found) -> list[list[Mention]]:
    """The mentions of headline, deck and text that are left when a word means the same throughout.

    Headline, deck and the text's first words stand near each other. Where `unless` phrases stand near a spelling more
    often than not, the article means something else by it (one sense per discourse: Gale, Church and Yarowsky 1992).
    """
    found = _head((title, *parts))
    votes: Counter[tuple[str, str]] = Counter()
    for at, one in enumerate(found):
        votes.update((m.tag, one.text[m.start : m.end]) for m in one.barred)
        # The headline has no room for a phrase nearby, and so no vote.
        votes.subtract((m.tag, one.text[m.start : m.end]) for m in one.kept if at)
    other = {sense for sense, balance in votes.items() if balance > 0}
    return [[m for m in one.kept if (m.tag, one.text[m.start : m.end]) not in other] for one in found]


def _head(found: Sequence[Found]) -> list[Found]:
    """The same with what is forbidden by a phrase that stands elsewhere at the article's head."""
    ends = [len(one.text) for one in found]
    last = found[-1].text
    line = last.find("\n", 0, NEAR)
    ends[-1] = line if line >= 0 else min(len(last), NEAR)
    forbidden = {
        tag
        for one, end in zip(found, ends, strict=True)
        for tag, phrases in one.phrases.items()
        if phrases[0].start < end
    }
    if not forbidden:
        return list(found)

    def bars(mention: Mention, end: int) -> bool:
        return mention.tag in forbidden and mention.start < end

    return [
        replace(
            one,
            kept=[m for m in one.kept if not bars(m, end)],
            barred=[*one.barred, *(m for m in one.kept if bars(m, end))],
        )
        for one, end in zip(found, ends, strict=True)
    ]


def _place(hit: tuple[Mention, str]) -> tuple[int, int, bool, str, str]:
    mention = hit[0]
    return mention.start, -mention.end, bool(mention.spelling), mention.tag, mention.origin


def _before(phrases: list[Mention], mention: Mention) -> list[Mention]:
    """The last few of the phrases that begin no later than the mention: any that holds it is among them."""
    at = bisect_right(phrases, mention.start, key=_start)
    return phrases[max(0, at - _FEW) : at]


def _around(phrases: list[Mention], mention: Mention) -> list[Mention]:
    """The phrases nearest to the mention on either side."""
    at = bisect_right(phrases, mention.start, key=_start)
    return phrases[max(0, at - _FEW) : at + 1]


def _start(mention: Mention) -> int:
    return mention.start


def _close(text: str, mention: Mention, phrase: Mention) -> bool:
    start, end = (phrase.end, mention.start) if phrase.end <= mention.start else (mention.end, phrase.start)
    return end - start <= NEAR and text.find("\n", start, end) < 0


def _spellings(rule: TagRule) -> tuple[str, ...]:
    return (rule.name, *rule.aliases) if rule.name_is_spelling else rule.aliases


def _spelling(rule: TagRule, text: str, bars: str) -> Spelling[_Owner]:
    return Spelling(text, (rule.key, bars), exact=rule.exact and not bars, loose=rule.transliterate)


def _compiled(rule: TagRule) -> Iterable[Pattern]:
    for pattern in rule.patterns:
        if wrong := check_pattern(pattern):
            raise InputError(f"tag “{rule.key}”: pattern “{pattern}”: {wrong}")
        yield compile_pattern(pattern, exact=rule.exact)
