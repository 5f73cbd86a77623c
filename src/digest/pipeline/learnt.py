"""What was learnt of editors' words on tags, learnt anew when they said more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from django.db.models import Count, Max

from digest.content.tags.learner import Example, Learner, learn
from digest.content.tags.vocabulary import Vocabulary
from digest.store.articles import Article
from digest.store.tagging import TagVerdict

MOST = 300
"""Articles of each kind that one tag is learnt from: the newest words of editors."""

BACKGROUND = 100
"""Articles that no editor gave the tag, beside those that an editor denied it."""

_UNSAID = 0.3  # what each of them counts beside an editor's word


def learners(words: Vocabulary, *, fewest: int) -> Mapping[str, Learner]:
    """A learner for each tag of the vocabulary that editors gave to enough articles.

    Args:
        words: the vocabulary.
        fewest: how many articles are enough.
    """
    given = TagVerdict.objects.filter(fits=True).values_list("tag").annotate(count=Count("pk"))
    enough = sorted(tag for tag, count in given.filter(count__gte=fewest) if tag in words.rules)
    if not enough:
        return {}
    state = TagVerdict.objects.aggregate(count=Count("pk"), last=Max("at"), newest=Max("pk"))
    return _learnt(tuple(enough), (state["count"], state["last"], state["newest"]))


@lru_cache(maxsize=2)
def _learnt(tags: tuple[str, ...], _state: tuple[int, datetime, int]) -> Mapping[str, Learner]:
    return {tag: learn(_examples(tag)) for tag in tags}


def _examples(tag: str) -> list[Example]:
    found: list[Example] = []
    for fits in (True, False):
        said = TagVerdict.objects.filter(tag=tag, fits=fits).order_by("-at", "-pk")
        found += [
            Example(title=title, text=text or deck, fits=fits)
            for title, text, deck in said.values_list("article__title", "article__text", "article__deck")[:MOST]
        ]
    others = Article.objects.exclude(verdicts__tag=tag).exclude(text="").order_by("-pk")
    found += [
        Example(title=title, text=text, fits=False, weight=_UNSAID)
        for title, text in others.values_list("title", "text")[:BACKGROUND]
    ]
    return found
