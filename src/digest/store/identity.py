"""Knows whether this database belongs to this machine, so that a restored copy sends nothing by itself.

The identity is a row, and a file outside the database and outside its dumps (or DIGEST_INSTALL_ID). Against a clone
of the whole machine only the limit on lateness helps.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from pathlib import Path

from django.db import transaction

from digest.config import Environment
from digest.errors import RefusedError
from digest.store.audience import Suppression
from digest.store.install import Install

FILE = "install-id"
_RESTORED = "restored:"
_KEY = "var/suppression.key (or DIGEST_SUPPRESSION_KEY)"


def mismatch(var: Path, environment: Environment) -> str:
    """Why nothing may leave from here; empty when the database and this machine belong together."""
    row = Install.objects.first()
    mine = _mine(var, environment)
    if row is None:
        return "this database has no identity yet; `digest migrate` gives it one"
    if row.identity.startswith(_RESTORED):
        return (
            "this database was restored from a backup; if the one it was made of sends no more, say `digest adopt` here"
        )
    if row.identity != mine:
        return (
            "this database was made for another installation; if it was moved here on purpose and the other one "
            "sends no more, say `digest adopt`; if this is one more machine of it, give it the same install-id "
            "(docs/how-to/many-machines.md)"
        )
    mark = _mark(var, environment)
    if row.suppression_key and mark != row.suppression_key:
        return f"{_KEY} {'is not the one' if mark else 'is missing, the one'} this database was made with: put it here"
    return ""


def make(var: Path, environment: Environment, *, now: datetime) -> None:
    """Give a new database an identity and note it here; a database that has one keeps it."""
    with transaction.atomic():
        if not Install.objects.exists():
            identity = _mine(var, environment) or secrets.token_hex(16)
            Install.objects.create(identity=identity, suppression_key=_mark(var, environment), made_at=now)
            _note(var, identity)


def adopt(var: Path, environment: Environment, *, now: datetime) -> None:
    """Make the database and this machine belong together, under a new identity.

    Raises:
        RefusedError: addresses are suppressed under another key than is here; nobody could tell who they are.
    """
    identity = environment.get("DIGEST_INSTALL_ID") or secrets.token_hex(16)
    with transaction.atomic():
        row, mark = Install.objects.first(), _mark(var, environment)
        if row and row.suppression_key not in ("", mark) and Suppression.objects.exists():
            raise RefusedError(
                f"{_KEY} is not the one this database was made with, so that nobody would know who must not be "
                "written to: put the old one here, then say `digest adopt` again"
            )
        Install.objects.all().delete()
        Install.objects.create(identity=identity, suppression_key=mark, made_at=now)
    _note(var, identity)


def disown(var: Path) -> None:
    """Forget whose database this is: after a restore nothing leaves until `adopt`, in the same home neither."""
    Install.objects.update(identity=_RESTORED + secrets.token_hex(16))
    (var / FILE).unlink(missing_ok=True)


def _mine(var: Path, environment: Environment) -> str:
    file = var / FILE
    return environment.get("DIGEST_INSTALL_ID") or (file.read_text().strip() if file.exists() else "")


def _mark(var: Path, environment: Environment) -> str:
    """What tells one suppression key from another and says nothing of it; empty while there is none."""
    file = var / "suppression.key"
    key = environment.get("DIGEST_SUPPRESSION_KEY") or (file.read_text().strip() if file.exists() else "")
    return hashlib.sha256(b"digest suppression key " + key.encode("utf-8")).hexdigest()[:16] if key else ""


def _note(var: Path, identity: str) -> None:
    var.mkdir(parents=True, exist_ok=True)
    (var / FILE).write_text(identity + "\n")
