"""One-time sign-in links: made for people of the newsroom, mailed to them, spent once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from email.utils import parseaddr
from urllib.parse import urlencode

from digest.config import Config, Environment
from digest.pipeline import notices
from digest.store.people import SignInLink, User

MINUTES = 20
"""How long a link opens the door."""

AT_MOST = 3
"""Links one person can have at a time; more requests send no more letters."""

PER_HOUR = 6
"""Links one person is given in an hour, used ones too."""

OPERATOR = "operator@localhost"
"""Who the shell signs in where no editor is configured."""


def editors(config: Config) -> frozenset[str]:
    """The addresses in site.editors, in lower case."""
    return frozenset(parseaddr(mailbox)[1].lower() for mailbox in config.site.editors)


def by_mail(config: Config, environment: Environment, address: str, *, onward: str, now: datetime) -> bool:
    """Mail a link to an editor; for anybody else do nothing.

    Args:
        config: the configuration in force.
        environment: where DIGEST_SMTP_URL stands.
        address: what was typed.
        onward: the page to go to afterwards; empty for the list of editions.
        now: aware UTC.

    Returns:
        Whether a letter left. Nobody outside may learn it.

    Raises:
        TransportError: the mail server cannot be used.
        OSError: the folder cannot be written.
    """
    address = address.strip().lower()
    if address not in editors(config):
        return False
    user = User.objects.named(address)
    if not user.is_active or _enough(user, now):
        return False
    link, token = _made(user, config.site.address, now)
    if onward:
        link += "?" + urlencode({"next": onward})
    text = (
        f"This link signs you in to the studio of {config.site.name}, once, within {MINUTES} minutes:\n\n{link}\n\n"
        "If you did not ask for it, leave it; it opens nothing for anybody else who does not have it."
    )
    notices.mail(config, environment, [address], "Sign in", text, name=f"sign-in {_hash(token)[:12]}", now=now)
    return True


def by_shell(config: Config, base: str, *, now: datetime) -> str:
    """A link for whoever holds the shell of this machine: the first editor, or the operator where there is none.

    Args:
        config: the configuration in force.
        base: where the studio answers, such as "http://127.0.0.1:8000".
        now: aware UTC.
    """
    first = parseaddr(config.site.editors[0])[1] if config.site.editors else OPERATOR
    user = User.objects.named(first)
    if first == OPERATOR and not user.is_superuser:
        user.is_superuser = True
        user.save(update_fields=["is_superuser"])
    return _made(user, base, now)[0]


def good(token: str, *, now: datetime) -> bool:
    """Whether a link would still open the door; changes nothing."""
    return SignInLink.objects.filter(hash=_hash(token), used_at=None, expires_at__gt=now).exists()


def spend(token: str, *, now: datetime) -> User | None:
    """Whom a link signs in; it is used up, even by two requests at once. None: it is unknown, used or too old."""
    link = SignInLink.objects.filter(hash=_hash(token)).select_related("user").first()
    if link is None:
        return None
    mine = SignInLink.objects.filter(pk=link.pk, used_at=None, expires_at__gt=now).update(used_at=now)
    return link.user if mine else None


def _enough(user: User, now: datetime) -> bool:
    """Whether a person has as many links as they may: that are open, or that were made within the hour."""
    made_since = now - timedelta(hours=1) + timedelta(minutes=MINUTES)
    recent = SignInLink.objects.filter(user=user, expires_at__gt=made_since)
    return recent.count() >= PER_HOUR or recent.filter(used_at=None, expires_at__gt=now).count() >= AT_MOST


def _made(user: User, base: str, now: datetime) -> tuple[str, str]:
    token = secrets.token_urlsafe(32)
    SignInLink.objects.create(hash=_hash(token), user=user, expires_at=now + timedelta(minutes=MINUTES))
    return f"{base}/studio/sign-in/{token}", token


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
