"""Puts a language model's summaries in the place of an edition's own, or says beside them why not; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from digest.model import Article, Choice, EditionStory, Section, Written


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
