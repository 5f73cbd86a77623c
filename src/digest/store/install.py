"""Which machine this database belongs to, so that a restored copy sends nothing by itself."""

from __future__ import annotations

from django.db import models


class Install(models.Model):
    """The one row that names this installation. Its twin is kept outside the database and outside its dumps."""

    identity = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        """Django's options."""

        db_table = "digest_install"
