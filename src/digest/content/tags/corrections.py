"""Applies editors' words to tags: what they say wins over what was found, and takes its consequences along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from digest.content.tags.vocabulary import Vocabulary
from digest.model import Tagged


def corrected(
    tags: Iterable[Tagged], verdicts: Mapping[str, bool], words: Vocabulary, *, by: Mapping[str, str] | None = None
) -> tuple[Tagged, ...]:
    """The tags as editors want them, strongest first.

    A tag that does not fit is gone, with what only it implied; one that fits is there at full strength, and brings
    what it implies.

    Args:
        tags: what was found.
        verdicts: by tag, whether an editor said that it fits.
        words: the vocabulary.
        by: who said so, by tag.
    """
    if not verdicts:
        return tuple(tags)
    own = [t for t in tags if t.place != "parent" and verdicts.get(t.tag) is None]
    for tag, fits in sorted(verdicts.items()):
        if fits:
            who = (by or {}).get(tag) or "an editor"
            own.append(Tagged(tag=tag, strength=1.0, why=f"{who} says so", place="editor", origin="editor"))
    return tuple(t for t in words.implied(own) if verdicts.get(t.tag) is not False)
