"""What grouping keeps, so that a new article costs only its neighbours; and what editors said of stories."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from digest.store.articles import Article, Story


class Traits(models.Model):
    """What grouping keeps of an article that has its place (`content/stories/packed.py`).

    Made again from the articles where it is missing, and so left out of backups; forgotten after the window. `marks`
    are the article's `Mark` rows, so that they can be found again.
    """

    derived = True

    article = models.OneToOneField(Article, on_delete=models.CASCADE, primary_key=True)
    seen_at = models.DateTimeField(db_index=True)
    packed = models.BinaryField()
    marks = models.BinaryField()

    class Meta:
        """Django's options."""

        db_table = "digest_traits"


class Mark(models.Model):
    """That an article holds a telling word or run of words (`content/stories/marks.py`): how neighbours are found.

    About two dozen rows an article, which go with its `Traits`. Without foreign key: an index of its own for it
    would take as much room as all else here.
    """

    derived = True

    mark = models.BigIntegerField()
    article = models.BigIntegerField()

    class Meta:
        """Django's options."""

        db_table = "digest_mark"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["mark", "article"], name="mark_article")]


class Tally(models.Model):
    """In how many articles of a language each word stands, about (`content/stories/tally.py`)."""

    derived = True

    language = models.CharField(max_length=20, unique=True)
    packed = models.BinaryField()

    class Meta:
        """Django's options."""

        db_table = "digest_tally"


class Shaping(models.Model):
    """An editor's word that two stories are one, or that articles of one are another. Grouping never undoes it."""

    class Kind(models.TextChoices):
        """What an editor did."""

        MERGE = "merge"
        SPLIT = "split"

    kind = models.CharField(max_length=5, choices=Kind.choices)
    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="shapings")
    other = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="+")
    articles = models.JSONField(default=list)
    by = models.CharField(max_length=254, blank=True)
    at = models.DateTimeField()

    class Meta:
        """Django's options."""

        db_table = "digest_shaping"
