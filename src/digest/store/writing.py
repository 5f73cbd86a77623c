"""What a language model said of a text, once for each question; what a day's questions took."""

from __future__ import annotations

from django.db import models


class Answer(models.Model):
    """A model's answer to one question, good or refused, so that the same question is never paid for twice.

    `question` is a hash of the model's name and of every word it was asked. `claims` are the sentences with the
    numbers of those they cite; `problem` says why they cannot be shown, and is empty when they can.
    """

    question = models.CharField(max_length=64, primary_key=True)
    model = models.CharField(max_length=200)
    claims = models.JSONField(default=list)
    problem = models.TextField(blank=True)
    made_at = models.DateTimeField(db_index=True)

    class Meta:
        """Django's options."""

        db_table = "digest_answer"


class Spending(models.Model):
    """What one day's questions took: a call's most is entered before it, and made exact by the answer.

    `day` is the newsroom's civil day; `money` is in the currency of the configured prices.
    """

    day = models.DateField(primary_key=True)
    tokens = models.BigIntegerField(default=0)
    money = models.DecimalField(max_digits=16, decimal_places=6, default=0)
    calls = models.PositiveIntegerField(default=0)

    class Meta:
        """Django's options."""

        db_table = "digest_spending"
