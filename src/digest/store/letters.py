"""The ledger of letters: one row a reader and edition, and the windows in which workers send them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from digest.store.audience import Subscriber
from digest.store.editions import Edition, Variant


class SendWindow(models.Model):
    """About a hundred letters that one worker process has taken, committed before the first byte leaves.

    `worker` names the lock that the kernel frees when the process dies; a hung worker is known by `lease_until`.
    """

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="windows")
    worker = models.CharField(max_length=120)
    journal = models.TextField(blank=True)
    opened_at = models.DateTimeField()
    lease_until = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        """Django's options."""

        db_table = "digest_send_window"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["edition"], name="window_open", condition=models.Q(closed_at=None)),
        ]


class Letter(models.Model):
    """What became of one reader's letter."""

    class Status(models.TextChoices):
        """`delivery/ledger.py` knows which state may follow which."""

        PENDING = "pending"
        ATTEMPTING = "attempting"
        SENT = "sent"
        DEFERRED = "deferred"
        FAILED = "failed"
        UNCERTAIN = "uncertain"
        SKIPPED = "skipped"

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="letters")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.SET_NULL, null=True, related_name="letters")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    due_at = models.DateTimeField()
    window = models.ForeignKey(SendWindow, on_delete=models.SET_NULL, null=True, related_name="letters")
    attempts = models.PositiveSmallIntegerField(default=0)
    first_attempt_at = models.DateTimeField(null=True)
    at = models.DateTimeField(null=True)
    reply = models.TextField(blank=True)

    class Meta:
        """Django's options."""

        db_table = "digest_letter"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["edition", "subscriber"], name="letter_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["edition", "due_at", "id"],
                name="letter_due",
                condition=models.Q(status__in=["pending", "deferred"]),
            ),
            models.Index(fields=["edition", "status"], name="letter_status"),
        ]
