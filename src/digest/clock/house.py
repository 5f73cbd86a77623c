"""The turns that come every minute, wherever they are taken: polling feeds, and keeping the house."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings

from digest.clock.now import now as present
from digest.config import Config, Environment
from digest.pipeline import notices
from digest.store import identity
from digest.store.people import SignInLink


def gather(config: Config, environment: Environment) -> None:
    """Poll the feeds that are due."""
    # Imported when first needed: it brings the content engine with it.
    import_module("digest.pipeline.gather").gather(config, now=present(), allow=environment.networks())


def keep(config: Config, environment: Environment) -> None:
    """Send notices; forget sessions and sign-in links that opened nothing for a day, and what is too old."""
    at = present()
    if not identity.mismatch(settings.VAR, environment):
        notices.deliver(config, environment, now=at)
    forget(at)


def forget(now: datetime) -> None:
    """Forget expired sessions, and sign-in links a day after they expired."""
    from django.contrib.sessions.models import Session

    Session.objects.filter(expire_date__lt=now).delete()
    SignInLink.objects.filter(expires_at__lt=now - timedelta(days=1)).delete()
