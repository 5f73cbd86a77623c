"""Readers, what they agreed to and asked for, and the addresses that must not be written to."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Subscriber(models.Model):
    """A reader. `email` is lower case; `handle` is the random name that tokens carry in place of the address."""

    email = models.CharField(max_length=320)
    handle = models.BigIntegerField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=20, blank=True)
    zone = models.CharField(max_length=64, blank=True)
    format = models.CharField(max_length=4, choices=[("rich", "rich"), ("text", "text")], default="rich")
    joined_at = models.DateTimeField()

    class Meta:
        """Django's options."""

        db_table = "digest_subscriber"
        # Not `unique=True`, by which Django keeps a second index on PostgreSQL, for patterns that nobody asks for.
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["email"], name="subscriber_of_address"),
        ]

    def __str__(self) -> str:
        return self.email


class Subscription(models.Model):
    """One reader's wish for one newsletter. `topics` are section tags; empty means everything.

    The consent is kept as the proof that it was given: when, from where (a page, an import, a network), and the words
    that were agreed to. A paused subscription is active and receives nothing until `paused_until`.
    """

    class Status(models.TextChoices):
        """Only active subscriptions receive letters."""

        ACTIVE = "active"
        UNSUBSCRIBED = "unsubscribed"

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="subscriptions", db_index=False)
    newsletter = models.CharField(max_length=64)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.ACTIVE)
    topics = models.JSONField(default=list)
    consent_at = models.DateTimeField(null=True)
    consent_source = models.TextField(blank=True)
    consent_text = models.TextField(blank=True)
    paused_until = models.DateTimeField(null=True)
    unsubscribed_at = models.DateTimeField(null=True)

    class Meta:
        """Django's options."""

        db_table = "digest_subscription"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # It finds all subscriptions of a reader, too.
            models.UniqueConstraint(fields=["subscriber", "newsletter"], name="subscription_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["newsletter", "status", "subscriber"], name="subscription_active"),
        ]


class Request(models.Model):
    """What somebody asked for on a page and must confirm by mail: to join, to move, to see what is held, to be erased.

    Nobody becomes a reader by it before they confirm. Only the hash of the link's secret is kept; `network` is the
    asking address cut to its /24 or /48, part of the proof of consent. `mailed_at` is empty until the link has left.
    Rows go after some days.
    """

    act = models.CharField(
        max_length=8,
        choices=[(act, act) for act in ("join", "move", "moved", "export", "erase")],
        default="join",
    )
    hash = models.CharField(max_length=64, unique=True)
    email = models.CharField(max_length=320)
    wish = models.JSONField(default=dict)
    text = models.TextField(blank=True)
    network = models.CharField(max_length=50, blank=True)
    asked_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        """Django's options."""

        db_table = "digest_request"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["email", "asked_at"], name="request_of_address"),
            models.Index(fields=["asked_at"], name="request_asked"),
        ]


class Suppression(models.Model):
    """An address that must not be written to, kept as a keyed hash so that it outlives erasure."""

    hash = models.CharField(max_length=64)
    reason = models.CharField(
        max_length=20,
        choices=[("bounce", "bounce"), ("complaint", "complaint"), ("erased", "erased"), ("person", "person")],
    )
    at = models.DateTimeField()

    class Meta:
        """Django's options."""

        db_table = "digest_suppression"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["hash"], name="suppressed_once"),
        ]
