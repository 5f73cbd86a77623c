"""The ledger of posts: one row an account and item, written before the call."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from digest.store.editions import Edition


class Post(models.Model):
    """One post, frozen with its edition. `cost` is in dollars, by the network's published price."""

    class Status(models.TextChoices):
        """`social/ledger.py` knows which state may follow which."""

        PLANNED = "planned"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"
        UNCERTAIN = "uncertain"
        SKIPPED = "skipped"

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="posts")
    account = models.CharField(max_length=80)
    kind = models.CharField(max_length=8)
    item = models.CharField(max_length=120)
    text = models.TextField()
    link = models.TextField(blank=True)
    language = models.CharField(max_length=20, blank=True)
    hash = models.CharField(max_length=64)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PLANNED)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField(null=True)
    remote_id = models.CharField(max_length=200, blank=True)
    url = models.TextField(blank=True)
    cost = models.DecimalField(max_digits=10, decimal_places=4, default=0)
    reply = models.TextField(blank=True)

    class Meta:
        """Django's options."""

        db_table = "digest_post"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "kind", "item", "edition"], name="post_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["account", "status", "due_at"], name="post_due"),
        ]
