"""Turns a choice of stories into an edition: what is shown of each, by its rights."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from math import ceil

from digest.content.summary.others import others_add
from digest.content.summary.summarise import summarise
from digest.content.text.language import direction
from digest.model import (
    Also,
    Article,
    Choice,
    EditionStory,
    Group,
    Image,
    Ranked,
    Section,
    Sentence,
    Story,
    Tagged,
)

WORDS_A_MINUTE = 238
"""Silent reading of non-fiction (Brysbaert 2019, doi:10.1016/j.jml.2019.104047)."""

ACCOUNTS = 6
"""How many accounts of one story are named, its own included, where the newsletter says nothing."""


def stories(
    groups: Sequence[Group], articles: Mapping[str, Article], tags: Callable[[Article], tuple[Tagged, ...]]
) -> tuple[Story, ...]:
    """Make stories of groups: the lead's tags, and those that at least half of the others agree on."""
    return tuple(_story(group, articles, tags) for group in groups)


def _story(group: Group, articles: Mapping[str, Article], tags: Callable[[Article], tuple[Tagged, ...]]) -> Story:
    copies = dict(group.duplicates)
    lead, *others = (replace(articles[member], copy_of=copies.get(member)) for member in group.members)
    found = {tagged.tag: tagged for tagged in tags(lead)}
    votes: dict[str, list[Tagged]] = {}
    for other in others:
        for tagged in tags(other):
            votes.setdefault(tagged.tag, []).append(tagged)
    for tag, given in votes.items():
        if tag not in found and len(given) * 2 >= len(others):
            best = max(given, key=lambda tagged: tagged.strength)
            why = f"other accounts: {best.why}"
            found[tag] = Tagged(tag=tag, strength=best.strength, why=why, place=best.place, origin=best.origin)
    ordered = tuple(sorted(found.values(), key=lambda tagged: (-tagged.strength, tagged.tag)))
    return Story(id=group.story, lead=lead, others=tuple(others), tags=ordered, why=group.why)


def sections(
    choice: Choice,
    *,
    sensitive: Collection[str],
    images: Mapping[str, Image],
    sentences: int,
    accounts: int = ACCOUNTS,
) -> tuple[Section, ...]:
    """The sections of an edition with what is shown of each story; empty sections fall away.

    Args:
        choice: the stories chosen, best first.
        sensitive: keys of tags beside which no appeal may stand.
        images: pictures served from our address, by the publisher's picture address.
        sentences: the longest summary.
        accounts: how many accounts of one story are named at most, its own included.
    """
    return tuple(
        Section(
            tag=rule.tag,
            title=rule.title,
            stories=tuple(_shown(ranked, sensitive, images, sentences, accounts) for ranked in chosen),
        )
        for rule, chosen in choice.sections
        if chosen
    )


def pictures(choice: Choice) -> tuple[str, ...]:
    """Addresses of the pictures an edition may show: those of each section's first story, own or licensed."""
    firsts = (chosen[0].story.lead for _, chosen in choice.sections if chosen)
    return tuple(a.picture.url for a in firsts if a.picture and a.rights != "excerpt")


def _shown(
    ranked: Ranked, sensitive: Collection[str], images: Mapping[str, Image], sentences: int, accounts: int
) -> EditionStory:
    story, lead = ranked.story, ranked.story.lead
    summary = _summary(story, sentences)
    adds, differ = others_add(lead, summary, story.others) if accounts > 1 else ((), ())
    return EditionStory(
        id=story.id,
        headline=lead.title,
        url=lead.url,
        source=lead.source,
        rights=lead.rights,
        published=lead.published,
        authors=lead.authors,
        language=lead.language,
        direction=direction(lead.language) if lead.language else lead.direction,
        image=_image(lead, images),
        tags=story.tags,
        summary=summary,
        score=ranked.score,
        reasons=ranked.reasons,
        also=_also(story)[: max(0, accounts - 1)],
        minutes=ceil(len(lead.text.split()) / WORDS_A_MINUTE),
        sensitive=any(tagged.tag in sensitive for tagged in story.tags),
        articles=tuple(article.id for article in (lead, *story.others)),
        update=story.update,
        adds=adds,
        differ=differ,
        corrected=bool(lead.corrections),
        corrections=() if lead.rights == "excerpt" else lead.corrections,
    )


def _summary(story: Story, sentences: int) -> tuple[Sentence, ...]:
    """What is shown of a story: of an update first what is new, and of the rest what there is room for."""
    lead, new = story.lead, story.update.new if story.update else ()
    if new and (lead.rights == "excerpt" or len(new) >= sentences):
        return new[:sentences]
    told = summarise(
        lead.title, lead.text, deck=lead.deck, language=lead.language, rights=lead.rights, sentences=sentences
    )
    rest = [sentence for sentence in told if not any(_overlap(sentence, one) for one in new)]
    return (*new, *rest[: sentences - len(new)])


def _overlap(one: Sentence, other: Sentence) -> bool:
    if one.start is None or one.end is None or other.start is None or other.end is None:
        return one.text == other.text
    return one.start < other.end and other.start < one.end


def _image(article: Article, images: Mapping[str, Image]) -> Image | None:
    if article.picture is None or article.rights == "excerpt" or article.picture.url not in images:
        return None
    return replace(images[article.picture.url], alt=article.picture.alt, credit=article.picture.credit)


def _also(story: Story) -> tuple[Also, ...]:
    """One account of each other outlet: one outlet, one vote."""
    seen = {story.lead.source}
    found: list[Also] = []
    for article in story.others:
        if article.url and article.source not in seen:
            seen.add(article.source)
            found.append(Also(source=article.source, url=article.url, headline=article.title))
    return tuple(found)
