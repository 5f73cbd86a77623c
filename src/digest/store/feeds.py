"""What is known of each feed between polls, and the pictures that are served from our own address."""

from __future__ import annotations

from django.db import models


class Feed(models.Model):
    """A feed's state; its address, name, weight and rights stand in the configuration.

    `address` is the configured one and the key; `moved_to` is where a permanent redirect leads.
    """

    address = models.TextField(unique=True)
    moved_to = models.TextField(blank=True)
    title = models.TextField(blank=True)
    etag = models.TextField(blank=True)
    last_modified = models.TextField(blank=True)
    body_hash = models.CharField(max_length=64, blank=True)
    last_attempt_at = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True, db_index=True)
    failures = models.PositiveIntegerField(default=0)
    gone = models.BooleanField(default=False)
    reason = models.TextField(blank=True)

    class Meta:
        """Django's options."""

        db_table = "digest_feed"

    def __str__(self) -> str:
        return self.address


class Picture(models.Model):
    """A picture fetched once, re-encoded, named by the hash of its bytes. `origin` is where it came from."""

    origin = models.TextField(unique=True)
    name = models.CharField(max_length=80, blank=True, db_index=True)
    mime = models.CharField(max_length=40, blank=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    body = models.BinaryField(default=b"")
    reason = models.TextField(blank=True)
    fetched_at = models.DateTimeField()

    class Meta:
        """Django's options."""

        db_table = "digest_picture"
