"""Suggests new words for the vocabulary: capitalised phrases that recur over articles and sources, and it lacks.

Articles are read one after another and forgotten; what is kept is bounded, and rare phrases give way to new ones.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from digest.content.tags.aliases import joined
from digest.content.tags.capitals import READ, headline_case, phrases, rest
from digest.content.tags.labels import singular
from digest.content.tags.transliteration import skeletons
from digest.content.tags.vocabulary import Vocabulary

KEPT = 20_000
"""Phrases that are kept at once."""

SAMPLES = 3
"""Headlines shown with a suggestion."""

_NAMED = 0.4
"""Of a phrase's articles, in how many it must stand elsewhere than at a sentence's beginning."""
_USUAL = 0.25
"""Of a word's articles, from which share on it is an everyday word: so many write it with a small letter."""
_SMALL = re.compile(r"(?<![\w'’-])[^\W\d_A-Z][\w'’-]*")
_PLURAL = re.compile(r"(?<=[A-Z])s$")  # "LLMs"
_SURNAME = 0.4
"""Of a word's articles, from which share on it is taken for the family name of the one person who has it there."""
_RARE = 0.1  # of a phrase's articles, up to which a spelling of it is a slip
_SAME = 0.8
"""Of a phrase's articles, from which share on a shorter one inside it is only its short form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A phrase that may deserve a tag.

    Attributes:
        name: as most articles write it.
        aliases: other spellings and short forms that the same articles use.
        articles: in how many articles it stands.
        sources: in how many outlets.
        headlines: of a few of them, the newest first.
    """

    name: str
    aliases: tuple[str, ...]
    articles: int
    sources: int
    headlines: tuple[str, ...]

    @property
    def toml(self) -> str:
        """What to paste into tags.toml."""
        lines = ["[[tags]]", f"name = {_quoted(self.name)}"]
        if self.aliases:
            lines.append(f"aliases = [{', '.join(map(_quoted, self.aliases))}]")
        return "\n".join(lines) + "\n"


@dataclass(slots=True)
class _Seen:
    """One phrase over all articles; `named` counts those where it stood elsewhere than at a sentence's beginning."""

    spellings: dict[str, int] = field(default_factory=dict)
    articles: set[int] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)
    headlines: list[str] = field(default_factory=list)
    named: int = 0


