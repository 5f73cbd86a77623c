"""The lines that sites repeat on their pages, each by a hash, with how many pages had it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class SiteLine(models.Model):
    """One line of one site. `shared`: the words that the titles of all its pages have in common."""

    name = models.CharField(max_length=32, unique=True)
    site = models.TextField()
    sample = models.TextField()
    pages = models.PositiveIntegerField(default=1)
    shared = models.JSONField(default=list)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        """Django's options."""

        db_table = "digest_site_line"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["site", "pages", "last_at"], name="site_line_age"),
        ]
