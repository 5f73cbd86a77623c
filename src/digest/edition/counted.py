"""The edition whose stories are reached by way of the site's own address, where follows are counted. Pure.

The address names the edition and the story and no reader: it is the same in everybody's letter.
"""

from __future__ import annotations

from dataclasses import replace

from digest.model import Edition


def counted(edition: Edition, site: str) -> Edition:
    """The edition with counting addresses in place of its stories' own.

    Args:
        edition: the edition; stories without an address stay without.
        site: the site's address, such as "https://news.example".
    """
    sections = tuple(
        replace(
            section,
            stories=tuple(
                replace(story, url=f"{site}/r/{edition.id}/{story.id}") if story.url else story
                for story in section.stories
            ),
        )
        for section in edition.sections
    )
    return replace(edition, sections=sections)
