"""Checks and reads what mail providers send; the only home of django-anymail (extra `esp`).

Mailgun, SendGrid and Amazon SES (by SNS, `sns.py`) sign what they send. Postmark and Brevo sign nothing, and name a
user and a password; SES names them too, so that nobody else makes us fetch certificates. Mailgun's signature covers an
instant and a token and not the event (its documentation, "Securing Webhooks"), so an old one is refused.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from digest.config import Environment
from digest.reader import sns
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

FRESH = timedelta(days=1)
"""How old a signature of Mailgun's may be: it tries for eight hours, and signs each try anew or not."""

T = TypeVar("T")

Certificates = Callable[[str], bytes]
"""Gives the certificate at an address that was checked; raises `signers.OutOfReach`."""


class NotAllowed(Exception):  # noqa: N818 - it reads as what it says
    """What came is not signed as it must be; says why."""


class NotReadable(Exception):  # noqa: N818 - it reads as what it says
    """What came is none of the provider's events."""


def why_not(provider: str, environment: Environment, topics: Collection[str] = ()) -> str:
    """Why events of a provider cannot be taken; empty when they can.

    Args:
        provider: one of `SECRETS`.
        environment: the secrets.
        topics: `delivery.bounces.topics`, without which nothing is taken from Amazon.
    """
    if find_spec("anymail") is None:
        return 'it needs an extra: pip install "digest-newsroom[esp]"'
    name = SECRETS[provider]
    secret = environment.get(name)
    if not secret:
        return f"{name} is not set"
    if name == "DIGEST_HOOKS_SECRET" and (":" not in secret or len(secret) < SHORTEST):
        return f"{name} is user:password in at least {SHORTEST} characters"
    if provider == "ses" and not topics:
        return 'delivery.bounces.topics names no topic ("arn:aws:sns:REGION:ACCOUNT:NAME")'
    try:
        _view(provider, secret)
    except ValueError:
        return f"{name} is not the key that {provider} shows"
    return ""


def asks_for_password(provider: str) -> bool:
    """Whether a provider proves itself by user and password."""
    return SECRETS[provider] == "DIGEST_HOOKS_SECRET"


def read(
    provider: str,
    request: HttpRequest,
    environment: Environment,
    *,
    now: datetime,
    topics: Collection[str] = (),
    certificates: Certificates | None = None,
) -> list[Event]:
    """The events in a request.

    Args:
        provider: one of `SECRETS`, of which `why_not` says nothing.
        request: its body is capped by Django.
        environment: the secrets.
        now: aware UTC.
        topics: those of Amazon SNS that may speak.
        certificates: for Amazon: where its certificates come from.

    Raises:
        NotAllowed: the request proves nothing.
        NotReadable: the provider says something that is no event.
        digest.reader.signers.OutOfReach: nobody can tell now whether Amazon signed it.
    """
    secret = environment.get(SECRETS[provider])
    # First of all, and in constant time: the rest is only for who may speak.
    if asks_for_password(provider) and not constant_time_compare(_password(request), secret):
        raise NotAllowed("the password is not DIGEST_HOOKS_SECRET")
    from anymail.exceptions import AnymailWebhookValidationFailure

    view = _view(provider, secret)
    try:
        _shaped(lambda: view.run_validators(request))
    except AnymailWebhookValidationFailure:
        raise NotAllowed("it is not signed as it must be") from None
    if provider == "ses":
        assert certificates is not None, "who takes from Amazon says where its certificates come from"
        _signed_by_amazon(request, topics, certificates, now)
    if provider == "mailgun" and abs(now - _shaped(lambda: _signed_at(request))) > FRESH:
        raise NotAllowed("its signature is older than a day")
    return [_event(one) for one in _shaped(lambda: view.parse_events(request))]


def confirmation(request: HttpRequest) -> tuple[str, str]:
    """What Amazon tells of its topic itself, in a request that `read` let through.

    Returns:
        Its kind, empty when the request is an event, and the link by which a person (again) lets the topic speak to us.
    """
    given = _message(request)
    kind = str(given.get("Type"))
    if kind not in ("SubscriptionConfirmation", "UnsubscribeConfirmation"):
        return "", ""
    link = str(given.get("SubscribeURL", ""))
    parts = urlsplit(link)
    good = parts.scheme == "https" and (parts.hostname or "").endswith((".amazonaws.com", ".amazonaws.com.cn"))
    return kind, link if good else ""


def _message(request: HttpRequest) -> Mapping[str, Any]:
    """The message of Amazon SNS in a request."""
    given = _shaped(lambda: json.loads(request.body))
    if not isinstance(given, dict):
        raise NotReadable("no object")
    return given


def _signed_by_amazon(request: HttpRequest, topics: Collection[str], certificates: Certificates, now: datetime) -> None:
    message = _message(request)
    try:
        sns.check(message, certificates(sns.certificate_address(message, topics)), now=now)
    except sns.NotSigned as why:
        raise NotAllowed(str(why)) from None


def _signed_at(request: HttpRequest) -> datetime:
    """The instant in Mailgun's signature, in either of its forms."""
    given = request.POST if request.content_type != "application/json" else json.loads(request.body)["signature"]
    return datetime.fromtimestamp(int(given["timestamp"]), UTC)


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
