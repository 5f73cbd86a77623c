"""What mail providers post to /hooks/NAME, invented in their shapes: each gives (provider, body, headers)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import amazon
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client

from digest.clock.now import now
from digest.config import Environment
from digest.delivery import returns

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
PASSWORD = "courier:a long enough oyster bank"
SIGNING = "key-for-mailgun-0123456789"
SENDGRID = ec.generate_private_key(ec.SECP256R1())
PUBLIC = base64.b64encode(
    SENDGRID.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
).decode()
ALL = ("ses", "mailgun", "postmark", "sendgrid", "brevo")

ENVIRONMENT = Environment(
    {
        "DIGEST_HOOKS_SECRET": PASSWORD,
        "DIGEST_MAILGUN_SIGNING_KEY": SIGNING,
        "DIGEST_SENDGRID_VERIFICATION_KEY": PUBLIC,
    }
)


def message_id(letter):
    return returns.message_id(getattr(letter, "pk", letter), "news.example")


def basic(password=PASSWORD):
    return {"Authorization": "Basic " + base64.b64encode(password.encode()).decode()}


def post(provider, body, headers=None):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Client().post(f"/hooks/{provider}/", raw, content_type="application/json", headers=headers or {})


def mailgun(
    letter,
    *,
    event="failed",
    severity="permanent",
    code=550,
    words="5.1.1 nobody of that name",
    key=SIGNING,
    age=timedelta(hours=8),
    **data,
):
    token, at = "f" * 50, str(int((now() - age).timestamp()))
    signature = hmac.new(key.encode(), f"{at}{token}".encode(), hashlib.sha256).hexdigest()
    body = {
        "signature": {"timestamp": at, "token": token, "signature": signature},
        "event-data": {
            "event": event, "severity": severity, "reason": "bounce", "id": "Ab1", "timestamp": 1795500000.5,
            "recipient": "ana@inbox.example", "delivery-status": {"code": code, "message": words, "attempt-no": 1},
            "envelope": {"sender": "letters@news.example"}, "tags": [], "user-variables": {},
            "message": {"headers": {"message-id": message_id(letter), "to": "ana@inbox.example"}}, **data,
        },
    }  # fmt: skip
    return "mailgun", body, {}


def sendgrid(letter, *events, key=SENDGRID):
    body = json.dumps(
        [
            {"email": "ana@inbox.example", "timestamp": 1795500000, "smtp-id": f"<{message_id(letter)}>",
             "sg_event_id": f"e{at}", "sg_message_id": "14c5.filter", **event}
            for at, event in enumerate(events)
        ]
    ).encode()  # fmt: skip
    signature = base64.b64encode(key.sign(b"1795500000" + body, ec.ECDSA(hashes.SHA256()))).decode()
    named = "X-Twilio-Email-Event-Webhook-"
    return "sendgrid", body, {f"{named}Signature": signature, f"{named}Timestamp": "1795500000"}


def postmark(letter, record="Bounce", **event):
    body = {
        "RecordType": record, "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483", "Email": "ana@inbox.example",
        "Recipient": "ana@inbox.example", "Metadata": {"letter": message_id(letter)}, "Tag": "", **event,
    }  # fmt: skip
    return "postmark", body, basic()


def brevo(letter, event, **more):
    body = {"event": event, "email": "ana@inbox.example", "message-id": f"<{message_id(letter)}>",
            "ts_epoch": 1795500000000, "id": 1, **more}  # fmt: skip
    return "brevo", body, basic()


def ses(letter, kind, *, notice="n1", source="letters@news.example", **event):
    named = [{"name": "Message-ID", "value": f"<{message_id(letter)}>"}]
    mail = {"messageId": "0100-000000", "source": source, "destination": ["ana@inbox.example"], "headers": named}
    said = {"eventType": kind, "mail": mail, kind.lower(): event}
    return sns("Notification", Message=json.dumps(said), MessageId=notice)


def sns(kind, *, version="1", which=0, **more):
    body = amazon.signed(amazon.message(kind, **more), version=version, which=which)
    headers = {"x-amz-sns-message-type": kind, "x-amz-sns-message-id": body["MessageId"]}
    return "ses", body, {**basic(), **headers}


def without(body, name):
    return {key: value for key, value in body.items() if key != name}


def ses_bounce(letter, kind="Permanent", sub="General", **recipient):
    one = {"emailAddress": "ana@inbox.example", **recipient}
    return ses(letter, "Bounce", bounceType=kind, bounceSubType=sub, bouncedRecipients=[one])
