"""Takes what mail providers tell of letters, at /hooks/NAME: off unless configured, and only what proves its sender."""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime
from functools import partial

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from digest.clock.now import now
from digest.delivery import reports, returns
from digest.pipeline import notices
from digest.reader import events, pages, providers, signers

log = logging.getLogger(__name__)


@csrf_exempt
@require_http_methods(["HEAD", "POST"])
def hook(request: HttpRequest, provider: str) -> HttpResponse:
    """Take a provider's events; a repeat is answered like the first and changes nothing.

    200: taken, whether or not it was of use. 400: not the provider's. 401: no password where one is asked for. 403: not
    signed as it must be. 404: nothing is taken from this provider here. 503: nobody can tell now whether Amazon signed
    it, which tries again.
    """
    environment = settings.ENVIRONMENT
    bounces = pages.config().delivery.bounces
    if provider not in bounces.providers or providers.why_not(provider, environment, bounces.topics):
        return pages.missing(request)
    if request.method == "HEAD":
        return HttpResponse()
    if providers.asks_for_password(provider) and "Authorization" not in request.headers:
        # Amazon sends its password only after this answer.
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Basic realm="hooks"'})
    at = now()
    try:
        found = providers.read(
            provider, request, environment, now=at, topics=bounces.topics, certificates=partial(_certificate, at)
        )
        kind, link = providers.confirmation(request) if provider == "ses" else ("", "")
    except providers.NotAllowed as why:
        log.warning("/hooks/%s: something was not signed by it, and was not taken (%s)", provider, why)
        return HttpResponse(status=403)
    except providers.NotReadable as error:
        log.warning("/hooks/%s: what came is none of its events (%s)", provider, error)
        return HttpResponse(status=400)
    except signers.OutOfReach as why:
        log.warning("/hooks/%s: its signature cannot be checked now: %s", provider, why)
        return HttpResponse(status=503, headers={"Retry-After": str(int(signers.AGAIN.total_seconds()))})
    if kind == "SubscriptionConfirmation" and link:
        _ask_to_confirm(link)
    elif kind == "UnsubscribeConfirmation":
        _tell_of_the_end(link)
    for event in found:
        take(event, provider, soft_limit=bounces.soft_limit)
    return HttpResponse()


def take(event: events.Event, provider: str, *, soft_limit: int) -> reports.Effect:
    """Do what an event asks for.

    Only names that we signed count, also in what a provider has signed: other installations may use the same account.

    Args:
        event: what came.
        provider: whence.
        soft_limit: after how many editions in a row soft bounces suppress an address (`Bounces.soft_limit`).
    """
    told = events.said(event)
    if told is None:
        return "automatic"
    found = {returns.letter_of(name) or returns.letter_of_message_id(name) for name in events.names(event)} - {None}
    if len(found) != 1:
        return "not understood"
    (letter,) = found
    assert letter is not None
    if told.kind == "left":
        return reports.leave(letter, told, source=provider, now=now())
    return reports.take(letter, [told], source=provider, now=now(), soft_limit=soft_limit)


def _ask_to_confirm(link: str) -> None:
    occasion = f"hooks ses {hashlib.sha256(link.encode()).hexdigest()[:16]}"
    text = (
        "Amazon asks whether its topic may tell Digest of bounces and complaints. If you have just set that up, open "
        f"this link once:\n\n{link}\n\nIf not, leave it alone."
    )
    notices.tell(pages.config(), occasion, "Amazon asks for a confirmation", text, now=now())


def _tell_of_the_end(link: str) -> None:
    occasion = f"hooks ses ended {hashlib.sha256(link.encode()).hexdigest()[:16]}"
    text = "Amazon's topic no longer tells Digest of bounces and complaints: its subscription was taken away."
    if link:
        text += f" If that was a mistake, open this link once:\n\n{link}"
    notices.tell(pages.config(), occasion, "Amazon tells nothing more", text, now=now())


def _certificate(at: datetime, address: str) -> bytes:
    from digest.pipeline.gather import agent

    allow = settings.ENVIRONMENT.networks()
    return signers.SIGNERS.certificate(address, allow=allow, agent=agent(pages.config()), now=at)
