"""Says whether Amazon SNS signed a message, and whether its topic is one of ours. Pure.

The string that is signed and the versions: "Verifying the signatures of Amazon SNS messages" in Amazon's developer
guide. Version 1 is RSA with SHA-1, version 2 with SHA-256, both by PKCS #1 v1.5.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

TOPIC = re.compile(r"arn:aws[a-z-]{0,20}:sns:([a-z0-9-]{3,30}):\d{12}:[A-Za-z0-9_-]{1,256}(?:\.fifo)?", re.ASCII)
"""A topic's name, with its region."""

_CERTIFICATE = re.compile(
    r"https://sns\.([a-z0-9-]{3,30})\.amazonaws\.com(?:\.cn)?/[A-Za-z0-9_-]{1,200}\.pem", re.ASCII
)
_SIGNER = re.compile(r"sns(?:[.-][a-z0-9-]{1,40}){0,2}\.amazonaws\.com(?:\.cn)?", re.ASCII)
"""Whom a signing certificate names: "sns.amazonaws.com", in some regions with the region before or behind "sns"."""

_CONFIRMS = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": _CONFIRMS,
    "UnsubscribeConfirmation": _CONFIRMS,
}
_HASHES: Mapping[str, type[hashes.SHA1 | hashes.SHA256]] = {"1": hashes.SHA1, "2": hashes.SHA256}


class NotSigned(Exception):  # noqa: N818 - it reads as what it says
    """The message is not one that Amazon signed for a topic of ours; says why."""


def signed_text(message: Mapping[str, Any]) -> bytes:
    """The string that is signed: of each field its name and its value, a line each, in the alphabet's order.

    Raises:
        NotSigned: it is no message of SNS.
    """
    names = _SIGNED.get(str(message.get("Type")))
    if names is None:
        raise NotSigned("it is of no type that SNS sends")
    lines: list[str] = []
    for name in names:
        value = message.get(name)
        if value is None and name == "Subject":
            continue
        if not isinstance(value, str):
            raise NotSigned(f"it has no {name}")
        lines += [name, value]
    try:
        return "".join(f"{line}\n" for line in lines).encode("utf-8")
    except UnicodeEncodeError:
        raise NotSigned("it holds half a character") from None


def certificate_address(message: Mapping[str, Any], topics: Collection[str]) -> str:
    """Where the certificate stands by which a message of one of these topics is signed.

    Only Amazon's own address of the topic's region will do, and only over TLS: whoever names another one signs by a
    key of his own.

    Raises:
        NotSigned: it is of another topic, or names a certificate elsewhere.
    """
    topic = str(message.get("TopicArn"))
    ours = TOPIC.fullmatch(topic)
    if topic not in topics or ours is None:
        raise NotSigned("its topic does not stand in delivery.bounces.topics")
    address = str(message.get("SigningCertURL"))
    found = _CERTIFICATE.fullmatch(address)
    if found is None or found[1] != ours[1]:
        raise NotSigned("its certificate does not stand at Amazon SNS in the topic's region")
    return address


def check(message: Mapping[str, Any], pem: bytes, *, now: datetime) -> None:
    """Check a message's signature.

    The chain of the certificate is not followed, since it comes without one: it is Amazon's because it came over TLS
    from the one address that `certificate_address` lets through.

    Args:
        message: as it came.
        pem: the certificate that stands at `certificate_address`.
        now: aware UTC; outside the certificate's time it proves nothing.

    Raises:
        NotSigned: it is not signed by this certificate.
    """
    text = signed_text(message)
    algorithm = _HASHES.get(str(message.get("SignatureVersion")))
    if algorithm is None:
        raise NotSigned("its SignatureVersion is neither 1 nor 2")
    key = _key(pem, now)
    try:
        signature = base64.b64decode(str(message.get("Signature")), validate=True)
        key.verify(signature, text, padding.PKCS1v15(), algorithm())
    except (binascii.Error, ValueError, InvalidSignature):
        raise NotSigned("its signature does not match") from None


def _key(pem: bytes, now: datetime) -> RSAPublicKey:
    """The key of a certificate that is valid and names SNS."""
    try:
        certificate = x509.load_pem_x509_certificate(pem)
        names = {str(name.value) for name in certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)}
        key = certificate.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise NotSigned("what stands at its SigningCertURL is no certificate") from None
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise NotSigned("its certificate is not valid at this time")
    if not any(_SIGNER.fullmatch(name) for name in names) or not isinstance(key, RSAPublicKey):
        raise NotSigned("its certificate is not that of Amazon SNS")
    return key
