"""A topic of Amazon SNS with a certificate of its own making: signs messages as Amazon does."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

TOPIC = "arn:aws:sns:eu-west-1:123456789012:letters"
CERTIFICATE = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0f3a.pem"


@cache
def key(which: int = 0) -> rsa.RSAPrivateKey:
    """A private key, each number its own."""
    return rsa.generate_private_key(65537, 2048)


@cache
def certificate(since: datetime, *, name: str = "sns.amazonaws.com", days: int = 30, which: int = 0) -> bytes:
    """A certificate in PEM, signed by its own key."""
    named = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = x509.CertificateBuilder(
        issuer_name=named, subject_name=named, public_key=key(which).public_key(), serial_number=7,
        not_valid_before=since, not_valid_after=since + timedelta(days=days),
    )  # fmt: skip
    return made.sign(key(which), hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def message(kind: str = "Notification", **more: Any) -> dict[str, Any]:
    """A message as Amazon shapes it, not signed yet."""
    found = {
        "Type": kind, "MessageId": "n1", "TopicArn": TOPIC, "Message": "{}", "Timestamp": "2026-11-24T06:00:00.000Z",
        "SigningCertURL": CERTIFICATE,
    }  # fmt: skip
    if kind != "Notification":
        found |= {"Token": "t0", "SubscribeURL": "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription"}
    return found | more


def signed(message: dict[str, Any], *, version: str = "1", which: int = 0) -> dict[str, Any]:
    """The message with its signature, by the published description and not by the program's own words."""
    if message["Type"] == "Notification":
        names = [
            "Message",
            "MessageId",
            *(["Subject"] if "Subject" in message else []),
            "Timestamp",
            "TopicArn",
            "Type",
        ]
    else:
        names = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    text = "".join(f"{name}\n{message[name]}\n" for name in names).encode()
    algorithm = {"1": hashes.SHA1(), "2": hashes.SHA256()}[version]
    signature = key(which).sign(text, padding.PKCS1v15(), algorithm)
    return {**message, "SignatureVersion": version, "Signature": base64.b64encode(signature).decode()}
