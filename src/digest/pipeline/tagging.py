"""Tags stories: by the vocabulary, by what editors said, and by what was learnt of it where the newsroom wants that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache

from digest.config.values import Config
from digest.content.rules import tag_rules
from digest.content.tags.corrections import corrected
from digest.content.tags.learner import Learner, suggested
from digest.content.tags.vocabulary import Vocabulary
from digest.edition import compose
from digest.model import Article, Group, Story, Tagged, TagRule
from digest.pipeline import learnt
from digest.store.tagging import TagVerdict

Teller = Callable[[Sequence[Group]], tuple[Story, ...]]
"""Makes tagged stories of groups."""

Verdicts = dict[str, tuple[bool, str]]
"""By tag: whether it fits, and which editor said so last."""


def teller(config: Config, articles: Mapping[str, Article]) -> Teller:
    """A function that makes tagged stories of groups of these articles; each is tagged once."""
    words = vocabulary(config)
    said = verdicts(articles)
    learners: Mapping[str, Learner] = {}
    if config.tagging.learner == "tag":
        learners = learnt.learners(words, fewest=config.tagging.examples)

    @cache
    def tags(article: Article) -> tuple[Tagged, ...]:
        found = words.tag(
            article.title,
            article.text,
            article.categories,
            article.tags,
            deck=article.deck,
            publisher=article.publisher_tags,
            metadata=article.keywords,
        )
        known = {tagged.tag for tagged in found}
        more = [t for t in suggested(learners, article.title, article.text or article.deck) if t.tag not in known]
        return words.implied((*found, *more)) if more else found

    def tell(groups: Sequence[Group]) -> tuple[Story, ...]:
        told = compose.stories(groups, articles, tags)
        return tuple(
            _corrected(story, words, latest(said.get(member, {}) for member in group.members))
            for group, story in zip(groups, told, strict=True)
        )

    return tell


def vocabulary(config: Config) -> Vocabulary:
    """The home's vocabulary, compiled once for each state of tags.toml."""
    return _vocabulary(tag_rules(config))


def verdicts(articles: Iterable[str]) -> dict[str, dict[str, TagVerdict]]:
    """What editors said of the tags of these articles, by article and tag."""
    found: dict[str, dict[str, TagVerdict]] = {}
    wanted = {int(article) for article in articles}
    # All of them: they are few beside articles, and a list of ids has a limit.
    for row in TagVerdict.objects.order_by("at", "pk"):
        if row.article_id in wanted:
            found.setdefault(str(row.article_id), {})[row.tag] = row
    return found


def latest(given: Iterable[Mapping[str, TagVerdict]]) -> Verdicts:
    """The last word on each tag, over several articles."""
    rows = sorted((row for each in given for row in each.values()), key=lambda row: (row.at, row.pk))
    return {row.tag: (row.fits, row.by) for row in rows}


def _corrected(story: Story, words: Vocabulary, said: Verdicts) -> Story:
    if not said:
        return story
    fits = {tag: fit for tag, (fit, _) in said.items()}
    return replace(story, tags=corrected(story.tags, fits, words, by={tag: by for tag, (_, by) in said.items()}))


@lru_cache(maxsize=4)
def _vocabulary(rules: tuple[TagRule, ...]) -> Vocabulary:
    return Vocabulary(rules)
