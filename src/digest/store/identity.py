"""Knows whether this database belongs to this machine, so that a restored copy sends nothing by itself.

The identity is a row, and a file outside the database and outside its dumps (or DIGEST_INSTALL_ID). Against a clone
of the whole machine only the limit on lateness helps.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from pathlib import Path

from django.db import transaction

from digest.config import Environment
from digest.store.install import Install

FILE = "install-id"


def mismatch(var: Path, environment: Environment) -> str:
    """Why nothing may leave from here; empty when the database and this machine belong together."""
    row = Install.objects.first()
    mine = _mine(var, environment)
    if row is None:
        return "this database has no identity yet; `digest migrate` gives it one"
    if row.identity != mine:
        return (
            "this database was made for another installation; if it was moved here on purpose and the other one "
            "sends no more, say `digest adopt`"
        )
    return ""


def make(var: Path, environment: Environment, *, now: datetime) -> None:
    """Give a new database an identity and note it here; a database that has one keeps it."""
    with transaction.atomic():
        if not Install.objects.exists():
            identity = _mine(var, environment) or secrets.token_hex(16)
            Install.objects.create(identity=identity, made_at=now)
            _note(var, identity)


def adopt(var: Path, environment: Environment, *, now: datetime) -> None:
    """Make the database and this machine belong together, under a new identity."""
    identity = environment.get("DIGEST_INSTALL_ID") or secrets.token_hex(16)
    with transaction.atomic():
        Install.objects.all().delete()
        Install.objects.create(identity=identity, made_at=now)
    _note(var, identity)


def disown(var: Path) -> None:
    """Forget here whose database this is: after a restore nothing leaves until `adopt`, in the same home neither."""
    (var / FILE).unlink(missing_ok=True)


def _mine(var: Path, environment: Environment) -> str:
    file = var / FILE
    return environment.get("DIGEST_INSTALL_ID") or (file.read_text().strip() if file.exists() else "")


def _note(var: Path, identity: str) -> None:
    var.mkdir(parents=True, exist_ok=True)
    (var / FILE).write_text(identity + "\n")
