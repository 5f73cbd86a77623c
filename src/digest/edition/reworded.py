"""Puts a language model's summaries in the place of an edition's own, or says beside them why not; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from digest.model import Article, Choice, EditionStory, Section, Written

_NAMED = 3
"""Headlines that a note names."""


def candidates(choice: Choice) -> tuple[Article, ...]:
    """The articles a model may be asked about: those that lead a chosen story, unless the story is an update.

    An update shows what is new in it, which a summary of the whole would bury.
    """
    return tuple(ranked.story.lead for _, chosen in choice.sections for ranked in chosen if not ranked.story.update)


def reworded(sections: Sequence[Section], written: Mapping[str, Written]) -> tuple[Section, ...]:
    """The sections with what a model wrote, by the id of the article that leads a story."""
    return tuple(
        replace(section, stories=tuple(_story(story, written) for story in section.stories)) for section in sections
    )


def _story(story: EditionStory, written: Mapping[str, Written]) -> EditionStory:
    found = written.get(story.articles[0]) if story.articles and not story.update else None
    if found is None or story.rights == "excerpt":
        return story
    if not found.summary:
        return replace(story, machine=found.machine)
    return replace(story, summary=found.summary, machine=found.machine)


def notes(stories: Sequence[EditionStory]) -> tuple[str, ...]:
    """For editors, a line each: which summaries a model wrote, and for each reason which it did not."""
    told: dict[str, list[str]] = {}
    for story in stories:
        if story.machine:
            why = story.machine.why
            says = f"kept in the article's own words: {why}" if why else f"written by {story.machine.model}"
            told.setdefault(says, []).append(f"“{story.headline}”")
    return tuple(f"{_some(headlines)}: summary {says}" for says, headlines in told.items())


def _some(headlines: Sequence[str]) -> str:
    more = f" and {len(headlines) - _NAMED} more" if len(headlines) > _NAMED else ""
    return f"{', '.join(headlines[:_NAMED])}{more}"
