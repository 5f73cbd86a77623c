"""What editors said of articles' tags: it wins over what the vocabulary finds, and is what the learner learns from."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from digest.store.articles import Article


class TagVerdict(models.Model):
    """An editor's word on one tag of one article: it fits, or it does not. A later word replaces an earlier one.

    It is kept with the article and not with its story, which may be split or merged; a story obeys the latest word on
    any of its articles.
    """

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="verdicts")
    tag = models.CharField(max_length=200)
    fits = models.BooleanField()
    by = models.CharField(max_length=254)
    at = models.DateTimeField()

    class Meta:
        """Django's options."""

        db_table = "digest_tag_verdict"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["article", "tag"], name="tag_verdict_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["tag", "fits"], name="tag_verdict_tag")]
