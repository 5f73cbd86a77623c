"""Checks and reads what mail providers send; the only home of django-anymail (extra `esp`).

Mailgun and SendGrid sign what they send. Amazon SES (by SNS), Postmark and Brevo name a user and a password.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from digest.config import Environment
from digest.reader.events import Event

if TYPE_CHECKING:
    from anymail.webhooks.base import AnymailCoreWebhookView

SECRETS = {
    "mailgun": "DIGEST_MAILGUN_SIGNING_KEY",
    "sendgrid": "DIGEST_SENDGRID_VERIFICATION_KEY",
    "ses": "DIGEST_HOOKS_SECRET",
    "postmark": "DIGEST_HOOKS_SECRET",
    "brevo": "DIGEST_HOOKS_SECRET",
}
"""The variable without which nothing is taken from a provider."""

SHORTEST = 20
"""Characters of a user and password; one that can be guessed is none."""

T = TypeVar("T")


class NotAllowed(Exception):  # noqa: N818 - it reads as what it says
    """What came is not signed as it must be."""


class NotReadable(Exception):  # noqa: N818 - it reads as what it says
    """What came is none of the provider's events."""


def why_not(provider: str, environment: Environment) -> str:
    """Why events of a provider cannot be taken; empty when they can."""
    if find_spec("anymail") is None:
        return 'it needs an extra: pip install "digest-newsroom[esp]"'
    name = SECRETS[provider]
    secret = environment.get(name)
    if not secret:
        return f"{name} is not set"
    if name == "DIGEST_HOOKS_SECRET" and (":" not in secret or len(secret) < SHORTEST):
        return f"{name} is user:password in at least {SHORTEST} characters"
    try:
        _view(provider, secret)
    except ValueError:
        return f"{name} is not the key that {provider} shows"
    return ""


def asks_for_password(provider: str) -> bool:
    """Whether a provider proves itself by user and password."""
    return SECRETS[provider] == "DIGEST_HOOKS_SECRET"


def read(provider: str, request: HttpRequest, environment: Environment) -> list[Event]:
    """The events in a request.

    Args:
        provider: one of `SECRETS`, of which `why_not` says nothing.
        request: its body is capped by Django.
        environment: the secrets.

    Raises:
        NotAllowed: the request proves nothing.
        NotReadable: the provider says something that is no event.
    """
    secret = environment.get(SECRETS[provider])
    # First of all, and in constant time: the rest is only for who may speak.
    if asks_for_password(provider) and not constant_time_compare(_password(request), secret):
        raise NotAllowed
    from anymail.exceptions import AnymailWebhookValidationFailure

    view = _view(provider, secret)
    try:
        _shaped(lambda: view.run_validators(request))
    except AnymailWebhookValidationFailure:
        raise NotAllowed from None
    return [_event(one) for one in _shaped(lambda: view.parse_events(request))]


def subscribe_link(request: HttpRequest) -> str:
    """The link by which a person confirms that Amazon's topic may speak to us; empty when it is no such request."""
    import json

    given = _shaped(lambda: json.loads(request.body))
    if not isinstance(given, dict) or given.get("Type") != "SubscriptionConfirmation":
        return ""
    link = str(given.get("SubscribeURL", ""))
    parts = urlsplit(link)
    return link if parts.scheme == "https" and (parts.hostname or "").endswith(".amazonaws.com") else ""


def _shaped(read_it: Callable[[], T]) -> T:
    """Read what somebody else has written, in whatever shape it is."""
    from anymail.exceptions import AnymailError

    try:
        return read_it()
    except SuspiciousOperation:
        raise
    except (AnymailError, ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise NotReadable(type(error).__name__) from None


def _view(provider: str, secret: str) -> AnymailCoreWebhookView:
    """The view that knows a provider's events; made here, because its settings stand in the environment.

    Raises:
        ValueError: the secret is no key.
    """
    from anymail.webhooks import amazon_ses, brevo, mailgun, postmark, sendgrid
    from anymail.webhooks.base import AnymailBaseWebhookView

    class Ses(amazon_ses.AmazonSESTrackingWebhookView):  # type: ignore[misc]
        """Without Amazon's own library, which is only needed to confirm a topic: a person does that."""

        def __init__(self, **given: Any) -> None:
            AnymailBaseWebhookView.__init__(self, **given)

        def auto_confirm_sns_subscription(self, sns_message: object) -> None:
            """Leave it to a person."""

    class SendGrid(sendgrid.SendGridTrackingWebhookView):  # type: ignore[misc]
        """Only ever with its signature."""

        warn_if_no_basic_auth = False

        def __init__(self, key: str, **given: Any) -> None:
            self.webhook_verification_key = sendgrid.serialization.load_der_public_key(base64.b64decode(key))
            AnymailBaseWebhookView.__init__(self, **given)

    if provider == "mailgun":
        return mailgun.MailgunTrackingWebhookView(webhook_signing_key=secret)
    if provider == "sendgrid":
        return SendGrid(secret)
    kinds = {"ses": Ses, "postmark": postmark.PostmarkTrackingWebhookView, "brevo": brevo.BrevoTrackingWebhookView}
    return kinds[provider](webhook_secret=secret)


def _event(one: Any) -> Event:
    raw = one.esp_event if isinstance(one.esp_event, dict) else {}
    return Event(
        kind=str(one.event_type),
        reason=str(one.reject_reason or ""),
        response=str(one.mta_response or ""),
        description=str(one.description or ""),
        recipient=str(one.recipient or ""),
        message_id=str(one.message_id or ""),
        metadata=one.metadata if isinstance(one.metadata, dict) else {},
        raw=raw,
    )


def _password(request: HttpRequest) -> str:
    """What a request gives as user:password (RFC 7617)."""
    scheme, _, coded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(coded.strip(), validate=True).decode("utf-8")
    except ValueError:
        return ""
