"""The tab of tags: those of each story with what made them, what editors said, and what was learnt of that."""

from __future__ import annotations

from typing import Any

from digest.config import Config, slug
from digest.content.tags.learner import suggested
from digest.edition.workflow import Status
from digest.model import Edition as Value
from digest.model import EditionStory, Tagged
from digest.pipeline import learnt, tagging
from digest.store.articles import Article
from digest.store.editions import Edition

ORIGINS = {
    "alias": "a spelling", "pattern": "a pattern", "publisher": "its publisher's tag", "category": "a feed's category",
    "metadata": "a keyword of the page", "feed": "the feed", "parent": "a wider tag", "implied": "an implied tag",
    "editor": "an editor", "learner": "learnt",
}  # fmt: skip
"""How editors call where a tag comes from."""


def fill(config: Config, row: Edition, value: Value | None, _tab: str) -> dict[str, Any]:
    """What the tab of tags shows."""
    stories = [story for section in value.sections for story in section.stories] if value else []
    said = tagging.verdicts({article for story in stories for article in story.articles})
    names = {slug(tag.name): tag.name for tag in config.tags}
    found = _learnt(config, stories)
    lines = []
    for story in stories:
        verdicts = tagging.latest(said.get(article, {}) for article in story.articles)
        known = {tagged.tag for tagged in story.tags} | verdicts.keys()
        lines.append(
            {
                "story": story,
                "article": story.articles[0] if story.articles else "",
                "tags": [_line(t, names, verdicts) for t in story.tags if verdicts.get(t.tag, (True, ""))[0]],
                "denied": [(tag, names.get(tag, tag), by) for tag, (fits, by) in verdicts.items() if not fits],
                "suggested": [_line(t, names, verdicts) for t in found.get(story.id, ()) if t.tag not in known],
                "others": sorted(((name, key) for key, name in names.items() if key not in known), key=_by_name),
            }
        )
    return {"lines": lines, "draft": row.status == Status.DRAFT}


def _learnt(config: Config, stories: list[EditionStory]) -> dict[str, tuple[Tagged, ...]]:
    """What was learnt of each story's leading article, where the newsroom wants to see it."""
    if config.tagging.learner == "off":
        return {}
    learners = learnt.learners(tagging.vocabulary(config), fewest=config.tagging.examples)
    if not learners:
        return {}
    texts = Article.objects.in_bulk([int(story.articles[0]) for story in stories if story.articles])
    return {
        story.id: suggested(learners, row.title, row.text or row.deck)
        for story in stories
        if story.articles and (row := texts.get(int(story.articles[0])))
    }


def _line(tagged: Tagged, names: dict[str, str], verdicts: tagging.Verdicts) -> dict[str, Any]:
    place = f"{tagged.place}, code points {tagged.start}–{tagged.end}" if tagged.start is not None else ""
    about = (ORIGINS.get(tagged.origin or "", ""), place, "in passing" if tagged.passing else "")
    return {
        "key": tagged.tag,
        "name": names.get(tagged.tag, tagged.tag),
        "why": tagged.why,
        "about": "; ".join(filter(None, about)),
        "said": verdicts.get(tagged.tag, (False, ""))[0],
    }


def _by_name(pair: tuple[str, str]) -> str:
    return pair[0].casefold()
