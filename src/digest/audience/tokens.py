"""The signed names in a letter's links: who, which newsletter, and for what; short, unforgeable, never expiring.

    HANDLE(8 bytes) MAC(12 bytes) in 27 characters, a dot, and the newsletter's name:  AAECAw…k9Q.daily

The scope is part of what is signed and not of what is written: a token of one scope is nothing in another. Keys are
a ring: the first signs, all verify, so links in old letters outlive a change of keys.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from django.conf import settings

Scope = Literal["unsubscribe", "settings"]

NOBODY = 0
"""The handle in the dead tokens of previews and self-tests: it verifies, and belongs to no reader."""

_SHAPE = re.compile(r"^([A-Za-z0-9_-]{27})\.([a-z0-9][a-z0-9-]{0,63})$")
_MAC_BYTES = 12


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a token names: a reader's random handle and the newsletter it came with."""

    handle: int
    newsletter: str

    @property
    def nobody(self) -> bool:
        """Whether this is a preview's token, which may be pressed and changes nothing."""
        return self.handle == NOBODY


def make(scope: Scope, handle: int, newsletter: str) -> str:
    """A token; about 5 microseconds."""
    who = handle.to_bytes(8, "big", signed=True)
    mac = _mac(settings.KEYS[0], scope, who, newsletter)
    return f"{base64.urlsafe_b64encode(who + mac).decode('ascii').rstrip('=')}.{newsletter}"


def dead(scope: Scope, newsletter: str) -> str:
    """A token for previews: it works like any other and belongs to nobody."""
    return make(scope, NOBODY, newsletter)


def read(scope: Scope, token: str) -> Holder | None:
    """Whom a token names; None when it is forged, damaged or of another scope.

    Every key is tried, and compared in constant time.
    """
    shape = _SHAPE.match(token)
    if not shape:
        return None
    try:
        raw = base64.urlsafe_b64decode(shape[1] + "=")
    except binascii.Error:
        return None
    who, mac = raw[:8], raw[8:]
    good = [hmac.compare_digest(mac, _mac(key, scope, who, shape[2])) for key in settings.KEYS]
    return Holder(int.from_bytes(who, "big", signed=True), shape[2]) if any(good) else None


def _mac(key: str, scope: Scope, who: bytes, newsletter: str) -> bytes:
    mac = _keyed(key, scope).copy()
    mac.update(who + newsletter.encode("ascii"))
    return mac.digest()[:_MAC_BYTES]


@lru_cache(maxsize=32)
def _keyed(key: str, scope: Scope) -> hmac.HMAC:
    """The start of a signature; a key of its own for each scope."""
    own = hmac.new(key.encode("utf-8"), b"digest reader token, scope " + scope.encode("ascii"), hashlib.sha256)
    return hmac.new(own.digest(), digestmod=hashlib.sha256)
