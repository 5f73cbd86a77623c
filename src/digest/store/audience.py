"""Readers, what they subscribed to and when they agreed, and the addresses that must not be written to."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Subscriber(models.Model):
    """A reader. `email` is lower case; `handle` is the random name that tokens carry in place of the address."""

    email = models.CharField(max_length=320, unique=True)
    handle = models.BigIntegerField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=20, blank=True)
    zone = models.CharField(max_length=64, blank=True)
    joined_at = models.DateTimeField()

    class Meta:
        """Django's options."""

        db_table = "digest_subscriber"

    def __str__(self) -> str:
        return self.email


class Subscription(models.Model):
    """One reader's wish for one newsletter. `topics` are section tags; empty means everything."""

    class Status(models.TextChoices):
        """Only active subscriptions receive letters."""

        ACTIVE = "active"
        UNSUBSCRIBED = "unsubscribed"

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="subscriptions")
    newsletter = models.CharField(max_length=64)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.ACTIVE)
    topics = models.JSONField(default=list)
    consent_at = models.DateTimeField(null=True)
    consent_source = models.TextField(blank=True)
    unsubscribed_at = models.DateTimeField(null=True)

    class Meta:
        """Django's options."""

        db_table = "digest_subscription"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["subscriber", "newsletter"], name="subscription_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["newsletter", "status"], name="subscription_active"),
        ]


class Suppression(models.Model):
    """An address that must not be written to, kept as a keyed hash so that it outlives erasure."""

    hash = models.CharField(max_length=64, unique=True)
    reason = models.CharField(
        max_length=20,
        choices=[("bounce", "bounce"), ("complaint", "complaint"), ("erased", "erased"), ("person", "person")],
    )
    at = models.DateTimeField()

    class Meta:
        """Django's options."""

        db_table = "digest_suppression"
