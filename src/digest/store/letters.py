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
    """What became of one reader's letter.

    `wave` says when it may leave beside the others of its edition (`Edition.wave`). `reserved` says that `due_at` is a
    place in a queue that a rate limit gave it. `bounce` is what a report that came later said of a letter the server
    had taken: "hard", "soft", "policy", "complaint" or "delivered"; or what is made of a failure of which no server
    spoke: "other", or "presumed" where evidence may still come.

    A million rows are entered at once, so each index and each reference that the database checks is counted. Edition
    and variant are not checked: rows are only entered while the edition's row is held, and go before its variants do.
    """

    class Status(models.TextChoices):
        """`delivery/ledger.py` knows which state may follow which."""

        PENDING = "pending"
        ATTEMPTING = "attempting"
        SENT = "sent"
        DEFERRED = "deferred"
        FAILED = "failed"
        UNCERTAIN = "uncertain"
        SKIPPED = "skipped"

    edition = models.ForeignKey(
        Edition, on_delete=models.CASCADE, related_name="letters", db_index=False, db_constraint=False
    )
    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.SET_NULL, null=True, related_name="letters", db_index=False
    )
    variant = models.ForeignKey(
        Variant, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    due_at = models.DateTimeField()
    window = models.ForeignKey(SendWindow, on_delete=models.SET_NULL, null=True, related_name="letters", db_index=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    first_attempt_at = models.DateTimeField(null=True)
    at = models.DateTimeField(null=True)
    reply = models.TextField(blank=True)
    wave = models.PositiveSmallIntegerField(default=2)
    reserved = models.BooleanField(default=False)
    bounce = models.CharField(max_length=10, blank=True)

    class Meta:
        """Django's options."""

        db_table = "digest_letter"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # The reader first, so that it finds all letters of one, too.
            models.UniqueConstraint(fields=["subscriber", "edition"], name="letter_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["edition", "wave", "due_at", "id"],
                name="letter_due",
                condition=models.Q(status__in=["pending", "deferred"]),
            ),
            models.Index(fields=["edition", "status"], name="letter_status"),
            models.Index(fields=["window"], name="letter_window", condition=models.Q(window__isnull=False)),
            models.Index(fields=["id"], name="letter_refused", condition=models.Q(bounce="", status="failed")),
        ]


class Report(models.Model):
    """What somebody else said of a letter after it was handed over: a bounce, a complaint, a provider's event.

    `key` names the event (a hash of its source and its own id), so that a repeated report changes nothing.
    """

    key = models.CharField(max_length=64, unique=True)
    source = models.CharField(max_length=40)
    letter = models.ForeignKey(Letter, on_delete=models.SET_NULL, null=True, related_name="reports")
    kind = models.CharField(max_length=10)
    status = models.CharField(max_length=12, blank=True)
    words = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        """Django's options."""

        db_table = "digest_report"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["at"], name="report_at")]


class Allowance(models.Model):
    """How much of a rate or of a day's warm-up is used up: one row a transport or recipient domain.

    `free_at` is the instant at which the next letter may leave (the virtual scheduling of a token bucket); it survives
    restarts and is shared by all workers. `used` counts the letters of `day`; of a mail server that could not be used,
    how often it failed in a row, and `why` is what it said.
    """

    key = models.CharField(max_length=260, unique=True)
    free_at = models.DateTimeField(null=True)
    day = models.DateField(null=True)
    used = models.PositiveIntegerField(default=0)
    why = models.TextField(blank=True)

    class Meta:
        """Django's options."""

        db_table = "digest_allowance"


class Click(models.Model):
    """How often the link of a story of an edition was followed, by day; nobody is named."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="clicks")
    place = models.CharField(max_length=64)
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        """Django's options."""

        db_table = "digest_click"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["edition", "place", "day"], name="click_once"),
        ]
