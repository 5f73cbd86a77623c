"""Decides where a letter asks for support, and where it must not.

An appeal never stands directly above or below a story whose tags are marked sensitive, nor within that story's
section, and not at all in a letter that opens on one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digest.model import Section


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The decision. `after` is the tag of the section the appeal follows; None when the letter does not ask."""

    after: str | None
    why: str


def place(sections: Sequence[Section]) -> Place:
    """Choose the place of the appeal in a letter that shows these sections.

    The appeal stands between sections, as far down as it may: at the foot when the last story allows it. Sections
    without stories do not count.
    """
    shown = [section for section in sections if section.stories]
    if not shown:
        return Place(after=None, why="there is no story to stand beside")
    lead = shown[0].stories[0]
    if lead.sensitive:
        return Place(after=None, why=f"the lead is sensitive: “{lead.headline}”")
    for position in range(len(shown) - 1, -1, -1):
        above = shown[position].stories[-1]
        below = shown[position + 1].stories[0] if position + 1 < len(shown) else None
        if not above.sensitive and not (below and below.sensitive):
            where = "at the foot" if below is None else f"after {shown[position].title}"
            return Place(after=shown[position].tag, why=f"{where}: no sensitive story above or below")
    return Place(after=None, why="every place in this letter touches a sensitive story")
