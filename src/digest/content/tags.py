"""Tags an article by a vocabulary, and says which words where made each tag."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from digest.content.aliases import Aliases
from digest.content.patterns import check_pattern, compile_pattern, spans
from digest.errors import InputError
from digest.model import Tagged, TagRule

__all__ = ["Mention", "Vocabulary", "check_pattern"]

OPENING = 800
"""Characters after which a first paragraph no longer counts as the opening."""

LONG = 900
"""Characters from which on a text is long: there a single mention below the opening makes no tag."""

_PER_MENTION = 9_000  # characters of a long text that ask for one mention more

# What each kind of evidence is worth; together they count as independent hints: 1 - (1-a)(1-b)...
_HEADLINE, _IN_OPENING, _OFTEN, _CATEGORY, _GIVEN = 0.6, 0.35, 0.5, 0.5, 0.6
_PARENT = 0.8  # of the child's strength

Place = Literal["title", "text", "category", "feed", "parent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One place where a text speaks of a tag: `text[start:end]`, in code points."""

    tag: str
    start: int
    end: int


@dataclass(slots=True)
class _Evidence:
    title: list[Mention]
    text: list[Mention]
    category: str = ""
    given: bool = False


class Vocabulary:
    """The tags a newsroom uses, compiled once.

    Args:
        rules: one per tag; names are spellings too. A parent that has no rule of its own is fine.

    Raises:
        InputError: a key stands twice, or a pattern is wrong; the message names the tag and the pattern.
    """

    def __init__(self, rules: Iterable[TagRule]) -> None:
        self.rules: dict[str, TagRule] = {}
        for rule in rules:
            if rule.key in self.rules:
                raise InputError(f"tag “{rule.key}” stands twice in the vocabulary: join the two entries")
            self.rules[rule.key] = rule
        self._patterns = [(key, compiled) for key, rule in self.rules.items() for compiled in _compiled(rule)]
        self._aliases = Aliases(
            [(name, (key, True)) for key, r in self.rules.items() for name in (r.name, *r.aliases)]
            + [(phrase, (key, False)) for key, r in self.rules.items() for phrase in r.unless]
        )

    def name(self, key: str) -> str:
        """A tag's name for readers; the key itself when the vocabulary does not know it."""
        return self.rules[key].name if key in self.rules else key

    def sensitive(self, keys: Iterable[str]) -> bool:
        """Whether any of the tags is marked sensitive."""
        return any(key in self.rules and self.rules[key].sensitive for key in keys)

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """All mentions in a text in order of place.

        A mention inside a longer one of another tag does not count ("Sudan" in "South Sudan", where both are tags),
        nor one inside an `unless` phrase of its own tag.
        """
        found = self._aliases.find(text)
        found += [(start, end, (key, True)) for key, p in self._patterns for start, end in spans(p, text)]
        found.sort(key=lambda hit: (hit[0], -hit[1], hit[2]))
        barred: dict[str, list[tuple[int, int]]] = {}
        for start, end, (key, counts) in found:
            if not counts:
                barred.setdefault(key, []).append((start, end))
        kept: list[Mention] = []
        widest: tuple[int, int] = (0, 0)
        for start, end, (key, counts) in found:
            if not counts or any(a <= start and end <= b for a, b in barred.get(key, ())):
                continue
            if end <= widest[1]:
                same = (start, end) == widest
                if not same or any(m.tag == key and (m.start, m.end) == widest for m in kept):
                    continue
            else:
                widest = (start, end)
            kept.append(Mention(tag=key, start=start, end=end))
        return tuple(kept)

    def tag(
        self, title: str, text: str, categories: Collection[str] = (), given: Collection[str] = ()
    ) -> tuple[Tagged, ...]:
        """The tags of one article, strongest first, each with the words that made it.

        Args:
            title: the headline.
            text: the body alone, paragraphs joined by blank lines.
            categories: the feed's or page's own tags, as they are written there.
            given: keys of tags that everything of this feed has.
        """
        evidence: dict[str, _Evidence] = {}

        def of(key: str) -> _Evidence:
            return evidence.setdefault(key, _Evidence([], []))

        for mention in self.mentions(title):
            of(mention.tag).title.append(mention)
        for mention in self.mentions(text):
            of(mention.tag).text.append(mention)
        for category in categories:
            for key in self._of_category(category):
                of(key).category = of(key).category or category
        for key in given:
            of(key).given = True

        opening = _opening(text)
        tags = {key: tagged for key, e in evidence.items() if (tagged := _judge(key, e, title, text, opening))}
        for child in sorted(tags.values(), key=_order):
            for parent in self._ancestors(child.tag):
                implied = round(child.strength * _PARENT, 4)
                why = f"implied by {self.name(child.tag)}"
                own = tags.get(parent)
                if own is None:
                    tags[parent] = Tagged(tag=parent, strength=implied, why=why, place="parent")
                elif own.strength < implied:
                    tags[parent] = replace(own, strength=implied, why=f"{own.why}; {why}")
        return tuple(sorted(tags.values(), key=_order))

    def _of_category(self, category: str) -> list[str]:
        whole = [key for key, counts in self._aliases.whole(category) if counts]
        inside = [mention.tag for mention in self.mentions(category.replace("_", " "))]
        return list(dict.fromkeys(whole or inside))

    def _ancestors(self, key: str) -> list[str]:
        """All wider tags, nearest first; a circle of parents ends where it began."""
        seen: dict[str, None] = {}
        ahead = [key]
        while ahead:
            at = ahead.pop(0)
            for parent in self.rules[at].parents if at in self.rules else ():
                if parent not in seen and parent != key:
                    seen[parent] = None
                    ahead.append(parent)
        return list(seen)


