"""Maps what a publisher calls a topic to a vocabulary: categories, tags and keywords, however they are written.

    "U.S. Elections", "us-election", "news/us_elections", "Elections, U.S."   are all the alias "US elections"

Case, accents, hyphens and underscores do not count, a plural is its singular where nothing else fits, and a label with
a path or a list in it is read part by part.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from digest.content.tags.aliases import joined
from digest.content.text.tokens import HYPHENS

_PARTS = re.compile(r"\s*(?:/|>|»|\||:|;)\s*")
_INITIALS = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_HYPHEN = re.compile(rf"(?<=\w)[{HYPHENS}](?=\w)")
_BRACKETS = re.compile(r"\s\([^()]*\)")
_LONGEST = 200  # characters of a label that are read

LABELS = 100
"""Labels of one list that are read."""


class Labels:
    """The names of tags, by the plainest form of each."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        self._keys: dict[str, list[str]] = {}
        self._plain: dict[str, list[str]] = {}
        for name, key in names:
            for form in _forms(name):
                for known, plain in ((self._keys, form), (self._plain, singular(form))):
                    if key not in known.setdefault(plain, []):
                        known[plain].append(key)

    def find(self, label: str) -> list[str]:
        """The keys of the tags that the label, or a part of it, is a name of."""
        return list(dict.fromkeys(key for part in parts(label) for key in self._named(part)))

    def _named(self, label: str) -> list[str]:
        last, comma, first = label.partition(",")
        readings = [label, f"{first} {last}"] if comma and "," not in first else [label]
        forms = [form for reading in readings for form in _forms(reading)]
        for known, wanted in ((self._keys, forms), (self._plain, [singular(form) for form in forms])):
            for form in wanted:
                if form in known:
                    return known[form]
        return []


def without_brackets(label: str) -> str:
    """A label without what only tells it from others: "Mercury (planet)"."""
    return _BRACKETS.sub("", label)


def parts(label: str) -> list[str]:
    """A label whole, and then what it lists or leads through: "World > Syria" is also "World" and "Syria"."""
    found = _PARTS.split(label[:_LONGEST])
    return [label, *found] if len(found) > 1 else [label]


def _forms(name: str) -> list[str]:
    """The name's form, and that with its hyphens closed up ("cease-fire", "ceasefire")."""
    return [form for form in dict.fromkeys((_form(name), _form(_HYPHEN.sub("", name)))) if form]


def _form(name: str) -> str:
    """A name's words, folded; "U.S." is one word, "&" is a word, "the" and middle initials are none."""
    closed = _INITIALS.sub(lambda m: m[0].replace(".", ""), without_brackets(name[:_LONGEST]).replace("_", " "))
    words = joined(closed.replace("&", " and ")).split()
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    kept = [word for at, word in enumerate(words) if len(word) > 1 or at in (0, len(words) - 1) or word.isdigit()]
    if len(kept) > 2 and len(kept[-1]) == 1 and not kept[-1].isdigit():
        kept.pop()
    return " ".join(kept)


def singular(form: str) -> str:
    """The form with its last word in the singular, by English rules that leave Texas, Paris and Congress alone."""
    head, _, last = form.rpartition(" ")
    if len(last) < 4 or not last.isascii() or not last.endswith("s") or last[-2] in "sui":
        return form
    if last.endswith("ies") and len(last) > 4:
        last = last[:-3] + "y"
    elif last.endswith(("sses", "shes", "ches", "xes")):
        last = last[:-2]
    else:
        last = last[:-1]
    return f"{head} {last}" if head else last
