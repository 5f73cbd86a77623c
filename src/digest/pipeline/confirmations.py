"""Mails the links that people asked for on a page: to join, to move elsewhere, to see or erase what is held."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from digest import resources
from digest.audience import limits, mails, requests, tokens
from digest.audience.requests import Verdict
from digest.audience.words import words
from digest.config import Config, Environment
from digest.delivery import headers
from digest.delivery.outcomes import Accepted, Later, NotStarted, Outcome
from digest.errors import DigestError
from digest.pipeline import notices, single
from digest.render.templates import Templates
from digest.store import identity
from digest.store.models import Request, Subscriber
from digest.store.moments import one_at_a_time

AT_ONCE = 200
"""Mails of one call; the rest waits for the next."""

log = logging.getLogger(__name__)


def deliver(config: Config, environment: Environment, *, now: datetime) -> int:
    """Mail what was asked for, newest first, for they sit and wait; safe to repeat and to run twice at once.

    A mail that the server takes later is tried again at the next call, for six hours. What must not be mailed (an
    address that sends letters back, a mailbox that had its share) is forgotten at once, and nobody outside learns it.

    Args:
        config: the configuration in force.
        environment: where DIGEST_SMTP_URL stands.
        now: aware UTC.

    Returns:
        How many mails left. Where the mail server or the folder cannot be used the requests wait, and the editors are
        told.
    """
    if not _waiting(now).exists():
        return 0
    if says := identity.mismatch(settings.VAR, environment):
        log.warning("no confirm links are mailed from here: %s", says)
        return 0
    sent = 0
    try:
        for _ in _each(config, environment, now):
            sent += 1
    except (DigestError, OSError) as error:
        log.error("confirm links cannot be mailed now: %s", error)
        text = f"The links that readers confirm by cannot be mailed:\n\n{error}\n\nIt is tried again every minute."
        notices.tell(config, f"confirmations {now:%Y-%m-%d}", "Confirm links are not mailed", text, now=now)
    return sent


def _each(config: Config, environment: Environment, now: datetime) -> Iterator[Request]:
    """Mail one after the other; gives those that the server took."""
    with one_at_a_time("confirmations"):
        waiting = list(_waiting(now).order_by("-asked_at", "-pk")[:AT_ONCE])
        owed = [(row, kind) for row in waiting if (kind := _kind(row, now))]
        if not owed:
            return
        sender = headers.split_mailbox(config.delivery.bounces.address or config.site.sender)[1]
        with single.line(config, environment, sender=sender, now=now) as send:
            for row, kind in owed:
                if _mail(config, row, kind, send, now):
                    yield row


def _waiting(now: datetime) -> QuerySet[Request]:
    return Request.objects.filter(mailed_at=None, asked_at__gt=now - requests.TRY_FOR)


def _kind(row: Request, now: datetime) -> mails.Kind | None:
    """Which mail a request leads to; noted with it, so that a later try does not count again. None: to none."""
    noted: mails.Kind | None = row.wish.get("mail")
    if noted is not None:
        return noted
    with transaction.atomic():
        verdict: Verdict = requests.verdict(row, now=now)
        if verdict == "mailbox" or verdict == "barred":
            limits.refused(verdict, now=now)
            row.delete()
            return None
        row.wish = {**row.wish, "mail": verdict}
        row.save(update_fields=["wish"])
    return verdict


def _mail(config: Config, row: Request, kind: mails.Kind, send: single.Send, now: datetime) -> bool:
    made = _composed(config, row, kind)
    if made is None:
        row.delete()
        return False
    name = f"{row.act} {row.hash[:12]}"
    message = single.message(config, made.subject, made.text, html=made.html, name=name, now=now)
    message["To"] = row.email
    if config.site.reply_to:
        message["Reply-To"] = config.site.reply_to
    outcome: Outcome = send(message, row.email, name)
    if isinstance(outcome, Later | NotStarted):
        return False
    if kind in ("known", "moved"):
        # Its link is the reader's own page, so nothing is left to confirm.
        row.delete()
    else:
        row.mailed_at = now
        row.save(update_fields=["mailed_at"])
    return isinstance(outcome, Accepted)


def _composed(config: Config, row: Request, kind: mails.Kind) -> mails.Mail | None:
    """The mail; None when the reader it would lead to was erased meanwhile."""
    site, wish = config.site, requests.wish_of(row)
    using = Templates(lambda name: resources.template(name, settings.HOME))
    spoken = words(wish.language or site.language, site.zone, using.read)
    titles = [config.newsletters[name].title for name in wish.newsletters if name in config.newsletters]
    good_for = requests.GOOD_FOR[row.act]
    values = {
        "newsletters": spoken.join(titles) if titles else site.name,
        "consent": row.text,
        "days": good_for.days,
        "hours": int(good_for.total_seconds() // 3600),
    }
    link = f"{site.address}/confirm/{requests.link(row)}"
    if kind in ("known", "moved"):
        handle = Subscriber.objects.filter(email=row.email).values_list("handle", flat=True).first()
        if handle is None:
            return None
        link = f"{site.address}/s/{tokens.make('settings', handle, next(iter(wish.newsletters)))}"
    return mails.compose(kind, link, values, site=site, words=spoken, using=using)
