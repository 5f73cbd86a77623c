"""Which machine this database belongs to, so that a restored copy sends nothing by itself."""

from __future__ import annotations

from django.db import models


class Install(models.Model):
    """The one row that names this installation. Its twin is kept outside the database and outside its dumps.

    `suppression_key` is a mark of the key that suppressed addresses are hashed with, which all machines must share.
    """

    identity = models.CharField(max_length=64)
    suppression_key = models.CharField(max_length=16, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        """Django's options."""

        db_table = "digest_install"
