"""Says whether a database is of this program's version: two lists of names, no migration is loaded."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from django.apps import apps
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

OWN = "store"


def problem() -> str:
    """What keeps this program and this database apart, with what to do; empty when they fit.

    Raises:
        django.db.DatabaseError: the database cannot be opened.
    """
    there = _there()
    here, held = _here(OWN), there.get(OWN, set())
    mine, its = max(here), max(held, default="")
    if held - here:
        return f"this database is at {its}, this program wants {mine}: install the newer Digest that made it so"
    if not held:
        return f"this database is empty, this program wants {mine}: run `digest migrate`"
    if here - held:
        return (
            f"this database is at {its}, this program wants {mine}: run `digest migrate` "
            "(and `digest backup FILE` before it, with the Digest that made it)"
        )
    for config in apps.get_app_configs():
        if config.label != OWN and (lacking := _here(config.label) - there.get(config.label, set())):
            return f"this database lacks {config.label}.{min(lacking)}: run `digest migrate`"
    return ""


def newer() -> str:
    """Why this program must not migrate this database: one that knows more made it. Empty when it may."""
    return problem() if _there().get(OWN, set()) - _here(OWN) else ""


def _there() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for app, name in MigrationRecorder(connection).applied_migrations():
        found.setdefault(app, set()).add(name)
    return found


def _here(label: str) -> set[str]:
    package = f"{apps.get_app_config(label).name}.migrations"
    try:
        path = import_module(package).__path__
    except ModuleNotFoundError:
        return set()
    return {each.name for each in pkgutil.iter_modules(path) if each.name[0].isdigit()}
