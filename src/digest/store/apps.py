"""Tells Django that this room is where the tables are."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """The one Django app of the house."""

    name = "digest.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"
