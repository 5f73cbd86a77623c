"""Tags an article by a vocabulary, and says which words where made each tag."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from digest.content.tags.evidence import STUFFED, Evidence, Read, Said, Told, judge
from digest.content.tags.labels import LABELS, Labels, parts, without_brackets
from digest.content.tags.mentions import Finder, Found, Mention, one_sense
from digest.errors import InputError
from digest.model import Origin, Tagged, TagRule

_IMPLIED = 0.8  # of the strength of the tag that implies it


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
        self._finder = Finder(self.rules)
        self._labels = Labels((name, key) for key, r in self.rules.items() for name in (r.name, *r.aliases))

    def name(self, key: str) -> str:
        """A tag's name for readers; the key itself when the vocabulary does not know it."""
        return self.rules[key].name if key in self.rules else key

    def sensitive(self, keys: Iterable[str]) -> bool:
        """Whether any of the tags is marked sensitive."""
        return any(key in self.rules and self.rules[key].sensitive for key in keys)

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """All mentions in a text in order of place, those left out that an `unless` phrase forbids."""
        return tuple(one_sense(Found("", [], [], {}), self._finder.find(text))[1])

    def tag(
        self,
        title: str,
        text: str,
        categories: Collection[str] = (),
        given: Collection[str] = (),
        *,
        deck: str = "",
        publisher: Collection[str] = (),
        metadata: Collection[str] = (),
    ) -> tuple[Tagged, ...]:
        """The tags of one article, strongest first, each with the words that made it.

        Args:
            title: the headline.
            text: the body alone, paragraphs joined by blank lines.
            categories: the feed's categories of it, as they are written there.
            given: keys of tags that everything of this feed has.
            deck: the publisher's own summary, where it is none of the text.
            publisher: the tags that its publisher shows on the page.
            metadata: the keywords in the page's head.
        """
        read = Read(title=title, deck=deck, text=text)
        evidence = self._mentioned(read)
        lists: tuple[tuple[Said, Collection[str]], ...] = (
            ("category", categories), ("publisher", publisher), ("metadata", metadata),
        )  # fmt: skip
        for said, labels in lists:
            for label in list(labels)[:LABELS]:
                for key, whole in self.named(label):
                    told = Told(said=said, label=label, whole=whole, stuffed=len(labels) > STUFFED)
                    evidence.setdefault(key, Evidence()).told.append(told)
        for key in given:
            evidence.setdefault(key, Evidence()).given = True
        return self.implied(tagged for key, e in evidence.items() if (tagged := judge(key, e, read)))

    def implied(self, tags: Iterable[Tagged]) -> tuple[Tagged, ...]:
        """These tags with their parents and what else they imply, strongest first."""
        found = {tagged.tag: tagged for tagged in tags}
        for child in sorted(found.values(), key=_order):
            for wider, origin in self.wider(child.tag):
                strength = round(child.strength * _IMPLIED, 4)
                why = f"implied by {self.name(child.tag)}"
                own = found.get(wider)
                if own is None:
                    found[wider] = Tagged(tag=wider, strength=strength, why=why, place="parent", origin=origin)
                elif own.strength < strength:
                    found[wider] = replace(own, strength=strength, why=f"{own.why}; {why}")
        return tuple(sorted(found.values(), key=_order))

    def wider(self, key: str) -> list[tuple[str, Origin]]:
        """All that a tag brings with it, nearest first, and how; a circle of parents ends where it began."""
        seen: dict[str, Origin] = {}
        ahead = [key]
        while ahead:
            rule = self.rules.get(ahead.pop(0))
            ties: list[tuple[str, Origin]] = [(other, "parent") for other in rule.parents] if rule else []
            ties += [(other, "implied") for other in rule.implies] if rule else []
            for other, origin in ties:
                if other not in seen and other != key:
                    seen[other] = origin
                    ahead.append(other)
        return list(seen.items())

    def _mentioned(self, read: Read) -> dict[str, Evidence]:
        """The mentions by tag and place."""
        found = [self._finder.find(text) for text in (read.title, read.deck, read.text)]
        evidence: dict[str, Evidence] = {}
        for place, mentions in zip(("title", "deck", "text"), one_sense(*found), strict=True):
            for mention in mentions:
                getattr(evidence.setdefault(mention.tag, Evidence()), place).append(mention)
        return evidence

    def named(self, label: str) -> list[tuple[str, bool]]:
        """The tags a publisher's label names, and whether it names nothing else."""
        spoken = label.replace("_", " ")
        whole = self._labels.find(label)
        whole += [key for part in parts(spoken) for key, bars in self._finder.aliases.whole(part) if not bars]
        if whole:
            return [(key, True) for key in dict.fromkeys(whole)]
        return [
            (key, False) for key in dict.fromkeys(mention.tag for mention in self.mentions(without_brackets(spoken)))
        ]


def _order(tagged: Tagged) -> tuple[float, str]:
    return -tagged.strength, tagged.tag
