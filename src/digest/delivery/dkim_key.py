"""The key that signs letters: reads and makes it, says what is wrong with it, and what belongs into the DNS."""

from __future__ import annotations

import base64
import os
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from digest.config import Config, Environment
from digest.delivery import headers
from digest.delivery.dkim import Signer
from digest.errors import ConfigError, Problem, UsageError

VARIABLE = "DIGEST_DKIM_KEY"
BITS = 2048
"""Of a new key: what RFC 8301, 3.2 asks signers for; longer ones do not fit into one UDP answer of the DNS."""
_FEWEST = 1024
_FILE = "config/digest.toml"


def signer(config: Config, environment: Environment) -> Signer | None:
    """Who signs this installation's letters; None when its mail server is to do it.

    Raises:
        ConfigError: a domain is set, and the key is missing or of no use, or letters come from another domain.
    """
    dkim = config.delivery.dkim
    if not dkim.domain:
        return None
    key = _key(environment)
    if says := _unaligned(headers.domain(config.site.sender), dkim.domain):
        raise ConfigError([Problem(_FILE, 0, "delivery.dkim.domain", says)])
    return Signer(key, dkim.domain.lower(), dkim.selector)


def problems(config: Config, environment: Environment) -> list[Problem]:
    """What `digest check` says of it."""
    try:
        signer(config, environment)
    except ConfigError as error:
        return list(error.problems)
    return []


def record(key: rsa.RSAPrivateKey) -> str:
    """What stands in the DNS as TXT at SELECTOR._domainkey.DOMAIN (RFC 6376, 3.6.1)."""
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode('ascii')}"


def zone_line(name: str, value: str) -> str:
    """A TXT record as a line of a zone file: in strings of at most 255 characters (RFC 1035, 3.3.14)."""
    strings = " ".join(f'"{value[at : at + 250]}"' for at in range(0, len(value), 250))
    return f"{name}. IN TXT ( {strings} )"


def write_new(file: Path) -> rsa.RSAPrivateKey:
    """Make a key and write it into a file that only its owner may read.

    Raises:
        UsageError: the file is there already, or cannot be written.
    """
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    try:
        number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise UsageError(f"{file} cannot be made: {error.strerror}; no key was replaced") from error
    with os.fdopen(number, "wb") as out:
        out.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return key


def _key(environment: Environment) -> rsa.RSAPrivateKey:
    pem = environment.get(VARIABLE)
    if not pem:
        raise _wrong("it is not set, and delivery.dkim.domain is; `digest dkim --new FILE` makes a key")
    try:
        key = load_pem_private_key(pem.encode("utf-8"), password=None)
    except TypeError:
        raise _wrong("the key is locked by a password; write it without one") from None
    except (ValueError, UnsupportedAlgorithm):
        # No cause is chained: it may quote the key.
        raise _wrong("this is no private key in PEM, which begins with -----BEGIN PRIVATE KEY-----") from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise _wrong("the key is not an RSA key; many receivers know no other")
    if key.key_size < _FEWEST:
        raise _wrong(f"the key has {key.key_size} bits; receivers take none under {_FEWEST}, and {BITS} is usual")
    return key


def _unaligned(sender: str, domain: str) -> str:
    """Why a signature of `domain` says nothing for letters from `sender` (DMARC's relaxed alignment)."""
    ours, theirs = f".{domain.lower()}", f".{sender.lower()}"
    if theirs.endswith(ours) or ours.endswith(theirs):
        return ""
    return f"letters come from {sender}, which a signature of {domain} says nothing for; name {sender} or its parent"


def _wrong(message: str) -> ConfigError:
    return ConfigError([Problem("environment", 0, VARIABLE, message)])
