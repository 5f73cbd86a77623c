"""Checks the words of an edition: nothing empty, nothing left over from a template, nothing twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from digest.edition.reworded import notes
from digest.model import Edition
from digest.preflight.finding import Finding
from digest.render.letter import LONGEST_SUBJECT

LONG_SUBJECT = 60
"""Characters of a subject that a phone shows."""

_LEFTOVER = re.compile(r"\{\{|\}\}|\{%|@@|\bLorem ipsum\b")


def check(edition: Edition) -> Iterator[Finding]:
    """Look at the subject, the preheader, each story, and the appeal's neighbours."""
    if not edition.subject.strip():
        yield Finding(check="subject", says="it is empty; set `subject` of the newsletter")
    elif len(edition.subject) > LONGEST_SUBJECT:
        yield Finding(check="subject", says=f"it has {len(edition.subject)} characters; {LONGEST_SUBJECT} is the limit")
    elif len(edition.subject) > LONG_SUBJECT:
        says = f"it has {len(edition.subject)} characters; a phone shows about {LONG_SUBJECT}"
        yield Finding(check="subject", says=says, blocks=False)
    # What a publisher wrote into a headline is no leftover of ours.
    headlines = "\n".join(story.headline for story in edition.stories)
    if any(piece not in headlines for piece in _LEFTOVER.findall(edition.subject)):
        yield Finding(check="subject", says=f"a piece of a template is left in it: “{edition.subject}”")
    if not edition.preheader.strip():
        yield Finding(check="preheader", says="it is empty", blocks=False)
    yield from _stories(edition)
    for says in notes(edition.stories):
        yield Finding(check="machine", says=says, blocks=False)
    yield from _appeal(edition)


def _stories(edition: Edition) -> Iterator[Finding]:
    for url, count in Counter(story.url for story in edition.stories).items():
        if count > 1:
            yield Finding(check="twice", says=f"{url} stands {count} times in this edition")
    for story in edition.stories:
        if not story.headline.strip():
            yield Finding(check="headline", says=f"a story of {story.source} has none: {story.url}")
        if not story.summary:
            yield Finding(check="summary", says=f"“{story.headline}” has none", blocks=False)
        if not story.url.startswith(("http://", "https://")):
            yield Finding(check="link", says=f"“{story.headline}” has no web address")
        if story.rights == "excerpt" and (story.image or len(story.summary) > 1):
            yield Finding(check="rights", says=f"“{story.headline}” shows more than an excerpt of {story.source}")


def _appeal(edition: Edition) -> Iterator[Finding]:
    if edition.appeal is None or not edition.appeal.after:
        return
    shown = [section for section in edition.sections if section.stories]
    if shown[0].stories[0].sensitive:
        yield Finding(check="appeal", says="the lead is sensitive and the letter asks for support")
    for above, below in pairwise([*shown, None]):
        if above and above.tag == edition.appeal.after:
            beside = [above.stories[-1], *(below.stories[:1] if below else ())]
            for story in beside:
                if story.sensitive:
                    yield Finding(check="appeal", says=f"it stands beside “{story.headline}”, which is sensitive")
