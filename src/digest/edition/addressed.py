"""Sees that every story of an edition can be pressed: each has an address, and no two have the same one. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from digest.model import Article, Choice, Group, Ranked, SectionRule, Skipped, Story


def led(group: Group, articles: Mapping[str, Article]) -> Group:
    """The group, led by its first account that has an address; as it was where none has, or the lead has one."""
    first = next((member for member in group.members if articles[member].url), group.lead)
    if articles[group.lead].url or first == group.lead:
        return group
    others = tuple(member for member in group.members if member != first)
    return replace(group, lead=first, members=(first, *others))


def nowhere(stories: Sequence[Story]) -> tuple[Skipped, ...]:
    """The stories that lead nowhere, because no feed gives a web address for them."""
    why = "its feed gives no web address for it"
    return tuple(Skipped(story=s.id, headline=s.lead.title, why=why, rule="address") for s in stories if not s.lead.url)


def once(choice: Choice) -> Choice:
    """The choice without stories that share the address of one before them: readers would be led there twice.

    Some feeds give one address for all they tell.
    """
    seen: dict[str, str] = {}
    twice: list[Skipped] = []
    sections: list[tuple[SectionRule, tuple[Ranked, ...]]] = []
    for rule, ranked in choice.sections:
        kept: list[Ranked] = []
        for one in ranked:
            lead = one.story.lead
            if lead.url in seen:
                why = f"has the same address as “{seen[lead.url]}”"
                twice.append(Skipped(story=one.story.id, headline=lead.title, why=why, rule="address"))
            else:
                seen[lead.url] = lead.title
                kept.append(one)
        sections += [(rule, tuple(kept))] if kept else []
    return Choice(sections=tuple(sections), skipped=(*twice, *choice.skipped))
