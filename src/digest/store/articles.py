"""Articles, the names they are known by, their earlier texts, and the stories they tell."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from digest.store.feeds import Feed


class Story(models.Model):
    """One event; its id is stable while articles join it. `wish` is an editor's word on it, for every newsletter.

    `merged_into` is where its articles went when an editor said that it is the same event as another.
    """

    class Wish(models.TextChoices):
        """What an editor wants of a story beside what the rules say."""

        NONE = ""
        LIFT = "lift"
        PIN = "pin"
        OUT = "out"

    first_seen_at = models.DateTimeField()
    why = models.TextField(blank=True)
    wish = models.CharField(max_length=4, blank=True, choices=Wish.choices)
    merged_into = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        """Django's options."""

        db_table = "digest_story"


class Article(models.Model):
    """One article as last seen.

    `first_seen_at` is stamped when the row is made and never changes: selection goes by it and not by the
    publisher's dates, which get bumped. `backlog` marks what a feed already held on first contact: it is known, and
    never sent. `copy_of` is the article whose text this one repeats: it is no account of its own. `placed` says that
    grouping has seen it as it is now (`pipeline/grouping.py`). `said` is what the feed said in words, as it came, until
    somebody wants it read: then it is gone, and text, blocks and deck stand instead (`pipeline/texts.py`). Nothing but
    `feeds/reading.py` may look into it.
    """

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="articles")
    story = models.ForeignKey(Story, on_delete=models.SET_NULL, null=True, related_name="articles")
    copy_of = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    placed = models.BooleanField(default=False)
    guid = models.TextField(blank=True)
    canonical = models.TextField(blank=True)
    url = models.TextField()
    title = models.TextField()
    deck = models.TextField(blank=True)
    text = models.TextField(blank=True)
    blocks = models.JSONField(default=list)
    said = models.BinaryField(null=True)
    text_problem = models.TextField(blank=True)
    language = models.CharField(max_length=20, blank=True)
    authors = models.JSONField(default=list)
    categories = models.JSONField(default=list)
    publisher_tags = models.JSONField(null=True)
    corrections = models.JSONField(null=True)
    keywords = models.JSONField(null=True)
    picture = models.JSONField(null=True)
    comments = models.PositiveIntegerField(null=True)
    published_at = models.DateTimeField()
    updated_at = models.DateTimeField(null=True)
    first_seen_at = models.DateTimeField(db_index=True)
    backlog = models.BooleanField(default=False)
    content_hash = models.CharField(max_length=64)
    revision = models.PositiveIntegerField(default=0)
    page_read_at = models.DateTimeField(null=True)
    page_problem = models.TextField(blank=True)

    class Meta:
        """Django's options."""

        db_table = "digest_article"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["story", "first_seen_at"], name="article_story_seen"),
            models.Index(
                fields=["first_seen_at"], name="article_unplaced", condition=models.Q(placed=False, backlog=False)
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ArticleName(models.Model):
    """One name an article is known by in its feed: a hash of the feed's id and of its guid, its page or its title.

    Old names stay, so that a changed guid or a re-slugged address leads to the article that is already there.
    """

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=32)

    class Meta:
        """Django's options."""

        db_table = "digest_article_name"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["name", "article"], name="article_name_once"),
        ]


class Revision(models.Model):
    """What an article said before its publisher changed it; as it came (`said`) where nobody had wanted it read."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    replaced_at = models.DateTimeField()
    title = models.TextField()
    deck = models.TextField(blank=True)
    text = models.TextField(blank=True)
    said = models.BinaryField(null=True)

    class Meta:
        """Django's options."""

        db_table = "digest_revision"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["article", "number"], name="revision_once"),
        ]