def _compiled(rule: TagRule) -> list[re.Pattern[str]]:
    for pattern in rule.patterns:
        if wrong := check_pattern(pattern):
            raise InputError(f"tag “{rule.key}”: pattern “{pattern}”: {wrong}")
    return [compile_pattern(pattern) for pattern in rule.patterns]


def _order(tagged: Tagged) -> tuple[float, str]:
    return -tagged.strength, tagged.tag


def _opening(text: str) -> int:
    """Where the opening ends: after the first paragraph that completes 80 characters, at most `OPENING`."""
    end = text.find("\n", min(80, len(text)))
    return min(len(text) if end < 0 else end, OPENING)


def _judge(key: str, e: _Evidence, title: str, text: str, opening: int) -> Tagged | None:
    """Weigh what speaks for one tag; None when it is only a passing mention."""
    early = bool(e.text) and e.text[0].start < opening
    enough = 1 if len(text) < LONG else 2 + len(text) // _PER_MENTION
    if not (e.title or early or e.category or e.given or len(e.text) >= enough):
        return None
    doubt = 1.0
    if e.title:
        doubt *= 1 - _HEADLINE
    if early:
        doubt *= 1 - _IN_OPENING
    if e.category:
        doubt *= 1 - _CATEGORY
    if e.given:
        doubt *= 1 - _GIVEN
    doubt *= 1 - _OFTEN * (1 - math.exp(-len(e.text) / 3))
    place, first = _place(e)
    return Tagged(
        tag=key,
        strength=round(1 - doubt, 4),
        why=_why(e, title, text, early=early),
        place=place,
        start=first.start if first else None,
        end=first.end if first else None,
    )


def _place(e: _Evidence) -> tuple[Place, Mention | None]:
    if e.title:
        return "title", e.title[0]
    if e.text:
        return "text", e.text[0]
    return ("category" if e.category else "feed"), None


def _why(e: _Evidence, title: str, text: str, *, early: bool) -> str:
    """The evidence in words: “ISIS”, “Islamic State” 3 times, first in the headline."""
    said = [title[m.start : m.end] for m in e.title] + [text[m.start : m.end] for m in e.text]
    parts = []
    if said:
        spellings: Mapping[str, None] = dict.fromkeys(" ".join(s.split()) for s in said)
        words = ", ".join(f"“{s}”" for s in list(spellings)[:3])
        times = f" {len(said)} times," if len(said) > 1 else ""
        where = "in the headline" if e.title else "in the opening" if early else "in the text"
        parts.append(f"{words}{times}{' first' if len(said) > 1 else ''} {where}")
    if e.category:
        parts.append(f"the feed's category “{e.category}”")
    if e.given:
        parts.append("given to everything in this feed")
    return "; ".join(parts)
