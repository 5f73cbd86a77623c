"""The names a letter comes back by: its own return address, its envelope id and its Message-ID, all signed.

    bounces+48213.k3q…7a@news.example     the envelope's sender (VERP): where servers send what became of it
    48213.k3q…7a                          ENVID of RFC 3461, which comes back as Original-Envelope-Id
    48213.x2m…4c@news.example             Message-ID, signed for itself: readers and those they forward to see it

The signature is what keeps a stranger from reporting other people's letters as bounced. Keys are the ring that signs
links, so old letters outlive a change of keys. Only lower case letters and digits: some servers fold case on the way.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from functools import lru_cache

from django.conf import settings

from digest.errors import RefusedError

LONGEST = 64
"""Characters of a local part (RFC 5321, 4.5.3.1.1)."""

_MAC_BYTES = 10  # 80 bits: 16 characters without padding
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
"""Base32 (RFC 4648, 6) in lower case, ten bits at a time: the standard library's takes three times as long."""
_NAME = r"([1-9][0-9]{0,18})\.([a-z2-7]{16})"
_ADDRESS = re.compile(rf"\+{_NAME}@")
_ENVELOPE_ID = re.compile(rf"\s*{_NAME}\s*")
_MESSAGE_ID = re.compile(rf"\s*<?{_NAME}@[^\s<>@]+>?\s*")


def address(base: str, letter: int) -> str:
    """The return address of one letter; about 5 microseconds.

    Args:
        base: the plain address under which returns are taken in ("bounces@news.example").
        letter: the letter's id.

    Raises:
        RefusedError: `base` is too long to carry a letter's name.
    """
    local, _, domain = base.rpartition("@")
    made = f"{local}+{_name('return', letter)}"
    if not local or len(made) > LONGEST:
        raise RefusedError(f"{base} cannot be the address for returns: at most 27 characters may stand before its @.")
    return f"{made}@{domain}"


def letter_of(address: str) -> int | None:
    """The letter that a return address belongs to; None when it is forged, damaged or another kind of address."""
    found = _ADDRESS.search(address.lower())
    return _verified("return", found) if found else None


def envelope_id(letter: int) -> str:
    """The ENVID of one letter (RFC 3461, 4.4): its servers hand it back in every report; needs no xtext encoding."""
    return _name("return", letter)


def letter_of_envelope_id(envelope_id: str) -> int | None:
    """The letter that an envelope id belongs to; None when it is forged or somebody else's."""
    found = _ENVELOPE_ID.fullmatch(envelope_id.lower())
    return _verified("return", found) if found else None


def message_id(letter: int, domain: str) -> str:
    """The Message-ID of one letter, without the angle brackets: the same however often it is tried."""
    return f"{_name('message', letter)}@{domain}"


def letter_of_message_id(message_id: str) -> int | None:
    """The letter that a Message-ID belongs to, with or without angle brackets; None when it is not one of ours."""
    found = _MESSAGE_ID.fullmatch(message_id.lower())
    return _verified("message", found) if found else None


def _name(scope: str, letter: int) -> str:
    return f"{letter}.{_mac(settings.KEYS[0], scope, letter)}"


def _verified(scope: str, found: re.Match[str]) -> int | None:
    letter, mac = int(found[1]), found[2]
    good = [hmac.compare_digest(mac, _mac(key, scope, letter)) for key in settings.KEYS]
    return letter if any(good) else None


def _mac(key: str, scope: str, letter: int) -> str:
    mac = _keyed(key, scope).copy()
    mac.update(b"%d" % letter)
    number = int.from_bytes(mac.digest()[:_MAC_BYTES], "big")
    return "".join([_PAIRS[number >> shift & 1023] for shift in range(70, -1, -10)])


@lru_cache(maxsize=32)
def _keyed(key: str, scope: str) -> hmac.HMAC:
    """The start of a signature; a key of its own for each scope."""
    own = hmac.new(key.encode("utf-8"), b"digest returned letter, scope " + scope.encode("ascii"), hashlib.sha256)
    return hmac.new(own.digest(), digestmod=hashlib.sha256)