class Suggestions:
    """Reads articles, newest first, and says which phrases recur.

    Args:
        vocabulary: what is known already.
        names: what is no topic: outlets' names, and those of the newsroom's own writers.
    """

    def __init__(self, vocabulary: Vocabulary, names: Iterable[str] = ()) -> None:
        self._vocabulary = vocabulary
        self._known: dict[str, bool] = {}
        self._out = {key for name in names for key in (_key(name), *map(_key, name.split(" - ")))} - {""}
        self._seen: dict[str, _Seen] = {}
        self._small: Counter[str] = Counter()
        self._count = 0

    def add(self, title: str, text: str, *, source: str, authors: Iterable[str] = (), language: str = "") -> None:
        """Read one article.

        Args:
            title: the headline; where it capitalises every word it is shown but not read.
            text: the body, or the deck where there is no body.
            source: its outlet.
            authors: its writers, who are no topic of any article.
            language: if known.
        """
        self._count += 1
        shown = "".join(c for c in " ".join(title.split()) if c.isprintable())[:200]
        self._out.update(key for author in authors if (key := _key(author)))
        read = text if headline_case(title) else f"{title}\n{text}"
        small = {m[0] for m in _SMALL.finditer(read[:READ])}
        self._small.update(small)
        for key, spelling, named in _once(read, language):
            seen = self._seen.setdefault(key, _Seen())
            seen.named += named
            seen.articles.add(self._count)
            seen.sources.add(source)
            seen.spellings[spelling] = seen.spellings.get(spelling, 0) + 1
            if len(seen.headlines) < SAMPLES and shown and shown not in seen.headlines:
                seen.headlines.append(shown)
        if len(self._seen) > 2 * KEPT or len(self._small) > 5 * KEPT:
            self._forget()

    def best(self, count: int, *, articles: int = 3, sources: int = 2) -> list[Suggestion]:
        """The phrases that recur most, by outlets and then by articles.

        Args:
            count: at most so many.
            articles: the fewest articles.
            sources: the fewest outlets; one where a newsroom reads only its own feed.
        """
        fit = {
            key: seen
            for key, seen in self._seen.items()
            if len(seen.articles) >= articles and len(seen.sources) >= sources and self._is_name(key, seen)
        }
        short = self._short(fit)
        found = [self._suggestion(key, seen, short) for key, seen in fit.items() if key not in short]
        fresh = (one for one in found if not self._is_known(one.name))
        return sorted(fresh, key=lambda s: (-min(s.sources, 5) * s.articles, -s.sources, s.name))[:count]

    def _suggestion(self, key: str, seen: _Seen, short: dict[str, str]) -> Suggestion:
        name, *forms = sorted(seen.spellings, key=lambda s: (-seen.spellings[s], s))
        forms = [form for form in forms if seen.spellings[form] > max(1, _RARE * len(seen.articles))]
        articles, sources = set(seen.articles), set(seen.sources)
        for other in (self._seen[other] for other, long in short.items() if long == key):
            forms.append(max(sorted(other.spellings), key=lambda s: other.spellings[s]))
            articles |= other.articles
            sources |= other.sources
        unique = {joined(form): form for form in forms[::-1] if joined(form) != joined(name)}
        return Suggestion(
            name=name,
            aliases=tuple(sorted(form for form in unique.values() if not self._is_known(form))[:6]),
            articles=len(articles),
            sources=len(sources),
            headlines=tuple(seen.headlines),
        )

    def _short(self, fit: dict[str, _Seen]) -> dict[str, str]:
        """Phrases that stand for a longer one, by key: a family name beside the whole, "Nusra" beside "Nusra Front"."""
        by_word: dict[str, list[str]] = {}
        for key in fit:
            words = key.split()
            if len(words) > 1:
                ends = [(a, b) for a in range(len(words)) for b in range(a + 1, len(words) + 1)]
                for part in {" ".join(words[a:b]) for a, b in ends}:
                    by_word.setdefault(part, []).append(key)
        short: dict[str, str] = {}
        for key, seen in fit.items():
            longer = sorted((k for k in by_word.get(key, ()) if k != key), key=lambda k: (-len(fit[k].articles), k))
            shares = [len(seen.articles & fit[long].articles) / len(seen.articles) for long in longer]
            # "Sand" is Ana Sand where no other Sand is named half as often.
            ending = [share for long, share in zip(longer, shares, strict=True) if long.endswith(f" {key}")]
            for long, share in zip(longer, shares, strict=True):
                surname = long.endswith(f" {key}") and share >= _SURNAME and sum(s > share / 2 for s in ending) == 1
                if share >= _SAME or surname:
                    short[key] = long
                    break
        return {key: long for key, long in short.items() if long not in short}

    def _is_name(self, key: str, seen: _Seen) -> bool:
        """Whether it is no person or outlet that is left out, nor a word that is capitalised where any word is."""
        if key in self._out or seen.named < _NAMED * len(seen.articles):
            return False
        return self._small[key] < _USUAL * len(seen.articles)

    def _is_known(self, spelling: str) -> bool:
        """Whether the vocabulary has words for all of the phrase."""
        if spelling not in self._known:
            mentions = self._vocabulary.mentions(spelling)
            labels = self._vocabulary.named(spelling)
            whole = any(m.end - m.start >= len(spelling) - 1 for m in mentions)
            self._known[spelling] = whole or any(fits for _, fits in labels)
        return self._known[spelling]

    def _forget(self) -> None:
        """Let the rarest phrases go, and of equals the oldest."""
        order = sorted(self._seen, key=lambda k: (len(self._seen[k].articles), max(self._seen[k].articles)))
        for key in order[: len(order) - KEPT]:
            del self._seen[key]
        self._small = Counter(dict(self._small.most_common(KEPT)))


def _once(text: str, language: str) -> Iterator[tuple[str, str, bool]]:
    """Each phrase of one article once: its key, its spelling, and whether it stood where a capital says something."""
    found: dict[str, tuple[str, bool]] = {}
    for phrase in phrases(text, language):
        # "Yesterday Ana Sand", "New York": which it is, other sentences must tell.
        for spelling in (phrase.text, rest(phrase)) if phrase.first else (phrase.text,):
            if key := _key(spelling):
                found[key] = (spelling, found.get(key, ("", False))[1] or not phrase.first)
    for key, (spelling, named) in found.items():
        yield key, spelling, named


def _key(spelling: str) -> str:
    """What spellings of one name share: folded, without a plural's or a possessive's s, Arabic names by sound."""
    words = joined(_PLURAL.sub("", spelling)).split()
    pairs = zip(["", *words], words, strict=False)
    return singular(" ".join(skeletons(word)[0] if before in ("al", "el") else word for before, word in pairs))


def _quoted(text: str) -> str:
    """A TOML string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
