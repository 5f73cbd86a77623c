"""The newsroom's configuration as the frozen rules that the content engine takes: its vocabulary and its sections."""

from __future__ import annotations

from digest.config import Config, Newsletter, slug
from digest.model import SectionRule, TagRule


def tag_rules(config: Config) -> tuple[TagRule, ...]:
    """The vocabulary as the content engine takes it."""
    return tuple(
        TagRule(
            key=slug(tag.name),
            name=tag.name,
            name_is_spelling=tag.name_is_spelling,
            aliases=tag.aliases,
            parents=tuple(slug(parent) for parent in tag.parents),
            patterns=tag.patterns,
            unless=tag.unless,
            implies=tuple(slug(other) for other in tag.implies),
            exact=tag.exact,
            transliterate=tag.transliterate,
            sensitive=tag.sensitive,
        )
        for tag in config.tags
    )


def section_rules(newsletter: Newsletter) -> tuple[SectionRule, ...]:
    """The newsletter's sections as the content engine takes them."""
    return tuple(
        SectionRule(
            tag=section.tag if section.tag == "*" else slug(section.tag),
            title=section.title or section.tag,
            minimum=section.minimum,
            maximum=section.maximum,
            half_life=section.half_life.total_seconds() / 3600,
            share=section.share,
        )
        for section in newsletter.sections
    )
