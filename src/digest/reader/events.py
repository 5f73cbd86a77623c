"""What a mail provider's event says of a letter, in our words: each provider has its own. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from digest.delivery.bounces import Said
from digest.delivery.codes import Class, enhanced
from digest.delivery.outcomes import quiet


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event, with its kind and reason as django-anymail calls them alike for all providers.

    Attributes:
        kind: "bounced", "delivered", "complained" and so on.
        reason: why it was rejected; empty when it was not.
        response: what the remote server said.
        description: what the provider says of it.
        recipient: the reader's address.
        message_id: the Message-ID, or the provider's own name for the letter.
        metadata: what came with the letter and comes back.
        raw: the provider's own words.
    """

    kind: str
    reason: str = ""
    response: str = ""
    description: str = ""
    recipient: str = ""
    message_id: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict)


_HARD_REASONS = ("invalid", "bounced")
_POLICY_TYPES = (
    # SES's bounceSubType, SendGrid's type, Postmark's Type
    "ContentRejected", "AttachmentRejected", "MessageTooLarge", "blocked", "VirusNotification",
)  # fmt: skip
_HARD_TYPES = ("Permanent", "HardBounce", "hard_bounce", "invalid_email", "suppress-bounce")
"""What SES (bounceType), Postmark (Type), Brevo (event) and Mailgun (reason) call a bounce for good."""


def said(event: Event) -> Said | None:
    """What an event says of a letter; None when it says nothing of delivery."""
    words = quiet(event.response or event.description)
    recipients = frozenset({event.recipient.lower()} if event.recipient else ())
    if event.kind == "delivered":
        return Said(kind="delivered", words=words, recipients=recipients)
    if event.kind == "deferred":
        return Said(kind="delayed", status=_status(event), words=words, recipients=recipients)
    if event.kind == "complained" or (event.kind == "rejected" and event.reason == "spam"):
        return Said(kind="complaint", words=words or "reported as spam", recipients=recipients)
    if event.kind == "unsubscribed":
        return Said(kind="left", words=words, recipients=recipients)
    if event.kind in ("bounced", "rejected", "failed"):
        return Said(kind="failed", status=_status(event), words=words, recipients=recipients, hint=_hint(event))
    return None


def names(event: Event) -> Iterator[str]:
    """Where the letter's Message-ID or return address may stand."""
    yield event.message_id
    yield from (value for value in list(event.metadata.values())[:20] if isinstance(value, str))
    mail = _table(event.raw, "mail")  # SES
    yield str(mail.get("source", ""))
    headers = mail.get("headers")
    for header in headers[:200] if isinstance(headers, list) else ():
        if isinstance(header, dict) and str(header.get("name", "")).lower() == "message-id":
            yield str(header.get("value", ""))
    data = _table(event.raw, "event-data")  # Mailgun
    yield str(_table(data, "envelope").get("sender", ""))


def _status(event: Event) -> str:
    """The enhanced code that a provider gives apart: SES per recipient, SendGrid and Mailgun per event."""
    recipients = _table(event.raw, "bounce").get("bouncedRecipients")
    for one in recipients[:100] if isinstance(recipients, list) else ():
        if isinstance(one, dict) and str(one.get("emailAddress", "")).lower() == event.recipient.lower():
            return enhanced(str(one.get("status", "")))
    given = event.raw.get("status") or _table(_table(event.raw, "event-data"), "delivery-status").get("enhanced-code")
    return enhanced(str(given or ""))


def _hint(event: Event) -> Class:
    """The provider's own opinion."""
    if event.kind == "failed":
        return "policy"
    if event.kind == "rejected":
        return "hard" if event.reason in _HARD_REASONS else "policy"
    raw, bounce, data = event.raw, _table(event.raw, "bounce"), _table(event.raw, "event-data")
    types = {str(value) for value in (raw.get("type"), raw.get("Type"), raw.get("event"), bounce.get("bounceType"),
                                      bounce.get("bounceSubType"), data.get("reason"))}  # fmt: skip
    if types & set(_POLICY_TYPES):
        return "policy"
    return "hard" if types & set(_HARD_TYPES) else "soft"


def _table(of: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = of.get(key)
    return found if isinstance(found, dict) else {}
