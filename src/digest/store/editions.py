"""Editions, what each newsletter has considered, the frozen variants, and the notices to editors."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from digest.store.articles import Article


class Edition(models.Model):
    """One issue of one newsletter. A slot is one row: two clocks cannot make two.

    `slot_key` is the civil date (and time, where a day has several) for daily and rarer schedules, so a summer-time
    change fires once. `content` is a `digest.model.Edition` as JSON. `looked_at` lists what becomes a Consideration at
    the freeze: [article, story, carried, why]. `hash` is the content's until approval, and then also that of every
    frozen letter, page and post. `wave` is the last wave of letters that may leave: 0 the seeds of a canary, 1 its
    sample, 2 everybody; `wave_at` is when it was let go.
    """

    class Status(models.TextChoices):
        """Where an edition stands; `edition/workflow.py` knows which step may follow which."""

        DRAFT = "draft"
        APPROVED = "approved"
        SENDING = "sending"
        SENT = "sent"
        HELD = "held"
        SKIPPED = "skipped"

    newsletter = models.CharField(max_length=64)
    slot_key = models.CharField(max_length=32)
    slot_at = models.DateTimeField()
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    window_from = models.DateTimeField()
    window_to = models.DateTimeField()
    content = models.JSONField(default=dict)
    looked_at = models.JSONField(default=list)
    hash = models.CharField(max_length=64, blank=True)
    touched = models.BooleanField(default=False)
    drafted_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    approved_by = models.CharField(max_length=254, blank=True)
    enrolled_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    wave = models.PositiveSmallIntegerField(default=2)
    wave_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        """Django's options."""

        db_table = "digest_edition"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["newsletter", "slot_key"], name="edition_one_a_slot"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["status", "slot_at"], name="edition_status_slot"),
        ]

    @property
    def name(self) -> str:
        """How commands call it: "daily/2026-11-24"."""
        return f"{self.newsletter}/{self.slot_key}"

    def __str__(self) -> str:
        return self.name


class Consideration(models.Model):
    """That a newsletter has looked at an article, once: it was carried, or left out for a reason.

    Rows are written when an edition is frozen. A held or skipped edition has none, and so gives its articles back.
    """

    newsletter = models.CharField(max_length=64)
    article = models.ForeignKey(Article, on_delete=models.CASCADE)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="considered")
    story = models.BigIntegerField(null=True)
    carried = models.BooleanField()
    why = models.TextField(blank=True)

    class Meta:
        """Django's options."""

        db_table = "digest_consideration"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["newsletter", "article"], name="considered_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["newsletter", "story"], name="considered_carried", condition=models.Q(carried=True)),
        ]


class Variant(models.Model):
    """One frozen form of an edition: the bytes of a letter with marked holes, or a page.

    `key` names what is shown: the language, the sections, the appeal's form ("en|syria,*|appeal"). `twin` is the same
    letter without the appeal. `asks` says whether the appeal stands in it.
    """

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="variants")
    kind = models.CharField(max_length=10, choices=[("letter", "letter"), ("page", "page"), ("print", "print")])
    key = models.TextField()
    language = models.CharField(max_length=20)
    asks = models.BooleanField(default=False)
    twin = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="+")
    subject = models.TextField(blank=True)
    body = models.BinaryField()
    hash = models.CharField(max_length=64)

    class Meta:
        """Django's options."""

        db_table = "digest_variant"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["edition", "kind", "key"], name="variant_once"),
        ]


class Notice(models.Model):
    """A message to the editors, sent once for each occasion."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, null=True, related_name="notices")
    occasion = models.CharField(max_length=200, unique=True)
    subject = models.TextField()
    text = models.TextField()
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True)

    class Meta:
        """Django's options."""

        db_table = "digest_notice"
