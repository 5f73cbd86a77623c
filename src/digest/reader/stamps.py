"""Stamps a form with the instant it was opened, signed, so that one filled in by a script in no time is known by it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Literal

from django.conf import settings

QUICKEST = timedelta(seconds=2)
"""Nobody reads and fills in a form in less."""

LONGEST = timedelta(hours=24)
"""A form that stood open for longer is shown again."""

_MAC_BYTES = 12

Verdict = Literal["good", "quick", "old", "none"]


def stamp(now: datetime) -> str:
    """A stamp of this instant, 22 characters."""
    at = int(now.timestamp() * 1000).to_bytes(6, "big")
    return base64.urlsafe_b64encode(at + _mac(settings.KEYS[0], at)).decode("ascii")


def judge(given: str, *, now: datetime) -> Verdict:
    """What a stamp says of its form: good, filled in too quickly, too old, or none that we made."""
    try:
        raw = base64.b64decode(given.encode("ascii"), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return "none"
    at, mac = raw[:6], raw[6:]
    good = [hmac.compare_digest(mac, _mac(key, at)) for key in settings.KEYS]
    if not any(good) or len(mac) != _MAC_BYTES:
        return "none"
    age = now - datetime.fromtimestamp(int.from_bytes(at, "big") / 1000, UTC)
    if age < QUICKEST:
        return "quick"
    return "good" if age <= LONGEST else "old"


def _mac(key: str, at: bytes) -> bytes:
    return hmac.new(key.encode("utf-8"), b"digest form opened at " + at, hashlib.sha256).digest()[:_MAC_BYTES]
