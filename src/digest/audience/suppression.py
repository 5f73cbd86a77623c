"""Addresses that must not be written to, kept as keyed hashes, so that they outlive erasure and tell nobody anything.

The key has its own file and is never changed: another key would forget everybody who ever said no.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeVar

from django.conf import settings
from django.db import connection

from digest.config import Environment
from digest.errors import RefusedError
from digest.store.models import Suppression
from digest.store.once import made_once
from digest.store.rows import listed, one_of

Reason = Literal["bounce", "complaint", "erased", "person"]
T = TypeVar("T")


def hash_of(address: str) -> str:
    """The keyed hash of an address (`digest.audience.addresses.normalise` first)."""
    return _hash(_keyed(settings.VAR), address)


def among(addresses: Mapping[str, T]) -> list[T]:
    """The values of those addresses that are suppressed; one query for all."""
    if not addresses:
        return []
    keyed = _keyed(settings.VAR)
    hashes = {_hash(keyed, address): value for address, value in addresses.items()}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT hash FROM digest_suppression WHERE {one_of('hash', 'text')}",  # noqa: S608 - values go apart
            [listed([*hashes])],
        )
        return [hashes[name] for (name,) in cursor.fetchall()]


def suppress(address: str, *, reason: Reason, now: datetime) -> None:
    """Bar an address; the first reason stays."""
    Suppression.objects.get_or_create(hash=hash_of(address), defaults={"reason": reason, "at": now})


def suppress_all(addresses: Iterable[str], *, reason: Reason, now: datetime) -> None:
    """Bar many addresses at once; the first reason of each stays."""
    rows = [Suppression(hash=hash_of(address), reason=reason, at=now) for address in addresses]
    Suppression.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)


def lift(address: str) -> None:
    """Let an address be written to again: only at the reader's own word."""
    Suppression.objects.filter(hash=hash_of(address)).delete()


def why(address: str) -> str:
    """Why an address is barred; empty when it is not."""
    return Suppression.objects.filter(hash=hash_of(address)).values_list("reason", flat=True).first() or ""


def _hash(keyed: hmac.HMAC, address: str) -> str:
    mac = keyed.copy()
    mac.update(address.encode("utf-8"))
    return mac.hexdigest()


@lru_cache(maxsize=4)
def _keyed(var: Path) -> hmac.HMAC:
    """The start of a hash, so that the key is not worked in anew for each of a million addresses."""
    return hmac.new(_key(var), digestmod=hashlib.sha256)


@lru_cache(maxsize=4)
def _key(var: Path) -> bytes:
    """The key from the environment, or from `var/suppression.key`, made at need.

    Raises:
        RefusedError: the key is lost although hashes were made with it.
    """
    if key := Environment().get("DIGEST_SUPPRESSION_KEY"):
        return key.encode("utf-8")
    file = var / "suppression.key"
    if not file.exists() and Suppression.objects.exists():
        raise RefusedError(
            f"{file} is missing: without it nobody knows who must not be written to. Put it back from a backup."
        )
    return made_once(file, lambda: secrets.token_hex(32)).encode("ascii")
