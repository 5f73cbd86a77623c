"""The turns that come every minute, wherever they are taken: polling feeds, and keeping the house."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings

from digest.audience import requests
from digest.clock.now import now as present
from digest.config import Config, Environment
from digest.delivery import retention
from digest.pipeline import confirmations, notices, returned
from digest.store import identity
from digest.store.people import SignInLink

AT_MOST = 20
"""Transactions a minute that shrink what is old; a day's edition of a million letters is done in ten minutes."""

log = logging.getLogger(__name__)


def gather(config: Config, environment: Environment) -> None:
    """Poll the feeds that are due."""
    # Imported when first needed: it brings the content engine with it.
    import_module("digest.pipeline.gather").gather(config, now=present(), allow=environment.networks())


def notify(config: Config, environment: Environment) -> None:
    """Send the editors what they have not been sent."""
    if not identity.mismatch(settings.VAR, environment):
        notices.deliver(config, environment, now=present())


def confirm(config: Config, environment: Environment) -> None:
    """Mail the confirm links that were asked for and have not left."""
    confirmations.deliver(config, environment, now=present())


def keep(config: Config, environment: Environment) -> None:
    """Send notices and confirm links; forget sessions and links that opened nothing; then take in what came back."""
    notify(config, environment)
    confirm(config, environment)
    at = present()
    forget(at)
    retention.shrink(keep=config.delivery.keep, now=at, at_most=AT_MOST)
    # Last, for a mail server may be slow.
    returned.by_the_clock(config, environment, now=at)


def stumbled(config: Config, name: str, error: BaseException) -> None:
    """Tell log and editors of a fault in a job, once a day for each kind; the other jobs go on."""
    log.error("the clock's job %s failed: %s", name, error, exc_info=error)
    kind, at = type(error).__name__, present()
    text = (
        f"The clock's job “{name}” met something it does not know ({kind}) and will try again.\n"
        "The log says where; the other jobs go on."
    )
    notices.tell(config, f"failed {name} {kind} {at:%Y-%m-%d}", f"The clock stumbled: {name}", text, now=at)


def forget(now: datetime) -> None:
    """Forget expired sessions, and sign-in links a day after they expired."""
    from django.contrib.sessions.models import Session

    Session.objects.filter(expire_date__lt=now).delete()
    SignInLink.objects.filter(expires_at__lt=now - timedelta(days=1)).delete()
    requests.tidy(now)
